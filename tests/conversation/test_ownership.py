"""Who owns a conversation: random walks over every possible step, and two at once."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select, text

from bot.commands.migrate import RECORDS_MIGRATIONS
from bot.conversation import ownership
from bot.conversation.ownership import NotPossible, next_state, speaker
from bot.records import conversations as records
from bot.records import handoffs, staff
from bot.records.handoffs import Handoff, TakenMeanwhile
from knowledge.migrations import upgrade
from knowledge.store import Store

ACTIONS = sorted({action for _, action in ownership.MOVES} | {"erase"})
ACTORS = ("newcomer", "owner", "caseworker", "lead", "system")
STATES = ("bot", "waiting", "open", "closed")


def desk(path: Path | None = None) -> Store:
    made = Store(f"sqlite:///{path}" if path else "sqlite://")
    upgrade(made, [RECORDS_MIGRATIONS])
    with made.write() as session:
        for number in (1, 2, 3):
            staff.add(
                session, territory="turin", email=f"w{number}@turin.example", name=f"W{number}", role="caseworker"
            )
    return made


def begin(store: Store) -> str:
    with store.write() as session:
        talk, _ = records.create(session, territory="turin", channel="web", language="ar", chosen=False)
        return talk.id


def ask(store: Store, talk: str) -> int:
    with store.write() as session:
        return handoffs.request(session, records.get_one(session, talk), reason="asked", card={}).id


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("actor", ACTORS)
def test_what_is_not_foreseen_is_not_possible(state: Any, action: Any, actor: Any) -> None:
    move = ownership.MOVES.get((state, action))
    if move is not None and actor in move.by:
        assert next_state(state, action, actor) in STATES
    else:
        with pytest.raises(NotPossible):
            next_state(state, action, actor)


def test_only_the_one_who_has_it_or_a_lead_can_end_a_talk() -> None:
    for action in ("close", "no_show", "release", "transfer_to"):
        with pytest.raises(NotPossible):
            next_state("open", action, "caseworker")  # type: ignore[arg-type]


class Walk(RuleBasedStateMachine):
    """Three conversations and three caseworkers; any step at any time, also with what was read before another's step."""

    def __init__(self) -> None:
        super().__init__()
        self.store = STORE
        with self.store.write() as session:
            session.execute(text("DELETE FROM conversation"))
        self.talks = [begin(self.store) for _ in range(3)]
        self.seen: dict[int, Handoff] = {}

    @rule(talk=st.integers(0, 2))
    def request(self, talk: int) -> None:
        number = ask(self.store, self.talks[talk])
        with self.store.session() as session:
            self.seen[number] = session.get_one(Handoff, number)
            session.expunge(self.seen[number])

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), action=st.sampled_from(ACTIONS), actor=st.sampled_from(ACTORS), who=st.integers(1, 3))
    def step(self, data: st.DataObject, action: Any, actor: Any, who: int) -> None:
        known = self.seen[data.draw(st.sampled_from(sorted(self.seen)))]
        values: dict[str, Any] = {"staff_id": who} if action in ("claim", "transfer_to", "reopen") else {}
        if action in ("release", "transfer", "offline"):
            values = {"staff_id": None}
        with self.store.session() as session:
            before = session.get(Handoff, known.id)
            was = (before.state, before.version) if before else None
            other = session.scalars(
                select(Handoff.id).where(
                    Handoff.conversation_id == known.conversation_id, Handoff.state.in_(ownership.ACTIVE)
                )
            ).first()
        if action == "reopen" and other is not None:
            return
        try:
            with self.store.write() as session:
                row = (
                    session.get_one(Handoff, known.id) if data.draw(st.booleans()) else session.merge(known, load=False)
                )
                handoffs.move(session, row, action, actor, "walk", **values)
        except (NotPossible, TakenMeanwhile):
            with self.store.session() as session:
                after = session.get(Handoff, known.id)
                assert was == ((after.state, after.version) if after else None), "a refused step changes nothing"
            return
        with self.store.session() as session:
            fresh = session.get_one(Handoff, known.id)
            assert was is not None and fresh.version == was[1] + 1
            session.expunge(fresh)
            if data.draw(st.booleans()):
                self.seen[known.id] = fresh

    @invariant()
    def one_side_speaks(self) -> None:
        with self.store.session() as session:
            for talk in self.talks:
                rows = session.scalars(select(Handoff).where(Handoff.conversation_id == talk)).all()
                active = [row for row in rows if row.state in ownership.ACTIVE]
                assert len(active) <= 1, "a conversation waits once or is with one person"
                for row in rows:
                    assert speaker(row.state) == ("caseworker" if row.state == "open" else "bot")  # type: ignore[arg-type]
                    assert row.state != "open" or row.staff_id is not None, "an open conversation has an owner"
                    assert row.state != "waiting" or row.staff_id is None, "who waits has none"
                    steps = handoffs.events(session, row.id)
                    assert [step.after for step in steps][-1] == row.state
                    assert len(steps) == row.version + 1, "every step is on record"
                    pairs = pairwise(steps)
                    assert all(one.after == other.before for one, other in pairs)


STORE = desk()
# 10,000 walks by VENTANILLA_WALKS=10000; a few hundred in every run.
WALKS = int(os.environ.get("VENTANILLA_WALKS", "150"))
Walk.TestCase.settings = settings(
    max_examples=WALKS, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
# Ten thousand take a quarter of an hour.
TestWalks = pytest.mark.timeout(max(180, WALKS // 5))(Walk.TestCase)


def test_of_two_who_claim_at_once_one_is_told_so(tmp_path: Path) -> None:
    store = desk(tmp_path / "desk.db")
    number = ask(store, begin(store))
    with store.session() as session:
        first, second = session.get_one(Handoff, number), None
        session.expunge(first)
        second = session.get_one(Handoff, number)
        session.expunge(second)
    with store.write() as session:
        handoffs.move(session, session.merge(first, load=False), "claim", "caseworker", "staff:1", staff_id=1)
    with pytest.raises(TakenMeanwhile), store.write() as session:
        handoffs.move(session, session.merge(second, load=False), "claim", "caseworker", "staff:2", staff_id=2)
    with store.session() as session:
        assert session.get_one(Handoff, number).staff_id == 1


def test_the_database_itself_refuses_a_second_active_handoff(tmp_path: Path) -> None:
    store = desk(tmp_path / "desk.db")
    talk = begin(store)
    ask(store, talk)
    with pytest.raises(Exception, match="UNIQUE"), store.write() as session:
        session.add(
            Handoff(
                conversation_id=talk,
                territory_id="turin",
                state="waiting",
                reason="asked",
                language="ar",
                requested_at=datetime.now(UTC),
            )
        )


def test_asking_again_while_waiting_keeps_the_place(tmp_path: Path) -> None:
    store = desk(tmp_path / "desk.db")
    talk = begin(store)
    assert ask(store, talk) == ask(store, talk)
