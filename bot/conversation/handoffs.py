"""Handoffs as the desk uses them: taking, giving back, answering and closing, each with what the newcomer is told.

Every method is one transaction: the step, its record, and the words for the newcomer are stored together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.conversation import languages
from bot.conversation.bells import Bells, desk_bell
from bot.conversation.composing import Composer
from bot.conversation.messages import Reply
from bot.conversation.ownership import Action, Actor, NotPossible
from bot.conversation.promise import fitting
from bot.records import audit, handoffs, staff
from bot.records import conversations as records
from bot.records.handoffs import Handoff, TakenMeanwhile
from bot.records.staff import Staff
from knowledge.store import Store

__all__ = ["Agreed", "Handoffs", "NotPossible", "TakenMeanwhile", "TooManyAtOnce", "UnknownHandoff", "Worker"]

RATINGS = ("rate:5", "rate:4", "rate:3", "rate:2", "rate:1")


class UnknownHandoff(LookupError):
    """There is no such handoff in this territory (any more)."""


class TooManyAtOnce(Exception):
    """The caseworker has as many conversations as their limit allows; the limit is in ``args``."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Who acts: a signed-in account of the desk."""

    id: int
    territory: str
    email: str
    name: str
    role: str

    @classmethod
    def of(cls, row: Staff) -> Worker:
        """Return the worker of an account."""
        return cls(row.id, row.territory_id, row.email, row.name, row.role)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed when a conversation was closed; the newcomer gets it in the chat.

    ``text`` in the newcomer's language; ``service``: id of the service it is about, so that "when is it open?" works.
    """

    text: str = ""
    service: str | None = None


class Handoffs:
    """The desk's side of every handoff."""

    def __init__(self, store: Store, bells: Bells, composer: Composer) -> None:
        self._store = store
        self._bells = bells
        self._composer = composer

    async def claim(self, worker: Worker, handoff: int) -> None:
        """Take a waiting conversation; from then on only the caseworker speaks.

        Raises:
            UnknownHandoff, NotPossible, TakenMeanwhile: somebody else was first.
            TooManyAtOnce: the worker's limit is reached.
        """
        found = await self._read(worker, handoff)
        joined = await self._notice(found, "utter_handoff_joined", {"name": worker.name}, ["handoff:leave"])

        def write(session: Session) -> None:
            row = self._get(session, worker, handoff)
            limit = session.get_one(Staff, worker.id).at_once
            if len(handoffs.with_staff(session, worker.id)) >= limit:
                raise TooManyAtOnce(limit)
            now = datetime.now(UTC)
            self._move(session, worker, row, "claim", staff_id=worker.id, claimed_at=row.claimed_at or now)
            records.add_replies(session, row.conversation_id, [joined])

        await self._write(write, found)

    async def release(self, worker: Worker, handoff: int, why: str | None = None) -> None:
        """Give a conversation back to the queue; the newcomer is told, and keeps their place in time."""
        found = await self._read(worker, handoff)
        again = await self._notice(found, "utter_handoff_again", {"name": worker.name}, ["handoff:leave"])

        def write(session: Session) -> None:
            row = self._get(session, worker, handoff)
            self._move(session, worker, row, "release", why, staff_id=None)
            records.add_replies(session, row.conversation_id, [again])

        await self._write(write, found)

    async def transfer_to(self, worker: Worker, handoff: int, colleague: int) -> None:
        """Hand a conversation to a colleague of the same territory.

        Raises:
            UnknownHandoff: also when there is no such colleague at this desk.
        """
        found = await self._read(worker, handoff)
        other = await self._store.read(self._colleague, worker, colleague)
        told = await self._notice(found, "utter_handoff_transferred", {"name": other.name})

        def write(session: Session) -> None:
            row = self._get(session, worker, handoff)
            now = datetime.now(UTC)
            self._move(session, worker, row, "transfer_to", staff_id=other.id, claimed_at=row.claimed_at or now)
            records.add_replies(session, row.conversation_id, [told])

        await self._write(write, found)

    async def transfer(self, worker: Worker, handoff: int, topic: str) -> None:
        """Put a conversation back into the queue under another topic, for who knows it."""
        found = await self._read(worker, handoff)
        again = await self._notice(found, "utter_handoff_again", {"name": worker.name}, ["handoff:leave"])

        def write(session: Session) -> None:
            row = self._get(session, worker, handoff)
            was_open = row.state == "open"
            self._move(session, worker, row, "transfer", topic, staff_id=None, topic=topic)
            if was_open:
                records.add_replies(session, row.conversation_id, [again])

        await self._write(write, found)

    async def propose_territory(self, worker: Worker, handoff: int, territory: str) -> None:
        """Ask the newcomer whether another territory's desk may take over; it moves when they agree."""
        found = await self._read(worker, handoff)
        choices = ["handoff:move", "handoff:stay"]
        asked = await self._notice(found, "utter_handoff_other_desk", {"territory": territory}, choices)

        def write(session: Session) -> None:
            row = self._get(session, worker, handoff)
            if row.state != "open" or row.staff_id != worker.id:
                raise NotPossible(row.state, "transfer", "caseworker")
            row.proposed_territory = territory
            records.add_replies(session, row.conversation_id, [asked])

        await self._write(write, found)

    async def close(self, worker: Worker, handoff: int, outcome: str, agreed: Agreed | None = None) -> None:
        """End a conversation with an outcome (of ``handoffs.OUTCOMES``); the assistant is back and knows what was agreed."""
        found = await self._read(worker, handoff)
        no_show = outcome == "no_show"
        words: list[Reply] = []
        if agreed and (agreed.text or agreed.service):
            more: dict[str, Any] = {"services": [agreed.service], "show": ["short"]} if agreed.service else {}
            words.append(await self._notice(found, "utter_handoff_agreed", {"text": agreed.text}, (), more))
        response, choices = (
            ("utter_handoff_no_show", ["person"]) if no_show else ("utter_handoff_closed", list(RATINGS))
        )
        words.append(await self._notice(found, response, {}, choices))

        def write(session: Session) -> None:
            row = self._get(session, worker, handoff)
            action: Action = "no_show" if no_show else "close"
            note = {"text": agreed.text, "service": agreed.service} if agreed else None
            self._move(session, worker, row, action, outcome, outcome=outcome, closed_at=datetime.now(UTC), agreed=note)
            conversation = records.get_one(session, row.conversation_id)
            if agreed and agreed.service:
                answer = {**(conversation.slots.get("answer") or {}), "last": [agreed.service]}
                conversation.slots = {**conversation.slots, "answer": answer}
            records.add_replies(session, row.conversation_id, words)

        await self._write(write, found)

    async def reopen(self, worker: Worker, handoff: int) -> None:
        """Take a closed conversation up again, for something that was forgotten.

        Raises:
            NotPossible: it is not closed, or the newcomer meanwhile waits or talks elsewhere.
        """
        found = await self._read(worker, handoff)
        joined = await self._notice(found, "utter_handoff_joined", {"name": worker.name})

        def write(session: Session) -> None:
            row = self._get(session, worker, handoff)
            if handoffs.active(session, row.conversation_id) is not None:
                raise NotPossible(row.state, "reopen", "owner")
            self._move(session, worker, row, "reopen", closed_at=None, outcome=None, staff_id=worker.id)
            records.add_replies(session, row.conversation_id, [joined])

        await self._write(write, found)

    async def say(self, worker: Worker, handoff: int, text: str, *, language: str, cards: Sequence[str] = ()) -> None:
        """Send the newcomer a message, with cards of services if wished.

        Args:
            language: BCP 47 code of the text; cards: ids of services.

        Raises:
            NotPossible: the conversation is not this worker's (any more).
        """
        shown: Reply | None = None
        if cards:
            found = await self._read(worker, handoff)
            shown = await self._notice(found, "utter_details", {}, (), {"services": list(cards), "show": ["short"]})

        def write(session: Session) -> Handoff:
            row = self._get(session, worker, handoff)
            if row.state != "open" or row.staff_id != worker.id:
                raise NotPossible(row.state, "say", "caseworker")
            reply = Reply(text, language, languages.direction(language), shown.cards if shown else ())
            records.add_replies(session, row.conversation_id, [reply], sender="caseworker", author=worker.name)
            now = datetime.now(UTC)
            row.replied_at = row.replied_at or now
            records.touch(session, row.conversation_id)
            audit.record(session, territory=worker.territory, actor=worker.email, action="say", about=_about(row))
            return row

        self._ring(await self._store.run(write))

    async def sweep(self) -> int:
        """Give conversations of caseworkers who are gone back to the queue; return how many.

        Somebody is gone when their desk page has been silent for a while: the newcomer waits for the next one.
        """
        moved = 0
        for worker, handoff in await self._store.read(_abandoned):
            again = await self._notice(handoff, "utter_handoff_again", {"name": worker.name}, ["handoff:leave"])
            moved += await self._store.run(_give_back, handoff.id, again)
            self._ring(handoff)
        return moved

    async def _read(self, worker: Worker, handoff: int) -> Handoff:
        def read(session: Session) -> Handoff:
            found = self._get(session, worker, handoff)
            session.expunge(found)
            return found

        return await self._store.read(read)

    def _get(self, session: Session, worker: Worker, handoff: int) -> Handoff:
        found = handoffs.get(session, worker.territory, handoff)
        if found is None:
            raise UnknownHandoff(handoff)
        return found

    def _colleague(self, session: Session, worker: Worker, colleague: int) -> Worker:
        found = session.get(Staff, colleague)
        if (
            found is None
            or found.territory_id != worker.territory
            or found.disabled
            or found.role not in staff.AT_THE_DESK
        ):
            raise UnknownHandoff(colleague)
        return Worker.of(found)

    def _move(
        self, session: Session, worker: Worker, row: Handoff, action: Action, why: str | None = None, **values: Any
    ) -> None:
        # Locked first, so that an answer of the assistant that is being stored right now sees who owns the talk.
        records.get_one(session, row.conversation_id)
        handoffs.move(session, row, action, _actor(worker, row), f"staff:{worker.id}", why, **values)
        audit.record(session, territory=worker.territory, actor=worker.email, action=action, about=_about(row))

    async def _notice(
        self,
        found: Handoff,
        response: str,
        values: Mapping[str, Any],
        choices: Sequence[str] = (),
        more: Mapping[str, Any] | None = None,
    ) -> Reply:
        language = await self._store.read(_language, found.conversation_id)
        arguments = {"values": dict(values), "choices": list(choices), **(more or {})}
        return (await self._composer.compose(response, arguments, language, found.territory_id)).reply

    async def _write(self, write: Any, found: Handoff) -> None:
        await self._store.run(write)
        self._ring(found)

    def _ring(self, found: Handoff) -> None:
        self._bells.ring(found.conversation_id)
        self._bells.ring(desk_bell(found.territory_id))


def best_for(session: Session, handoff: Handoff, people: Sequence[Staff]) -> list[Staff]:
    """Return who is offered a waiting conversation first: those who fit the wishes, then the language, then the topic."""
    wished = fitting(people, handoff.language, woman=handoff.wants_woman, speaks=handoff.wants_language)
    base = handoff.language.partition("-")[0]

    def rank(one: Staff) -> tuple[bool, bool]:
        speaks = base in {language.partition("-")[0] for language in one.languages}
        return not speaks, bool(one.topics) and handoff.topic not in one.topics

    return sorted(wished, key=rank)


def _actor(worker: Worker, row: Handoff) -> Actor:
    if row.staff_id == worker.id:
        return "owner"
    return "lead" if worker.role in ("lead", "administrator") else "caseworker"


def _about(row: Handoff) -> str:
    return handoffs.pseudonym(row.conversation_id)


def _language(session: Session, conversation: str) -> str:
    found = records.get(session, conversation)
    return found.language if found else "en"


def _abandoned(session: Session) -> list[tuple[Worker, Handoff]]:
    found = []
    for one in staff.gone(session):
        row = session.get_one(Staff, one)
        found += [(Worker.of(row), handoff) for handoff in handoffs.with_staff(session, one)]
    session.expunge_all()
    return found


def _give_back(session: Session, handoff: int, again: Reply) -> int:
    row = session.get(Handoff, handoff)
    if row is None or row.state != "open" or row.staff_id is None:
        return 0
    if session.get_one(Staff, row.staff_id).id not in staff.gone(session):
        return 0
    records.get_one(session, row.conversation_id)
    handoffs.move(session, row, "offline", "system", "system", "silent", staff_id=None)
    records.add_replies(session, row.conversation_id, [again])
    return 1
