"""Answers stored messages: in order within a conversation, several conversations at once, each message exactly once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from bot.conversation.answering import Answering
from bot.conversation.bells import Bells, desk_bell
from bot.conversation.composing import Composer
from bot.conversation.exchange import Exchange
from bot.conversation.handover import ownership_of
from bot.records import conversations as records
from bot.records import erasing, handoffs, outcomes
from bot.records.model import Conversation
from knowledge.store import Store

log = logging.getLogger(__name__)
AT_ONCE = 16
# How long the last words of a conversation that is to be forgotten stay, so that they reach the newcomer: a page reads
# them at once; a messenger erases as soon as they are delivered, and at the latest after this.
LAST_WORDS = timedelta(seconds=2)
LAST_WORDS_TO_DELIVER = timedelta(hours=1)
READ_AT_ONCE = ("web", "terminal")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored message that has no answer yet, on its way to one. ``more``: others wait behind it."""

    exchange: Exchange
    message: int
    more: bool


class Turns:
    """One worker for each conversation with something unanswered, at most ``AT_ONCE`` of them answering."""

    def __init__(self, store: Store, bells: Bells, answering: Answering, composer: Composer) -> None:
        self._store = store
        self._bells = bells
        self._answering = answering
        self._composer = composer
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._news: set[str] = set()
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._hints: dict[str, str] = {}

    def work_on(self, conversation: str, hint: str | None = None, waiting: Waiting | None = None) -> None:
        """Have a conversation looked after: there may be something to answer.

        Args:
            hint: the channel's idea of the language; waiting: what waits, where the caller has just seen it.
        """
        if hint is not None:
            self._hints[conversation] = hint
        self._news.add(conversation)
        if conversation not in self._workers:
            self._workers[conversation] = asyncio.create_task(self._answer_all(conversation, waiting))

    def are_at_work(self, conversation: str) -> bool:
        """Tell whether an answer is being made."""
        return conversation in self._workers

    async def resume(self) -> int:
        """Take up messages that were stored but not answered before a restart; return in how many conversations."""
        waiting = await self._store.read(records.with_unanswered)
        for conversation in waiting:
            self.work_on(conversation)
        return len(waiting)

    async def settle(self) -> None:
        """Wait until every stored message is answered."""
        while self._workers:
            await asyncio.gather(*self._workers.values(), return_exceptions=True)

    async def _answer_all(self, conversation: str, waiting: Waiting | None = None) -> None:
        try:
            # A message may be stored while the last look finds nothing: the mark says that one more look is due.
            while conversation in self._news:
                self._news.discard(conversation)
                if self._at_once.locked():
                    # When our turn comes, what was seen may be out of date.
                    waiting = None
                async with self._at_once:
                    while await self._answer_next(conversation, waiting):
                        waiting = None
                waiting = None
        except Exception:
            log.exception("answering stopped; the message stays unanswered until the next one or a restart")
        finally:
            del self._workers[conversation]
            self._bells.ring(conversation)

    async def _answer_next(self, conversation: str, waiting: Waiting | None) -> bool:
        waiting = waiting or await self._store.read(_read_next, conversation)
        if waiting is None:
            return False
        exchange, message, more = waiting.exchange, waiting.message, waiting.more
        exchange.hint = self._hints.pop(conversation, None)
        try:
            await self._answering.answer(exchange)
        except Exception:
            log.exception("exchange failed")
            exchange.replies = [await self._composer.apology(exchange.language, exchange.territory)]
        try:
            channel, ends = await self._store.run(_write_answer, conversation, message, exchange)
        except records.AnsweredMeanwhile:
            return True
        if more or ends or conversation in self._news:
            # Otherwise the bell rings in a moment, when the worker is done: one look sees both.
            self._bells.ring(conversation)
        if exchange.ownership or "handoff" in exchange.effects:
            self._bells.ring(desk_bell(exchange.territory))
        if ends and channel in READ_AT_ONCE:
            await asyncio.sleep(LAST_WORDS.total_seconds())
            await self._store.run(erasing.erase, conversation)
            self._bells.ring(conversation)
        return more and not ends


def next_waiting(session: Session, found: Conversation) -> Waiting | None:
    """Return the oldest message of a conversation that has no answer yet, None when all have."""
    messages = records.unanswered(session, found.id, limit=2)
    if not messages:
        return None
    first = messages[0]
    exchange = Exchange(
        conversation=found.id,
        text=first.text,
        choice=first.choice,
        territory=found.territory_id,
        language=found.language,
        language_chosen=found.language_chosen,
        turns=found.turns,
        slots=dict(found.slots),
        attachment=first.attachment,
        ownership=ownership_of(session, found.id),
    )
    return Waiting(exchange, first.id, len(messages) > 1)


def _read_next(session: Session, conversation: str) -> Waiting | None:
    found = records.get(session, conversation)
    return next_waiting(session, found) if found is not None else None


def _write_answer(session: Session, conversation: str, message: int, exchange: Exchange) -> tuple[str, bool]:
    # The conversation is locked by this, so that nobody takes it over before the answer stands.
    channel = records.close_turn(session, message, conversation, exchange.slots)
    owner = handoffs.active(session, conversation)
    if owner and owner.state == "open" and not (exchange.ownership and exchange.ownership.state == "open"):
        # A caseworker took over while the answer was being made: the answer is theirs now. Help in danger stays.
        exchange.replies = exchange.replies if exchange.safety else []
    records.add_replies(session, conversation, exchange.replies)
    if exchange.attachment and owner is None:
        # Where somebody stands is nobody's business once the question is answered, unless a person will read it.
        records.keep_only_kind(session, message, str(exchange.attachment["kind"]))
    outcomes.apply(session, conversation, exchange.territory, exchange.language, exchange.effects)
    if not exchange.effects.get("erase"):
        return channel, False
    wait = LAST_WORDS if channel in READ_AT_ONCE else LAST_WORDS_TO_DELIVER
    return channel, erasing.forget(session, conversation, message, datetime.now(UTC) + wait)
