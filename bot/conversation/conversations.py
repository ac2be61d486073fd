"""Conversations as the channels use them: messages are stored before they count, answered in order, and exactly once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.conversation import choices, languages
from bot.conversation.answering import Answering
from bot.conversation.attached import checked
from bot.conversation.bells import Bell, Bells, desk_bell
from bot.conversation.composing import Composer
from bot.conversation.contract import (
    ConversationState,
    Empty,
    LanguageChoice,
    NotAllowed,
    Opened,
    TerritoryChoice,
    TooLong,
    UnknownConversation,
    UnknownTerritory,
)
from bot.conversation.exchange import Exchange
from bot.conversation.export import exported
from bot.conversation.handover import ownership_of
from bot.conversation.limits import Limits
from bot.conversation.messages import Incoming, Message, Reply
from bot.records import conversations as records
from bot.records import erasing, files, handoffs, outcomes
from knowledge import territories
from knowledge.store import Store

log = logging.getLogger(__name__)
AT_ONCE = 16
# How long the last words of a conversation that is to be forgotten stay, so that they reach the newcomer: a page reads
# them at once; a messenger erases as soon as they are delivered, and at the latest after this.
LAST_WORDS = timedelta(seconds=2)
LAST_WORDS_TO_DELIVER = timedelta(hours=1)
READ_AT_ONCE = ("web", "terminal")


class StoredConversations:
    """The one implementation of the ``Conversations`` contract, on the database."""

    def __init__(
        self,
        *,
        store: Store,
        bells: Bells,
        answering: Answering,
        composer: Composer,
        limits: Limits,
        default_language: str,
        longest_message: int,
    ) -> None:
        self._store = store
        self._answering = answering
        self._composer = composer
        self._limits = limits
        self._default_language = default_language
        self._longest = longest_message
        self._bells = bells
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._news: set[str] = set()
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._hints: dict[str, str | None] = {}

    async def open(
        self,
        *,
        territory: str | None,
        channel: str,
        language: str | None,
        hint: str | None,
        address: str,
        desk: str | None = None,
    ) -> Opened:
        """Begin a conversation and return it with its opening messages; without a territory they ask for it.

        Raises:
            UnknownTerritory: no such territory, or none that newcomers can choose.
            TooMany: this address opened too many.
        """
        await self._limits.open(address)
        spoken = self._composer.languages
        code = languages.best_match(language, spoken)
        chosen = code is not None
        code = code or languages.best_match(hint, spoken) or self._default_language
        if territory:
            await self._require(territory)
        welcome = await self._composer.welcome(code, territory or "")

        def write(session: Session) -> tuple[str, str, list[Message]]:
            conversation, token = records.create(
                session, territory=territory or "", channel=channel, language=code, chosen=chosen, desk=desk
            )
            records.add_replies(session, conversation.id, [welcome])
            return conversation.id, token, records.messages(session, conversation.id, after=0, limit=10)

        return Opened(*await self._store.run(write))

    async def authorise(self, conversation: str, token: str) -> None:
        """Return when ``token`` opens ``conversation``.

        Raises:
            UnknownConversation: there is none of that id (any more).
            NotAllowed: the token is another's.
        """
        found = await self._store.read(records.get, conversation)
        if found is None:
            raise UnknownConversation(conversation)
        if not records.is_allowed(found, token):
            raise NotAllowed(conversation)

    async def accept(self, conversation: str, incoming: Incoming, *, address: str) -> None:
        """Store a message; it is answered in the background. The same ``client_id`` twice is one message.

        Raises:
            UnknownConversation, Empty, TooLong, TooMany: nothing was stored.
            UnknownChoice: the choice is none that is ever offered.
        """
        text = _clean(incoming.text)
        if incoming.choice is not None:
            choices.check(incoming.choice)
        elif not text and incoming.attachment is None:
            raise Empty
        if len(text) > self._longest:
            raise TooLong(self._longest)
        kept = checked(incoming.attachment) if incoming.attachment and incoming.attachment.content else None
        await self._limits.message(conversation, address)

        def write(session: Session) -> bool:
            found = records.get(session, conversation)
            if found is None or found.erase_at is not None:
                raise UnknownConversation(conversation)
            shown = text
            if incoming.choice is not None:
                offered = records.label_of_choice(session, conversation, incoming.choice)
                shown = offered or self._composer.choice(incoming.choice, found.language).label
            clean = replace(incoming, text=text)
            stored = records.accept(session, found, clean, shown=shown, dir=languages.direction(found.language))
            if stored is not None and kept is not None and handoffs.active(session, conversation):
                files.add(session, conversation=conversation, message=stored, **kept)
            return stored is not None

        if await self._store.run(write):
            self._hints[conversation] = incoming.hint
            self._bells.ring(conversation)
        self._work_on(conversation)

    async def welcome(self, *, territory: str, language: str) -> dict[str, Any]:
        """Return the first message of a conversation, in the shape of the HTTP interface, without beginning one."""
        reply = await self._composer.welcome(language, territory)
        return Message(0, "bot", reply.language, reply.dir, reply.text, datetime.now(UTC), **_lists(reply)).as_dict()

    async def messages(self, conversation: str, *, after: int = 0, limit: int = 200) -> list[Message]:
        """Return messages with an id above ``after``, oldest first."""
        return await self._store.read(records.messages, conversation, after=after, limit=limit)

    def listen(self, conversation: str) -> AbstractAsyncContextManager[Bell]:
        """Return a context with a bell that rings when something new is stored."""
        return self._bells.listen(conversation)

    async def working(self, conversation: str) -> bool:
        """Tell whether an answer is being made."""
        return conversation in self._workers

    async def state(self, conversation: str) -> ConversationState:
        """Return where a conversation stands.

        Raises:
            UnknownConversation: there is none of that id (any more).
        """

        def read(session: Session) -> ConversationState:
            found = records.get(session, conversation)
            if found is None:
                raise UnknownConversation(conversation)
            return ConversationState(
                territory=found.territory_id,
                language=found.language,
                erase_due=found.erase_at is not None,
                working=conversation in self._workers,
                last_message=records.last_message(session, conversation),
            )

        return await self._store.read(read)

    async def takes_files(self, conversation: str) -> bool:
        """Tell whether somebody would read a file: only once a person was asked for."""
        return await self._store.read(handoffs.active, conversation) is not None

    async def export(self, conversation: str) -> str:
        """Return everything stored of a conversation as JSON text, for the newcomer.

        Raises:
            UnknownConversation: there is none of that id (any more).
        """
        text = await self._store.read(exported, conversation)
        if text is None:
            raise UnknownConversation(conversation)
        return text

    def news(self) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Return a context with the ids of conversations in which something new was stored, as it happens."""
        return self._bells.everything()

    async def set_territory(self, conversation: str, territory: str, desk: str | None = None) -> None:
        """Change the territory on the newcomer's word, and the counter whose poster led here.

        Raises:
            UnknownTerritory: no such territory, or none that newcomers can choose.
        """
        await self._require(territory)
        await self._store.run(outcomes.set_territory, conversation, territory, desk)

    async def set_language(self, conversation: str, language: str) -> None:
        """Change the language on the newcomer's word; unknown codes change nothing."""
        if self._composer.speaks(language):
            await self._store.run(outcomes.set_language, conversation, language)

    async def territories(self) -> list[TerritoryChoice]:
        """Return the territories that newcomers can choose, with their names in every language."""
        found = await self._store.read(territories.list_territories)
        return [
            TerritoryChoice(
                territory.id,
                {code: self._composer.territory_name(territory.id, code) for code in self._composer.languages},
                list(territory.official_languages),
            )
            for territory in found
        ]

    def languages(self) -> list[LanguageChoice]:
        """Return the languages that can be chosen, each by its own name."""
        return [LanguageChoice(known.code, known.name, known.dir) for known in self._composer.known_languages]

    async def resume(self) -> int:
        """Take up messages that were stored but not answered before a restart; return in how many conversations."""
        waiting = await self._store.read(records.with_unanswered)
        for conversation in waiting:
            self._work_on(conversation)
        return len(waiting)

    async def settle(self) -> None:
        """Wait until every stored message is answered: for the terminal and for an orderly end."""
        while self._workers:
            await asyncio.gather(*self._workers.values(), return_exceptions=True)

    async def erase(self, conversations: Sequence[str]) -> None:
        """Erase conversations: messages, requests, and what the dialogue remembers. Nothing of them stands elsewhere."""

        def write(session: Session) -> None:
            for conversation in conversations:
                erasing.erase(session, conversation)

        await self._store.run(write)
        for conversation in conversations:
            self._bells.ring(conversation)

    async def _require(self, territory: str) -> None:
        if not await self._store.read(territories.is_chat_territory, territory):
            raise UnknownTerritory(territory)

    def _work_on(self, conversation: str) -> None:
        self._news.add(conversation)
        if conversation not in self._workers:
            self._workers[conversation] = asyncio.create_task(self._answer_all(conversation))

    async def _answer_all(self, conversation: str) -> None:
        try:
            # A message may be stored while the last look finds nothing: the mark says that one more look is due.
            while conversation in self._news:
                self._news.discard(conversation)
                async with self._at_once:
                    while await self._answer_next(conversation):
                        pass
        except Exception:
            log.exception("answering stopped; the message stays unanswered until the next one or a restart")
        finally:
            del self._workers[conversation]
            self._bells.ring(conversation)

    async def _answer_next(self, conversation: str) -> bool:
        waiting = await self._store.read(self._read_next, conversation)
        if waiting is None:
            return False
        exchange, message, more = waiting
        exchange.hint = self._hints.pop(conversation, None)
        try:
            await self._answering.answer(exchange)
        except Exception:
            log.exception("exchange failed")
            exchange.replies = [await self._composer.apology(exchange.language, exchange.territory)]
        channel, ends = await self._store.run(self._write_answer, conversation, message, exchange)
        self._bells.ring(conversation)
        if exchange.ownership or "handoff" in exchange.effects:
            self._bells.ring(desk_bell(exchange.territory))
        if ends and channel in READ_AT_ONCE:
            await asyncio.sleep(LAST_WORDS.total_seconds())
            await self.erase([conversation])
        return more and not ends

    def _read_next(self, session: Session, conversation: str) -> tuple[Exchange, int, bool] | None:
        found = records.get(session, conversation)
        messages = records.unanswered(session, conversation, limit=2)
        if found is None or not messages:
            return None
        waiting = messages[0]
        return (
            Exchange(
                conversation=conversation,
                text=waiting.text,
                choice=waiting.choice,
                territory=found.territory_id,
                language=found.language,
                language_chosen=found.language_chosen,
                turns=found.turns,
                slots=dict(found.slots),
                attachment=waiting.attachment,
                ownership=ownership_of(session, conversation),
            ),
            waiting.id,
            len(messages) > 1,
        )

    def _write_answer(self, session: Session, conversation: str, message: int, exchange: Exchange) -> tuple[str, bool]:
        channel = records.get_one(session, conversation).channel
        owner = handoffs.active(session, conversation)
        if owner and owner.state == "open" and not (exchange.ownership and exchange.ownership.state == "open"):
            # A caseworker took over while the answer was being made: the answer is theirs now. Help in danger stays.
            exchange.replies = exchange.replies if exchange.safety else []
        records.add_replies(session, conversation, exchange.replies)
        records.close_turn(session, message, conversation, exchange.slots, for_person=owner is not None)
        outcomes.apply(session, conversation, exchange.territory, exchange.language, exchange.effects)
        if not exchange.effects.get("erase"):
            return channel, False
        wait = LAST_WORDS if channel in READ_AT_ONCE else LAST_WORDS_TO_DELIVER
        return channel, erasing.forget(session, conversation, message, datetime.now(UTC) + wait)


def _lists(reply: Reply) -> dict[str, Any]:
    shape = reply.as_dict()
    return {"cards": list(shape["cards"]), "choices": list(shape["choices"])}


def _clean(text: str) -> str:
    # Control characters could hide what is shown (bidirectional overrides) or break a terminal; line ends and tabs stay.
    return "".join(sign for sign in text if sign in "\n\t" or (sign.isprintable() or sign in "\u200c\u200d")).strip()
