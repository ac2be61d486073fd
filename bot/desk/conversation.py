"""One conversation at the desk: the handoff card, the messages, and everything that can be done with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.handoffs import UnknownHandoff, Worker
from bot.conversation.messages import Message
from bot.conversation.signs import KNOWS_READING
from bot.desk.base import Desk, worker_of
from bot.desk.renderer import is_part
from bot.records import audit, desk_queries, handoffs, notes, staff
from bot.records import conversations as records
from bot.records.handoffs import Handoff
from knowledge import detail, territories
from knowledge.codes import load_vocabulary

MESSAGES = 200
OUTCOMES = ("solved", "referred", "appointment", "answered", "not_for_us", "no_show")


class ConversationPage:
    """Draws the page of a conversation, and the parts of it that change."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def page(self, request: Request) -> Response:
        """Return the page."""
        return await self.draw(request)

    async def draw(self, request: Request, *, status: int = 200, **composer: Any) -> Response:
        """Return the page.

        Args:
            composer: ``draft`` (text in the box), ``warning`` (language of the draft when it is not the newcomer's),
                ``problem`` (code of what was wrong).
        """
        worker = worker_of(request)
        language = self._desk.renderer.words(request).language
        seen = await self._desk.store.read(_look, worker, int(request.path_params["handoff"]), language)
        await self._desk.store.run(_looked, worker, seen["handoff"], seen["messages"])
        return self._desk.renderer.page(
            request,
            "conversation.html",
            zone=await self._desk.zone(worker),
            status=status,
            outcomes=OUTCOMES,
            topics=load_vocabulary().codes["topics"],
            mark=_mark(seen["channel"]),
            longest=self._desk.settings.longest_message,
            translates=bool(self._desk.settings.translation_url),
            draft=composer.get("draft", ""),
            warning=composer.get("warning", ""),
            problem=composer.get("problem", ""),
            **seen,
        )

    async def messages(self, request: Request) -> Response:
        """Return messages above ``?after=`` for the open page; who has the conversation has then read them."""
        worker = worker_of(request)
        after = request.query_params.get("after", "0")
        found, channel, news = await self._desk.store.read(
            _news, worker, int(request.path_params["handoff"]), int(after) if after.isdecimal() else 0
        )
        if news and found.staff_id == worker.id and found.read_by_staff < news[-1].id:
            await self._desk.store.run(desk_queries.mark_read, found.id, worker.id, news[-1].id)
        return self._desk.renderer.page(
            request,
            "_messages.html",
            zone=await self._desk.zone(worker),
            messages=news,
            mark=_mark(channel),
            handoff=found,
            translates=bool(self._desk.settings.translation_url),
        )

    async def state(self, request: Request) -> Response:
        """Return the head of the page: who has the conversation, what the newcomer read, what can be done."""
        worker = worker_of(request)
        found = await self._desk.handoff(request)
        names = await self._desk.store.read(desk_queries.names_of, [found.staff_id])
        if not is_part(request):
            return await self.draw(request)
        return self._desk.renderer.page(
            request,
            "_state.html",
            zone=await self._desk.zone(worker),
            handoff=found,
            guest=handoffs.pseudonym(found.conversation_id),
            owner=names.get(found.staff_id or 0, ""),
            is_mine=found.staff_id == worker.id and found.state == "open",
        )


def _mark(channel: str) -> str:
    """Return what the newcomer's side can be known to have done with a message: ``read`` or ``delivered``."""
    return "read" if channel in KNOWS_READING else "delivered"


def _news(session: Session, worker: Worker, number: int, after: int) -> tuple[Handoff, str, list[Message]]:
    found = _handoff(session, worker, number)
    conversation = records.get(session, found.conversation_id)
    news = records.messages(session, found.conversation_id, after=after, limit=MESSAGES)
    return found, conversation.channel if conversation else "", news


def _handoff(session: Session, worker: Worker, number: int) -> Handoff:
    found = handoffs.get(session, worker.territory, number)
    if found is None:
        raise UnknownHandoff(number)
    return found


def _looked(session: Session, worker: Worker, found: Handoff, messages: list[Message]) -> None:
    if messages:
        desk_queries.mark_read(session, found.id, worker.id, messages[-1].id)
    about = handoffs.pseudonym(found.conversation_id)
    audit.record(session, territory=worker.territory, actor=worker.email, action="look", about=about)


def _look(session: Session, worker: Worker, number: int, language: str) -> dict[str, Any]:
    found = _handoff(session, worker, number)
    messages: list[Message] = records.messages(session, found.conversation_id, after=0, limit=MESSAGES)
    before = desk_queries.earlier(session, found)
    names = desk_queries.names_of(session, [found.staff_id, *(one.staff_id for one in before)])
    conversation = records.get(session, found.conversation_id)
    others = [one for one in desk_queries.colleagues(session, worker.territory) if one.id != worker.id]
    staffed = staff.desks(session) - {worker.territory}
    desks = [one.id for one in territories.list_territories(session) if one.id in staffed]
    return {
        "handoff": found,
        "guest": handoffs.pseudonym(found.conversation_id),
        "shown": _shown(session, found, language),
        "language": conversation.language if conversation else found.language,
        "channel": conversation.channel if conversation else "",
        "messages": messages,
        "notes": notes.notes_of(session, [found.id, *(one.id for one in before)]),
        "labels_used": [one for one in notes.labels_used(session, worker.territory) if one not in found.labels],
        "earlier": before,
        "names": names,
        "owner": names.get(found.staff_id or 0, ""),
        "is_mine": found.staff_id == worker.id and found.state == "open",
        "colleagues": others,
        "desks": desks,
        "events": handoffs.events(session, found.id),
        "sent_services": _services_in(messages),
    }


def _services_in(messages: list[Message]) -> list[tuple[str, str]]:
    """Return ids and titles of the services that messages showed, the newest first."""
    found: dict[str, str] = {}
    for message in reversed(messages):
        for card in message.cards:
            if card.get("kind") != "emergency" and ":" not in str(card["id"]):
                found.setdefault(str(card["id"]), str(card["title"]))
    return list(found.items())


def _shown(session: Session, found: Handoff, language: str) -> dict[str, Any]:
    """Return the handoff card: needs, circumstances, and which services the assistant showed for which reasons."""
    card = found.card if isinstance(found.card, dict) else {}
    ids = [str(one) for one in card.get("services") or ()]
    why = card.get("why") or {}
    views = detail.load_views(session, ids, language, datetime.now(UTC)) if ids else []
    return {
        "topics": [str(one) for one in card.get("topics") or ()],
        "sure": _certainty(card.get("sure")),
        "circumstances": [str(one) for one in card.get("circumstances") or ()],
        "services": [
            {"id": view.id, "name": view.name, "why": [str(code) for code in why.get(view.id) or ()]} for view in views
        ],
    }


def _certainty(sure: object) -> dict[str, float]:
    """Return how certain the assistant was of each topic, 0 to 1; cards of earlier versions do not tell."""
    known = sure if isinstance(sure, dict) else {}
    return {str(topic): min(max(float(one), 0.0), 1.0) for topic, one in known.items() if isinstance(one, int | float)}
