"""Conversations in memory, with answers that a test sets: what the web chat runs against here."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.conversation import choices
from bot.conversation.attached import checked
from bot.conversation.bells import Bell, Bells
from bot.conversation.contract import (
    ConversationState,
    Empty,
    LanguageChoice,
    Look,
    NotAllowed,
    Opened,
    TerritoryChoice,
    TooLong,
    TooMany,
    UnknownConversation,
    UnknownTerritory,
)
from bot.conversation.messages import Card, Choice, Fact, Incoming, Link, Message, Reply

LANGUAGES = [
    LanguageChoice("en", "English", "ltr"),
    LanguageChoice("es", "Español", "ltr"),
    LanguageChoice("fr", "Français", "ltr"),
    LanguageChoice("de", "Deutsch", "ltr"),
    LanguageChoice("ar", "العربية", "rtl"),
    LanguageChoice("uk", "Українська", "ltr"),
]
TERRITORIES = [
    TerritoryChoice("turin", {"en": "Turin", "ar": "تورينو", "uk": "Турин"}, ["it"]),
    TerritoryChoice("sofia", {"en": "Sofia", "ar": "صوفيا", "uk": "Софія"}, ["bg"]),
]
DOCTOR = Card(
    id="turin-isi",
    title="Ambulatorio ISI",
    title_language="it",
    language="en",
    subtitle="ASL Città di Torino",
    summary="Doctors for people who cannot get a health card.",
    summary_language="en",
    facts=(
        Fact("hours", "Hours", "Open until 17:00", state="open"),
        Fact("cost", "Cost", "Free of charge"),
        Fact("documents", "Bring", "Nothing"),
        Fact("address", "Address", "Via Monginevro 130, 10141 Torino", language="it"),
    ),
    links=(
        Link("call", "Call +39 011 7095 1111", "tel:+3901170951111"),
        Link("map", "Map", "https://www.openstreetmap.org/search?query=Via+Monginevro+130"),
        Link("web", "Website", "https://www.aslcittaditorino.it/"),
    ),
    freshness="unconfirmed",
    freshness_text="Not yet confirmed by the city",
    sources=("https://www.aslcittaditorino.it/isi", "leaflet of the desk"),
    choices=(Choice("Details", "details:turin-isi"),),
)
WELCOME = Reply("Hello! I am a machine.", "en", "ltr", choices=(Choice("Health", "topic:healthcare"),))


def doctor(incoming: Incoming) -> list[Reply]:
    """Answer with one card."""
    return [
        Reply(
            f"For you: {incoming.text or incoming.choice}",
            "en",
            "ltr",
            cards=(DOCTOR,),
            choices=(Choice("More", "more"),),
        )
    ]


@dataclass
class Kept:
    token: str
    language: str
    territory: str
    messages: list[Message] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    at_work: int = 0
    desk: str | None = None


class MemoryConversations:
    """Implements ``bot.conversation.contract.Conversations``."""

    def __init__(self) -> None:
        self.answer: Callable[[Incoming], list[Reply]] = doctor
        self.greeting: Callable[[str], Reply] = lambda language: WELCOME
        self.pause = 0.05
        self.kept: dict[str, Kept] = {}
        self.accepted: list[Incoming] = []
        self.flood: int | None = None
        self.broken = False
        self.person = False
        self.writer: str | None = None
        self.reads: list[int] = []
        self.typings = 0
        self._ids = itertools.count(1)
        self._numbers = itertools.count(1)
        self._bells = Bells()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(
        self,
        *,
        territory: str,
        channel: str,
        language: str | None,
        hint: str | None,
        address: str,
        desk: str | None = None,
    ) -> Opened:
        if self.flood:
            raise TooMany(self.flood)
        if territory not in {one.id for one in TERRITORIES}:
            raise UnknownTerritory(territory)
        number = next(self._numbers)
        kept = self.kept[f"conversation{number}"] = Kept(f"token-{number}", language or "en", territory, desk=desk)
        self._store(kept, [self.greeting(kept.language)])
        return Opened(f"conversation{number}", kept.token, list(kept.messages))

    async def authorise(self, conversation: str, token: str) -> None:
        if self.broken:
            raise RuntimeError("the database is gone")
        if conversation not in self.kept:
            raise UnknownConversation(conversation)
        if self.kept[conversation].token != token:
            raise NotAllowed(conversation)

    async def accept(self, conversation: str, incoming: Incoming, *, address: str, token: str | None = None) -> None:
        if token is not None:
            await self.authorise(conversation, token)
        kept = self.kept[conversation]
        if self.flood:
            raise TooMany(self.flood)
        if incoming.choice is not None:
            choices.check(incoming.choice)
        elif not incoming.text.strip() and incoming.attachment is None:
            raise Empty
        attached = checked(incoming.attachment) if incoming.attachment else None
        if len(incoming.text) > 2000:
            raise TooLong(2000)
        if incoming.client_id in kept.seen:
            return
        kept.seen.add(incoming.client_id)
        self.accepted.append(incoming)
        offered = {choice["value"]: choice["label"] for message in kept.messages for choice in message.choices}
        text = incoming.text or offered.get(incoming.choice or "", incoming.choice or "")
        files = [_file(conversation, attached)] if attached else []
        self._add(kept, "newcomer", Reply(text, "en", "ltr"), incoming.client_id, files=files)
        if switched := (incoming.choice or "").partition("language:")[2]:
            kept.language = switched
        kept.at_work += 1
        self._bells.ring(conversation)
        task = asyncio.create_task(self._reply(conversation, kept, incoming))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def look(self, conversation: str, token: str, *, after: int = 0, limit: int = 200) -> Look:
        await self.authorise(conversation, token)
        found = await self.messages(conversation, after=after, limit=limit)
        return Look(found, await self.working(conversation), self.person, self.person, self.writer)

    async def messages(self, conversation: str, *, after: int = 0, limit: int = 200) -> list[Message]:
        found = self.kept.get(conversation)
        return [message for message in found.messages if message.id > after][:limit] if found else []

    def listen(self, conversation: str) -> AbstractAsyncContextManager[Bell]:
        return self._bells.listen(conversation)

    async def welcome(self, *, territory: str, language: str) -> dict[str, Any]:
        return _message(0, "bot", self.greeting(language)).as_dict()

    async def state(self, conversation: str) -> ConversationState:
        if conversation not in self.kept:
            raise UnknownConversation(conversation)
        kept = self.kept[conversation]
        last = kept.messages[-1].id if kept.messages else 0
        return ConversationState(kept.territory, kept.language, False, kept.at_work > 0, last)

    async def working(self, conversation: str) -> bool:
        return conversation in self.kept and self.kept[conversation].at_work > 0

    async def takes_files(self, conversation: str) -> bool:
        return self.person

    async def reached(self, conversation: str, message: int) -> None:
        self.reads.append(message)

    async def typed(self, conversation: str) -> None:
        self.typings += 1

    def writing(self, conversation: str) -> str | None:
        return self.writer

    async def export(self, conversation: str) -> str:
        if conversation not in self.kept:
            raise UnknownConversation(conversation)
        return json.dumps([message.as_dict() for message in self.kept[conversation].messages], ensure_ascii=False)

    async def set_language(self, conversation: str, language: str) -> None:
        self.kept[conversation].language = language

    async def territories(self) -> list[TerritoryChoice]:
        return TERRITORIES

    def languages(self) -> list[LanguageChoice]:
        return LANGUAGES

    def forget(self, conversation: str) -> None:
        """Erase, as retention or a newcomer's wish does."""
        del self.kept[conversation]
        self._bells.ring(conversation)

    def say(self, conversation: str, reply: Reply, author: str | None = None, *files: dict[str, Any]) -> None:
        """Let a caseworker write."""
        self._add(self.kept[conversation], "caseworker", reply, author=author, files=list(files))
        self._bells.ring(conversation)

    def hand_over(self, conversation: str) -> None:
        """Give the conversation to a person, who reads files too."""
        self.person = True
        self._bells.ring(conversation)

    def write(self, conversation: str, name: str | None) -> None:
        """Let a caseworker begin to write, or stop."""
        self.writer = name
        self._bells.ring(conversation)

    async def _reply(self, conversation: str, kept: Kept, incoming: Incoming) -> None:
        await asyncio.sleep(self.pause)
        # What a test words in English is said in the conversation's language, as the real one does.
        direction = "rtl" if kept.language == "ar" else "ltr"
        answers = [
            replace(reply, language=kept.language, dir=direction) if reply.language == "en" else reply  # type: ignore[arg-type]
            for reply in self.answer(incoming)
        ]
        self._store(kept, answers)
        kept.at_work -= 1
        self._bells.ring(conversation)

    def _store(self, kept: Kept, replies: list[Reply]) -> None:
        for reply in replies:
            self._add(kept, "bot", reply)

    def _add(self, kept: Kept, sender: str, reply: Reply, client_id: str | None = None, **more: Any) -> None:
        kept.messages.append(_message(next(self._ids), sender, reply, client_id, **more))


def _message(number: int, sender: str, reply: Reply, client_id: str | None = None, **more: Any) -> Message:
    shape = asdict(reply)
    return Message(
        number, sender, reply.language, reply.dir, reply.text, datetime.now(UTC),  # type: ignore[arg-type]
        list(shape["cards"]), list(shape["choices"]), client_id, **more,
    )  # fmt: skip


def _file(conversation: str, attached: dict[str, Any]) -> dict[str, Any]:
    shape = {name: attached[name] for name in ("kind", "name", "media_type")}
    url = f"/chat/api/conversations/{conversation}/files/file1"
    return {"id": "file1", "size": len(attached["content"]), "url": url, **shape}
