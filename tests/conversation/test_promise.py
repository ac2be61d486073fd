"""What is promised to somebody who waits for a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.commands.migrate import RECORDS_MIGRATIONS
from bot.conversation.promise import promise, rounded
from bot.records import conversations as records
from bot.records import handoffs, staff
from knowledge import seed
from knowledge.migrations import upgrade
from knowledge.store import Store
from knowledge.territories import desk_service


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("promise") / "filled.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store, [RECORDS_MIGRATIONS])
    seed.load(store, Path(__file__).parents[2] / "knowledge" / "territories")
    store.close()
    return path


@pytest.fixture
def session(filled: Path):  # type: ignore[no-untyped-def]
    store = Store(f"sqlite:///{filled}")
    with store.session() as session:
        yield session


def there(session: Session, name: str, **more: object) -> int:
    email = f"{name}@turin.example"
    made = staff.add(session, territory="turin", email=email, name=name, role="caseworker", **more)
    staff.set_presence(session, made.id, "available")
    return made.id


def waits(session: Session, **more: object) -> handoffs.Handoff:
    talk, _ = records.create(session, territory="turin", channel="web", language="ar", chosen=False)
    return handoffs.request(session, talk, reason="asked", card={}, **more)


def test_with_a_free_caseworker_a_person_answers_now(session: Session) -> None:
    there(session, "free")
    assert promise(session, "turin", "ar").kind == "now"


def test_when_all_are_busy_the_promise_grows_with_the_queue(session: Session) -> None:
    worker = there(session, "busy", at_once=1)
    handoffs.move(session, waits(session), "claim", "caseworker", "staff:1", staff_id=worker)
    first = promise(session, "turin", "ar")
    for _ in range(4):
        waits(session)
    later = promise(session, "turin", "ar")
    assert first.kind == later.kind == "minutes"
    assert first.minutes is not None and later.minutes is not None and first.minutes < later.minutes
    assert (first.place, later.place) == (1, 5)


def test_who_is_in_danger_stands_before_who_waits_longer(session: Session) -> None:
    there(session, "busy", at_once=0)
    waits(session)
    urgent = waits(session, urgency=handoffs.URGENT)
    assert promise(session, "turin", "ar", waiting=urgent).place == 1


def test_who_spoke_of_danger_is_told_the_place_that_they_will_have(session: Session) -> None:
    there(session, "busy", at_once=0)
    waits(session)
    waits(session)
    assert promise(session, "turin", "en").place == 3
    assert promise(session, "turin", "en", urgent=True).place == 1


def test_only_those_count_who_fit_the_wish(session: Session) -> None:
    there(session, "man", languages=["it", "en"])
    assert promise(session, "turin", "ar").kind == "now"
    assert not promise(session, "turin", "ar", wants_woman=True).somebody_there
    assert not promise(session, "turin", "ar", wants_language=True).somebody_there
    there(session, "mediator", languages=["ar"], woman=True)
    assert promise(session, "turin", "ar", wants_woman=True, wants_language=True).kind == "now"


def test_an_account_whose_page_is_closed_is_not_there(session: Session) -> None:
    gone = session.get_one(staff.Staff, there(session, "gone"))
    gone.seen_at = datetime.now(UTC) - staff.GONE_AFTER - timedelta(seconds=1)
    session.flush()
    assert not promise(session, "turin", "ar").somebody_there


def test_with_nobody_there_the_next_opening_of_the_desk_is_named(session: Session) -> None:
    assert desk_service(session, "dortmund")
    kinds = {promise(session, territory, "ar").kind for territory in ("turin", "dortmund", "madrid")}
    assert kinds <= {"opens", "nobody"}


@pytest.mark.parametrize(("minutes", "said"), [(1, 5), (5, 5), (5.1, 10), (29, 30), (500, 120)])
def test_minutes_are_rounded_up_to_what_people_say(minutes: float, said: int) -> None:
    assert rounded(minutes) == said
