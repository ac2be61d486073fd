"""One exchange: a newcomer's message on its way to its replies. Plain data; ``answering`` has the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.conversation.assistant import Understanding
from bot.conversation.composing import Composer
from bot.conversation.messages import Reply
from bot.conversation.safety import Danger

if TYPE_CHECKING:
    from bot.conversation.handover import Ownership


@dataclass(slots=True)
class Exchange:
    """One message on its way. ``territory`` and ``language`` change along it; ``effects`` are for who stores it.

    ``attachment``: as stored, {"kind", …}; ``near``: latitude and longitude in degrees where the person stands;
    ``ownership``: who has the conversation, None for the assistant.
    """

    conversation: str
    text: str
    choice: str | None
    territory: str
    language: str
    language_chosen: bool
    turns: int
    slots: dict[str, Any] = field(default_factory=dict)
    attachment: Mapping[str, Any] | None = None
    hint: str | None = None
    near: tuple[float, float] | None = None
    ownership: Ownership | None = None
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
        known: dict[str, Any] = {
            "territory": self.territory,
            "language": self.language,
            "language_chosen": self.language_chosen,
            "hint": self.hint,
            "turn": self.turns,
        }
        return known if self.near is None else {**known, "near": list(self.near)}


async def say(
    exchange: Exchange, composer: Composer, response: str, arguments: Mapping[str, Any], language: str = ""
) -> None:
    """Add one reply to an exchange, in its language or in ``language`` (BCP 47); arguments as ``Composer.compose``'s."""
    composed = await composer.compose(response, arguments, language or exchange.language, exchange.territory)
    exchange.replies.append(composed.reply)
