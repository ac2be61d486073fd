"""The whole path of an answer: an ordered list of small named steps.

Each step may add replies and may end the exchange. What happens before (accepting the message, limits) and after
(storing and delivering) is ``bot.conversation.conversations``'s; nothing here writes to the database.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.conversation import attachments, choices, feedback
from bot.conversation.assistant import Answer, Assistant, AssistantDown
from bot.conversation.composing import Composer
from bot.conversation.exchange import Exchange, say
from bot.conversation.fallback import fallback_replies
from bot.conversation.handover import SURE, Handover, remember_certainty
from bot.conversation.place import Places
from bot.conversation.safety import Danger, SafetyRules, is_other_language

# Kept beside Rasa's slots: the kind of danger spoken of in this talk, and how certain topics were.
OWN_SLOTS = ("danger", SURE)
log = logging.getLogger(__name__)

Step = Callable[[Exchange], Awaitable[None]]


class Answering:
    """Answers exchanges. ``steps`` is the whole path of an answer, in order."""

    def __init__(self, *, rules: SafetyRules, assistant: Assistant, composer: Composer, handover: Handover) -> None:
        self._rules = rules
        self._assistant = assistant
        self._composer = composer
        self._places = Places(assistant, composer)
        self._handover = handover
        self.steps: tuple[tuple[str, Step], ...] = (
            ("relay", self.relay),
            ("begin", self.begin_again),
            ("attachment", self.take_attachment),
            ("readable", self.decline_unreadable),
            ("feedback", self.take_feedback),
            ("safety", self.protect),
            ("person", self.talk_about_person),
            ("place", self.know_place),
            ("understand", self.understand_and_decide),
            ("announce", self.announce_language),
            ("offer", self.offer_person),
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
        if exchange.safety:
            exchange.slots = {**exchange.slots, "danger": exchange.safety}
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

    async def relay(self, exchange: Exchange) -> None:
        """End without a word while a caseworker has the conversation: one side speaks at a time.

        A cry for help is marked for the caseworker; when their page is closed, the numbers are shown all the same.
        """
        owner = exchange.ownership
        if owner is None or owner.state != "open" or _is_own_business(exchange.choice):
            return
        danger = self._rules.danger_in(exchange.text, exchange.language) if exchange.choice is None else None
        if danger:
            exchange.effects["handoff"] = {"action": "danger", "danger": danger.kind}
            if not owner.live:
                await self._show_help(exchange, danger)
        exchange.ended = True

    async def talk_about_person(self, exchange: Exchange) -> None:
        """Take what the newcomer says about the person they want, wait for or talked with."""
        if exchange.safety:
            return
        await self._handover.take(exchange)

    async def offer_person(self, exchange: Exchange) -> None:
        """Ask whether a person shall take over, where the assistant found that one is wanted."""
        await self._handover.offer(exchange)

    async def begin_again(self, exchange: Exchange) -> None:
        """End with the first words when the newcomer starts anew in a talk that goes on."""
        if exchange.choice == choices.START:
            exchange.replies.append(await self._composer.welcome(exchange.language, exchange.territory))
            exchange.slots = {}
            exchange.ended = True

    async def take_attachment(self, exchange: Exchange) -> None:
        """Use a location; say kindly of anything else that only people can look at it."""
        await attachments.take(exchange, self._composer)

    async def take_feedback(self, exchange: Exchange) -> None:
        """Take what the newcomer says of a record, for the city's editors."""
        await feedback.take(exchange, self._composer)

    async def know_place(self, exchange: Exchange) -> None:
        """Find out which territory the talk is about; the message waits until that is known."""
        await self._places.know(exchange)
        understood = exchange.understanding
        if exchange.ended and understood and understood.safety and not exchange.safety:
            await self._show_help(exchange, Danger(understood.safety, exchange.language))
            exchange.replies.insert(0, exchange.replies.pop())

    async def decline_unreadable(self, exchange: Exchange) -> None:
        """End with a kind line when there is nothing to read: only signs, emoji or white space."""
        if exchange.choice is None and not any(sign.isalnum() for sign in exchange.text):
            await say(exchange, self._composer, "utter_unreadable", {"choices": ["main"]})
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
            return
        exchange.understanding = understood
        # What the steps here remember is theirs; Rasa gives back its own slots only.
        kept = {name: value for name, value in exchange.slots.items() if name in OWN_SLOTS}
        exchange.slots = {**dict(answer.slots), **kept}
        remember_certainty(exchange)
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
        await say(exchange, self._composer, f"utter_safety_{danger.kind}", arguments, language)

    def _take(self, exchange: Exchange, shape: Mapping[str, Any]) -> None:
        exchange.effects.update(shape.get("effects") or {})
        exchange.replies.append(self._composer.read(shape))


def _is_own_business(choice: str | None) -> bool:
    # Leaving, being forgotten, what is stored, the language: nobody's to answer but ours, whoever has the talk.
    return (choice or "").partition(":")[0] in (choices.HANDOFF, choices.RATE, "forget", "privacy", "language", "no")
