"""One exchange: a newcomer's message in, its replies out, as an ordered list of small named steps.

Each step may add replies and may end the exchange. What happens before (accepting the message, limits) and after
(storing and delivering) is ``bot.conversation.conversations``'s; nothing here writes to the database.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.conversation import choices
from bot.conversation.assistant import Answer, Assistant, AssistantDown, Understanding
from bot.conversation.composing import Composer
from bot.conversation.fallback import fallback_replies
from bot.conversation.messages import Reply
from bot.conversation.safety import Danger, SafetyRules, is_other_language

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Exchange:
    """One message on its way. ``territory`` and ``language`` change along it; ``effects`` are for who stores it."""

    conversation: str
    text: str
    choice: str | None
    territory: str
    language: str
    language_chosen: bool
    turns: int
    slots: dict[str, Any] = field(default_factory=dict)
    hint: str | None = None
    replies: list[Reply] = field(default_factory=list)
    effects: dict[str, Any] = field(default_factory=dict)
    understanding: Understanding | None = None
    danger: Danger | None = None
    safety: str | None = None
    failed: bool = False
    ended: bool = False

    @property
    def metadata(self) -> dict[str, Any]:
        """Return what the assistant gets to know besides the text."""
        return {
            "territory": self.territory,
            "language": self.language,
            "language_chosen": self.language_chosen,
            "hint": self.hint,
            "turn": self.turns,
        }


Step = Callable[[Exchange], Awaitable[None]]


class Answering:
    """Answers exchanges. ``steps`` is the whole path of an answer, in order."""

    def __init__(self, *, rules: SafetyRules, assistant: Assistant, composer: Composer) -> None:
        self._rules = rules
        self._assistant = assistant
        self._composer = composer
        self.steps: tuple[tuple[str, Step], ...] = (
            ("readable", self.decline_unreadable),
            ("safety", self.protect),
            ("understand", self.understand_and_decide),
            ("announce", self.announce_language),
        )

    async def answer(self, exchange: Exchange) -> None:
        """Take an exchange through every step until one ends it; its replies are then complete."""
        started = time.perf_counter()
        last = ""
        for name, step in self.steps:
            last = name
            await step(exchange)
            if exchange.ended:
                break
        log.info(
            "exchange answered",
            extra={
                "territory": exchange.territory,
                "language": exchange.language,
                "last_step": last,
                "failed": exchange.failed,
                "milliseconds": round((time.perf_counter() - started) * 1000),
            },
        )

    async def decline_unreadable(self, exchange: Exchange) -> None:
        """End with a kind line when there is nothing to read: only signs, emoji or white space."""
        if exchange.choice is None and not any(sign.isalnum() for sign in exchange.text):
            await self._say(exchange, "utter_unreadable", {"choices": ["main"]})
            exchange.ended = True

    async def protect(self, exchange: Exchange) -> None:
        """Lead with the territory's numbers when the message speaks of danger; the other needs are answered after.

        A rule of another language than the talk's waits for one more look: what is a cry for help in one language can
        be an ordinary word in another ("mama", "enferma"). If nobody can look, the help is shown.
        """
        danger = self._rules.danger_in(exchange.text, exchange.language) if exchange.choice is None else None
        exchange.danger = danger
        if danger and danger.language == exchange.language:
            await self._show_help(exchange, danger)

    async def understand_and_decide(self, exchange: Exchange) -> None:
        """Have Rasa understand and decide; when it cannot, answer from the records alone."""
        answer = await self._ask_assistant(exchange)
        understood = answer.understanding if answer else None
        danger = exchange.danger
        if danger and not exchange.safety and not is_other_language(danger, understood):
            await self._show_help(exchange, danger)
        if answer is None:
            exchange.replies += await fallback_replies(exchange, self._composer)
            exchange.ended = True
            return
        exchange.understanding = understood
        exchange.slots = dict(answer.slots)
        if exchange.safety and understood and (understood.safety or not understood.topics):
            # The numbers were given; an answer to anything less certain must not push them off the screen.
            return
        if understood:
            exchange.safety = exchange.safety or understood.safety
        for reply in answer.replies:
            self._take(exchange, reply)

    async def announce_language(self, exchange: Exchange) -> None:
        """Say so when what the person wrote changed the language of the talk."""
        understood = exchange.understanding
        if understood is None or exchange.effects.get("language"):
            return
        spoken = understood.language
        if spoken == exchange.language or understood.evidence != "text" or spoken not in self._composer.languages:
            return
        before = exchange.language
        exchange.effects["language"] = spoken
        exchange.language = spoken
        if exchange.turns:
            arguments: dict[str, Any] = {"values": {"language": spoken}, "choices": [f"language:{before}"]}
            reply = await self._composer.compose("utter_language_noticed", arguments, spoken, exchange.territory)
            exchange.replies.insert(0, reply.reply)

    async def _ask_assistant(self, exchange: Exchange) -> Answer | None:
        try:
            text = exchange.text if exchange.choice is None else choices.command(exchange.choice)
            metadata = {**exchange.metadata, "languages": self._composer.languages}
            return await self._assistant.handle(
                exchange.conversation, text, metadata, exchange.slots, command=exchange.choice is not None
            )
        except AssistantDown as down:
            log.error("assistant down", extra={"reason": str(down)})
            exchange.failed = True
            return None

    async def _show_help(self, exchange: Exchange, danger: Danger) -> None:
        exchange.safety = danger.kind
        language = exchange.language
        if not exchange.language_chosen and danger.language in self._composer.languages:
            # The help must be in the words of the cry for help, before anything else knows the language.
            language = danger.language
        arguments = {
            "values": {"territory": exchange.territory},
            "emergency": danger.kind,
            "danger_services": danger.kind,
            "choices": ["person"],
        }
        await self._say(exchange, f"utter_safety_{danger.kind}", arguments, language)

    async def _say(self, exchange: Exchange, response: str, arguments: Mapping[str, Any], language: str = "") -> None:
        composed = await self._composer.compose(response, arguments, language or exchange.language, exchange.territory)
        exchange.replies.append(composed.reply)

    def _take(self, exchange: Exchange, shape: Mapping[str, Any]) -> None:
        exchange.effects.update(shape.get("effects") or {})
        exchange.replies.append(self._composer.read(shape))
