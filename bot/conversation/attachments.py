"""What the assistant does with what is not text: a location is used, of the rest it says that only people look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.conversation import choices
from bot.conversation.composing import Composer
from bot.conversation.exchange import say

if TYPE_CHECKING:
    from bot.conversation.exchange import Exchange

# kind of attachment: which answer it gets
ANSWERS = {
    "photo": "picture",
    "video": "picture",
    "voice": "voice",
    "audio": "voice",
    "document": "document",
    "sticker": "sticker",
    "contact": "contact",
    "other": "other",
}
NEAR = "near_me"


async def take(exchange: Exchange, composer: Composer) -> None:
    """Answer an attachment; text that came along with it is answered by the steps that follow.

    A location makes the last answer one about what is near; without one, the need is asked for and the place kept for
    the very next message only.
    """
    attachment = exchange.attachment
    if attachment is None:
        exchange.near = _kept(exchange)
        return
    if attachment["kind"] == "location" and "latitude" in attachment:
        await _use_location(exchange, composer, (attachment["latitude"], attachment["longitude"]))
        return
    if exchange.ownership is not None:
        # A person will see it: the assistant only says so.
        if not exchange.text:
            await say(exchange, composer, "utter_attachment_passed_on", {})
        exchange.ended = not exchange.text
        return
    group = ANSWERS.get(attachment["kind"], "other")
    if exchange.text and group == "sticker":
        return
    await say(exchange, composer, f"utter_attachment_{group}", {} if exchange.text else {"choices": ["main", "person"]})
    exchange.ended = not exchange.text


async def _use_location(exchange: Exchange, composer: Composer, near: tuple[float, float]) -> None:
    answer = exchange.slots.get("answer")
    if isinstance(answer, dict) and answer.get("topics"):
        exchange.near = near
        exchange.choice = choices.value("circumstance", NEAR)
        return
    await say(exchange, composer, "utter_near_what", {"choices": ["main"]})
    exchange.slots = {**exchange.slots, "near": list(near)}
    exchange.ended = True


def _kept(exchange: Exchange) -> tuple[float, float] | None:
    near = exchange.slots.pop("near", None)
    return (float(near[0]), float(near[1])) if isinstance(near, list) and len(near) > 1 else None
