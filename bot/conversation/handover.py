"""The newcomer's side of a handoff: asking, agreeing, waiting, leaving a message, leaving, and saying how it was.

A step of ``answering``: it adds replies and effects; ``bot.records.outcomes`` stores what it decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from bot.conversation import choices
from bot.conversation.composing import Composer
from bot.conversation.exchange import say
from bot.conversation.promise import Promise, promise
from bot.records import handoffs, staff
from knowledge import territories
from knowledge.store import Store

if TYPE_CHECKING:
    from bot.conversation.exchange import Exchange

LONGEST_CALLBACK = 200
LONGEST_WORD = 1000
MOST_SERVICES = 8
# What the newcomer was asked last; their next text is the answer.
MESSAGE, CALLBACK, WORD = "handoff_message", "handoff_callback", "handoff_word"
QUESTION = "question"
# How certain the assistant was of each topic it heard, 0 to 1; topics that were chosen by a button are not in it.
SURE = "sure"


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who has a conversation right now, as an exchange needs to know it. ``live``: the caseworker's page is open."""

    state: str
    live: bool
    proposed_territory: str | None = None


def ownership_of(session: Session, conversation: str) -> Ownership | None:
    """Return who has a conversation, None while nobody but the assistant has it."""
    found = handoffs.active(session, conversation)
    if found is None:
        return None
    live = found.staff_id is not None and staff.is_there(session, found.staff_id)
    return Ownership(found.state, live, found.proposed_territory)


class Handover:
    """Talks with the newcomer about the person they want."""

    def __init__(self, store: Store, composer: Composer) -> None:
        self._store = store
        self._composer = composer

    async def take(self, exchange: Exchange) -> None:
        """Take what the newcomer says about a person; anything else passes by."""
        kind, _, what = (exchange.choice or "").partition(":")
        if kind == choices.HANDOFF:
            await self._chosen(exchange, what)
        elif kind == choices.RATE:
            await self._rated(exchange, what)
        elif exchange.choice is None and exchange.slots.get(QUESTION) in (MESSAGE, CALLBACK, WORD):
            await self._answered(exchange, str(exchange.slots[QUESTION]))
        else:
            return
        exchange.ended = True

    async def offer(self, exchange: Exchange) -> None:
        """After the assistant decided that a person is wanted: say what will be shared and how long it takes, and ask.

        Where no city staff works with this system, the one-stop shop's contact stands as the answer.
        """
        reason = exchange.effects.get("person")
        if (
            not reason
            or exchange.ownership is not None
            or not await self._store.read(staff.has_desk, exchange.territory)
        ):
            return
        now = await self._promise(exchange)
        desk = await self._store.read(territories.desk_service, exchange.territory)
        arguments: dict[str, Any] = {
            "values": {"territory": exchange.territory, **now.values()},
            "notes": [now.note()],
            "choices": ["handoff:yes", "handoff:woman", "handoff:language", "handoff:no"]
            if now.somebody_there
            else ["handoff:message", "handoff:no"],
        }
        if not now.somebody_there and desk:
            arguments |= {"services": [desk], "show": ["hours", "phone", "address"]}
        exchange.replies = [reply for reply in exchange.replies if reply.language and not _is_contact(reply, desk)]
        await say(exchange, self._composer, "utter_handoff_offer", arguments)
        exchange.slots = {**exchange.slots, "reason": reason}

    async def _chosen(self, exchange: Exchange, what: str) -> None:
        if what in ("yes", "woman", "language", "message"):
            await self._request(exchange, what)
        elif what == "leave":
            exchange.effects["handoff"] = {"action": "leave"}
            await say(exchange, self._composer, "utter_handoff_left", {"choices": ["main"]})
        elif what == "callback":
            await self._ask(exchange, CALLBACK, "utter_handoff_callback_question")
        elif what in ("move", "stay") and exchange.ownership and exchange.ownership.proposed_territory:
            exchange.effects["handoff"] = {"action": what}
            moved = {"values": {"territory": exchange.ownership.proposed_territory}}
            await say(exchange, self._composer, f"utter_handoff_{what}", moved if what == "move" else {})
        else:
            await say(exchange, self._composer, "utter_handoff_declined", {"choices": ["main"]})

    async def _request(self, exchange: Exchange, what: str) -> None:
        if not await self._store.read(staff.has_desk, exchange.territory):
            await say(exchange, self._composer, "utter_handoff_declined", {"choices": ["main"]})
            return
        wishes = {
            "wants_woman": what == "woman",
            "wants_language": what == "language",
            "message_left": what == "message",
        }
        exchange.effects["handoff"] = {
            "action": "request",
            "reason": exchange.slots.pop("reason", None) or "asked",
            "card": card_of(exchange),
            **wishes,
        }
        if what == "message":
            await self._ask(exchange, MESSAGE, "utter_handoff_message")
            return
        now = await self._promise(exchange, woman=wishes["wants_woman"], speaks=wishes["wants_language"])
        arguments = {
            "values": now.values(),
            "notes": [now.note()],
            "choices": ["handoff:leave", "menu"] if now.somebody_there else ["handoff:callback", "handoff:leave"],
        }
        await say(exchange, self._composer, "utter_handoff_waiting", arguments)

    async def _rated(self, exchange: Exchange, what: str) -> None:
        if what == "word":
            await self._ask(exchange, WORD, "utter_rating_word_question")
        elif what in ("1", "2", "3", "4", "5"):
            exchange.effects["handoff"] = {"action": "rate", "rating": int(what)}
            await say(exchange, self._composer, "utter_rating_thanks", {"choices": ["rate:word", "menu"]})

    async def _answered(self, exchange: Exchange, question: str) -> None:
        exchange.slots = {name: value for name, value in exchange.slots.items() if name != QUESTION}
        if question == MESSAGE:
            now = await self._promise(exchange)
            arguments = {"values": now.values(), "notes": [now.note()], "choices": ["handoff:callback", "menu"]}
            await say(exchange, self._composer, "utter_handoff_message_taken", arguments)
        elif question == CALLBACK:
            exchange.effects["handoff"] = {"action": "callback", "callback": exchange.text[:LONGEST_CALLBACK]}
            await say(exchange, self._composer, "utter_handoff_callback_taken", {"choices": ["menu"]})
        else:
            exchange.effects["handoff"] = {"action": "rate", "word": exchange.text[:LONGEST_WORD]}
            await say(exchange, self._composer, "utter_rating_word_thanks", {"choices": ["menu"]})

    async def _ask(self, exchange: Exchange, question: str, response: str) -> None:
        exchange.slots = {**exchange.slots, QUESTION: question}
        await say(exchange, self._composer, response, {})

    async def _promise(self, exchange: Exchange, *, woman: bool = False, speaks: bool = False) -> Promise:
        def read(session: Session) -> Promise:
            waiting = handoffs.active(session, exchange.conversation)
            return promise(
                session,
                exchange.territory,
                exchange.language,
                waiting=waiting,
                wants_woman=woman or bool(waiting and waiting.wants_woman),
                wants_language=speaks or bool(waiting and waiting.wants_language),
                urgent=bool(exchange.slots.get("danger")),
            )

        return await self._store.read(read)


def remember_certainty(exchange: Exchange) -> None:
    """Keep how certain the assistant is of the topics of a message, for the desk; later messages count more."""
    if exchange.understanding and exchange.understanding.topics:
        heard = {topic: round(sure, 3) for topic, sure in exchange.understanding.topics}
        exchange.slots = {**exchange.slots, SURE: {**(exchange.slots.get(SURE) or {}), **heard}}


def card_of(exchange: Exchange) -> dict[str, Any]:
    """Return what the desk sees first of a conversation: codes only, from what the assistant remembers."""
    answer = exchange.slots.get("answer")
    known = answer if isinstance(answer, dict) else {}
    return {
        "topics": list(known.get("topics") or ()),
        "sure": dict(exchange.slots.get(SURE) or {}),
        "circumstances": list(known.get("circumstances") or ()),
        # What is left at the end is often the contact of the shop alone: what was shown before says more.
        "services": list(dict.fromkeys([*(known.get("shown") or ()), *(known.get("last") or ())]))[:MOST_SERVICES],
        "why": dict(known.get("why") or {}),
    }


def _is_contact(reply: Any, desk: str | None) -> bool:
    return bool(desk) and [card.id for card in reply.cards] == [desk] and not reply.choices
