"""``ask``: answer in the terminal, through the same code as the web chat."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any

from bot.commands.understand import describe, understand_batch
from bot.conversation.contract import UnknownTerritory
from bot.conversation.messages import Incoming, Message
from bot.conversation.safety import SafetyRules
from bot.environments import ROOT
from bot.lines import read_lines
from bot.own_assistant import parts_running
from bot.parts import Parts
from bot.progress import Trouble
from bot.settings import settings
from bot.terminal import print_message

ADDRESS = "terminal"
POLL_SECONDS = 0.005


def main(arguments: list[str]) -> int:
    """Run the verb; return its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m bot ask", description=__doc__)
    parser.add_argument("--territory", help="id of the city or region, e.g. turin")
    parser.add_argument("--language", help="BCP 47 code that the conversation begins in")
    parser.add_argument(
        "--jsonl", action="store_true", help='read {"id","text","territory","language"?,"conversation"?} lines'
    )
    parser.add_argument("text", nargs="*", help="one message")
    chosen = parser.parse_args(arguments)
    if not chosen.jsonl and not (chosen.text and chosen.territory):
        parser.error("give --territory and a text, or --jsonl")
    if chosen.jsonl:
        asyncio.run(_answer_lines(read_lines(sys.stdin), chosen.territory))
    else:
        asyncio.run(_answer_one(" ".join(chosen.text), chosen.territory, chosen.language))
    return 0


async def _answer_one(text: str, territory: str, language: str | None) -> None:
    async with parts_running(settings()) as parts:
        talk = _Talk(parts)
        for message in await talk.say({"text": text, "territory": territory, "language": language}):
            print_message(message)
        await talk.end()


async def _answer_lines(lines: Iterator[dict[str, Any]], territory: str | None) -> None:
    rules = SafetyRules(ROOT / "nlu")
    async with parts_running(settings()) as parts:
        talk = _Talk(parts)
        for line in lines:
            line.setdefault("territory", territory)
            (understood,) = await understand_batch(parts.assistant, [line])
            shape = describe(line, understood, rules)
            try:
                shape["replies"] = [message.as_dict() for message in await talk.say(line)]
            except Trouble as trouble:
                shape["error"] = str(trouble)
            print(json.dumps(shape, ensure_ascii=False), flush=True)
        await talk.end()


class _Talk:
    """The conversations of one run: lines with the same ``conversation`` go on with each other."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._known: dict[str, tuple[str, int]] = {}
        self._opened: list[str] = []
        self._count = 0

    async def say(self, line: dict[str, Any]) -> list[Message]:
        """Send one line's text and return the replies."""
        conversations = self._parts.conversations
        key = line.get("conversation")
        conversation, last = self._known.get(str(key), ("", 0)) if key is not None else ("", 0)
        if not conversation:
            conversation, last = await self._open(line)
        self._count += 1
        incoming = Incoming(client_id=f"line-{self._count}", text=line["text"], choice=line.get("choice"))
        try:
            await conversations.accept(conversation, incoming, address=ADDRESS)
        except ValueError as error:
            raise Trouble(f"not taken: {type(error).__name__} {error}") from error
        news: list[Message] = []
        # Read while it works: a conversation that asks to be forgotten is gone soon after its last word.
        while True:
            working = await conversations.working(conversation)
            news = await conversations.messages(conversation, after=last) or news
            if not working:
                break
            await asyncio.sleep(POLL_SECONDS)
        if key is not None:
            self._known[str(key)] = (conversation, max([last, *(message.id for message in news)]))
        return [message for message in news if message.sender == "bot"]

    async def end(self) -> None:
        """Erase the conversations of this run: the terminal leaves nothing behind."""
        await self._parts.conversations.settle()
        await self._parts.conversations.erase(self._opened)

    async def _open(self, line: dict[str, Any]) -> tuple[str, int]:
        try:
            opened = await self._parts.conversations.open(
                territory=str(line.get("territory")),
                channel="terminal",
                language=line.get("language"),
                hint=None,
                address=ADDRESS,
            )
        except UnknownTerritory as unknown:
            raise Trouble(f"there is no territory '{unknown}'.") from unknown
        self._opened.append(opened.conversation)
        return opened.conversation, max(message.id for message in opened.messages)
