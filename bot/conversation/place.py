"""Which territory a talk is about, where the channel does not say: asked once, and what was written is not lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.conversation.assistant import Assistant, AssistantDown, Understanding
from bot.conversation.composing import Composer
from bot.conversation.exchange import say

if TYPE_CHECKING:
    from bot.conversation.exchange import Exchange

# Choices that mean the same everywhere.
ANYWHERE = frozenset(("language", "privacy", "forget", "no", "yes"))
PENDING = "pending"


class Places:
    """The step that makes sure of the territory."""

    def __init__(self, assistant: Assistant, composer: Composer) -> None:
        self._assistant = assistant
        self._composer = composer

    async def know(self, exchange: Exchange) -> None:
        """Set the territory of an exchange that has none, from the message; else ask for it and end.

        What the newcomer wrote meanwhile is kept and answered as soon as they say where they are.
        """
        if exchange.territory:
            return
        kind, _, what = (exchange.choice or "").partition(":")
        if kind in ANYWHERE:
            return
        if kind == "territory" and what in await self._composer.territories():
            await self._move(exchange, what)
            await self._take_up(exchange)
            return
        understood = await self._understand(exchange) if exchange.choice is None else None
        if understood and understood.territory in await self._composer.territories():
            await self._move(exchange, str(understood.territory))
            if not understood.topics and not set(understood.acts) - {"change_territory"}:
                await self._take_up(exchange)
            return
        if kind != "territory":
            waiting = {"text": exchange.text, "choice": exchange.choice}
            has_need = exchange.choice is not None or bool(understood is None or understood.topics)
            if has_need or PENDING not in exchange.slots:
                exchange.slots = {**exchange.slots, PENDING: waiting}
        await say(exchange, self._composer, "utter_which_territory", {"choices": ["territories"]})
        exchange.ended = True

    async def _move(self, exchange: Exchange, territory: str) -> None:
        exchange.territory = territory
        exchange.effects["territory"] = territory
        await say(exchange, self._composer, "utter_territory_changed", {"values": {"territory": territory}})

    async def _take_up(self, exchange: Exchange) -> None:
        waiting: dict[str, Any] = exchange.slots.pop(PENDING, None) or {}
        if waiting.get("text") or waiting.get("choice"):
            exchange.text, exchange.choice = str(waiting.get("text") or ""), waiting.get("choice")
            return
        await say(exchange, self._composer, "utter_ask_need", {"choices": ["main"]})
        exchange.ended = True

    async def _understand(self, exchange: Exchange) -> Understanding | None:
        metadata = {**exchange.metadata, "languages": self._composer.languages}
        try:
            (understood,) = await self._assistant.understand([{"text": exchange.text, "metadata": metadata}])
        except AssistantDown:
            return None
        exchange.understanding = understood
        if understood.evidence == "text" and understood.language in self._composer.languages:
            exchange.language = exchange.effects["language"] = understood.language
        return understood
