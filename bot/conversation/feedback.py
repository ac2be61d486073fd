"""What a newcomer says of a record that was shown: right, or what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.conversation import choices
from bot.conversation.composing import Composer
from bot.conversation.exchange import say

if TYPE_CHECKING:
    from bot.conversation.exchange import Exchange


async def take(exchange: Exchange, composer: Composer) -> None:
    """Take a verdict on a service and thank for it, or ask what is wrong; anything else passes by."""
    kind, _, service = (exchange.choice or "").partition(":")
    if not service:
        return
    if kind == choices.NOT_RIGHT:
        wrong = [choices.value(one, service) for one in choices.VERDICTS if one != "right"]
        await say(exchange, composer, "utter_feedback_question", {"choices": wrong})
    elif kind in choices.VERDICTS:
        exchange.effects["feedback"] = {"service": service, "verdict": choices.VERDICTS[kind]}
        thanks = "utter_feedback_right" if kind == "right" else "utter_feedback_wrong"
        more = {} if kind == "right" else {"choices": ["person", "menu"]}
        await say(exchange, composer, thanks, more)
    else:
        return
    exchange.ended = True
