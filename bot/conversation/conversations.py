"""Conversations as the channels use them: messages are stored before they count."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.conversation import choices, languages
from bot.conversation.answering import Answering
from bot.conversation.attached import checked
from bot.conversation.bells import Bell, Bells
from bot.conversation.composing import Composer
from bot.conversation.contract import (
    ConversationState,
    Empty,
    LanguageChoice,
    Look,
    NotAllowed,
    Opened,
    TerritoryChoice,
    TooLong,
    UnknownConversation,
    UnknownTerritory,
)
from bot.conversation.export import exported
from bot.conversation.limits import Limits
from bot.conversation.messages import Incoming, Message, Reply
from bot.conversation.signs import Signs, bell_of, reading_bell
from bot.conversation.turns import Turns, Waiting, next_waiting
from bot.records import conversations as records
from bot.records import erasing, files, handoffs, outcomes, reading
from bot.records.model import Conversation
from knowledge import territories
from knowledge.store import Store


class StoredConversations:
    """The one implementation of the ``Conversations`` contract, on the database."""

    def __init__(
        self,
        *,
        store: Store,
        bells: Bells,
        signs: Signs,
        answering: Answering,
        composer: Composer,
        limits: Limits,
        default_language: str,
        longest_message: int,
    ) -> None:
        self._store = store
        self._composer = composer
        self._limits = limits
        self._default_language = default_language
        self._longest = longest_message
        self._bells = bells
        self._signs = signs
        self._turns = Turns(store, bells, answering, composer)

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
        await self._store.read(_allowed, conversation, token)

    async def accept(self, conversation: str, incoming: Incoming, *, address: str, token: str | None = None) -> None:
        """Store a message; it is answered in the background. The same ``client_id`` twice is one message.

        Args:
            address: for limits only; token: must open the conversation, where one is given.

        Raises:
            UnknownConversation, NotAllowed, Empty, TooLong, TooMany: nothing was stored.
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

        def write(session: Session) -> tuple[bool, Waiting | None]:
            found = _allowed(session, conversation, token)
            if found.erase_at is not None:
                raise UnknownConversation(conversation)
            shown = text
            if incoming.choice is not None:
                offered = records.label_of_choice(session, conversation, incoming.choice)
                shown = offered or self._composer.choice(incoming.choice, found.language).label
            clean = replace(incoming, text=text)
            stored = records.accept(session, found, clean, shown=shown, dir=languages.direction(found.language))
            if stored is not None and kept is not None and handoffs.active(session, conversation):
                files.add(session, conversation=conversation, message=stored, **kept)
            # Whoever is at work on the conversation already looks for itself.
            waiting = None if self._turns.are_at_work(conversation) else next_waiting(session, found)
            return stored is not None, waiting

        hint = None
        is_new, waiting = await self._store.run(write)
        if is_new:
            hint = incoming.hint
            self._signs.end("newcomer", conversation)
            self._bells.ring(conversation)
        self._turns.work_on(conversation, hint, waiting)

    async def welcome(self, *, territory: str, language: str) -> dict[str, Any]:
        """Return the first message of a conversation, in the shape of the HTTP interface, without beginning one."""
        reply = await self._composer.welcome(language, territory)
        return Message(0, "bot", reply.language, reply.dir, reply.text, datetime.now(UTC), **_lists(reply)).as_dict()

    async def look(self, conversation: str, token: str, *, after: int = 0, limit: int = 200) -> Look:
        """Return messages with an id above ``after``, oldest first, and where the talk stands.

        Raises:
            UnknownConversation: there is none of that id (any more).
            NotAllowed: the token is another's.
        """
        # Asked before the messages are read, so that "no longer working" never overtakes the answer.
        working = self._turns.are_at_work(conversation)

        def read(session: Session) -> Look:
            _allowed(session, conversation, token)
            messages = records.messages(session, conversation, after=after, limit=limit)
            owner = handoffs.active(session, conversation)
            has_person = owner is not None and owner.state == "open"
            return Look(messages, working, owner is not None, has_person, self.writing(conversation))

        return await self._store.read(read)

    async def messages(self, conversation: str, *, after: int = 0, limit: int = 200) -> list[Message]:
        """Return messages with an id above ``after``, oldest first."""
        return await self._store.read(records.messages, conversation, after=after, limit=limit)

    def listen(self, conversation: str) -> AbstractAsyncContextManager[Bell]:
        """Return a context with a bell that rings when something new is stored, and when ``writing`` changes."""
        return self._bells.listen(conversation, bell_of("caseworker", conversation))

    async def working(self, conversation: str) -> bool:
        """Tell whether an answer is being made."""
        return self._turns.are_at_work(conversation)

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
                working=self._turns.are_at_work(conversation),
                last_message=records.last_message(session, conversation),
            )

        return await self._store.read(read)

    async def takes_files(self, conversation: str) -> bool:
        """Tell whether somebody would read a file: only once a person was asked for."""
        return await self._store.read(handoffs.active, conversation) is not None

    async def with_person(self, conversation: str) -> bool:
        """Tell whether a caseworker has the conversation right now."""
        found = await self._store.read(handoffs.active, conversation)
        return found is not None and found.state == "open"

    async def reached(self, conversation: str, message: int) -> None:
        """Note that the newcomer has read up to a message, or that it has arrived where no more can be known.

        Kept only while a person is asked for; the desk sees it.
        """
        if await self._store.read(reading.is_news, conversation, message) and await self._store.run(
            reading.note, conversation, message
        ):
            self._bells.ring(reading_bell(conversation))

    async def typed(self, conversation: str) -> None:
        """Note that the newcomer is writing; it is told to nobody unless a person has the conversation."""
        if self._signs.is_due("newcomer", conversation) and await self.with_person(conversation):
            self._signs.write("newcomer", conversation)

    def writing(self, conversation: str) -> str | None:
        """Return the name of the caseworker who is writing right now, None when nobody is."""
        return self._signs.writing("caseworker", conversation)

    def signs(self) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Return a context with the ids of conversations in which ``writing`` changes or goes on, as it happens."""
        return self._bells.everything("caseworker")

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
        return await self._turns.resume()

    async def settle(self) -> None:
        """Wait until every stored message is answered: for the terminal and for an orderly end."""
        await self._turns.settle()

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


def _allowed(session: Session, conversation: str, token: str | None) -> Conversation:
    found = records.get(session, conversation)
    if found is None:
        raise UnknownConversation(conversation)
    if token is not None and not records.is_allowed(found, token):
        raise NotAllowed(conversation)
    return found


def _lists(reply: Reply) -> dict[str, Any]:
    shape = reply.as_dict()
    return {"cards": list(shape["cards"]), "choices": list(shape["choices"])}


def _clean(text: str) -> str:
    # Control characters could hide what is shown (bidirectional overrides) or break a terminal; line ends and tabs stay.
    return "".join(sign for sign in text if sign in "\n\t" or (sign.isprintable() or sign in "\u200c\u200d")).strip()
