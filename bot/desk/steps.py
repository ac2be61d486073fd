"""Steps of a conversation at the desk: give back, hand on, close, take up again, with what the newcomer is told."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.handoffs import Agreed
from bot.desk.base import Desk, back, field, worker_of
from bot.desk.conversation import OUTCOMES
from bot.records import desk_queries, staff
from knowledge import territories
from knowledge.codes import load_vocabulary

LONGEST_AGREED = 1000


class Steps:
    """One endpoint for each step."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def release(self, request: Request) -> Response:
        """Give a conversation back to the queue."""
        found = await self._desk.handoff(request)
        await self._desk.handoffs.release(worker_of(request), found.id, "released")
        return back("/desk", said="released")

    async def transfer(self, request: Request) -> Response:
        """Hand on: to a colleague, under another topic, or (once the newcomer agrees) to another territory's desk."""
        worker = worker_of(request)
        found = await self._desk.handoff(request)
        colleague = await field(request, "colleague", 12)
        topic = await field(request, "topic", 64)
        territory = await field(request, "territory", 64)
        if colleague.isdecimal():
            await self._desk.handoffs.transfer_to(worker, found.id, int(colleague))
        elif topic in load_vocabulary().codes["topics"]:
            await self._desk.handoffs.transfer(worker, found.id, topic)
        elif await self._is_other_desk(worker.territory, territory):
            await self._desk.handoffs.propose_territory(worker, found.id, territory)
            return back(f"/desk/conversations/{found.id}")
        else:
            raise HTTPException(422)
        return back("/desk", said="transferred")

    async def close(self, request: Request) -> Response:
        """End a conversation with an outcome and what was agreed."""
        worker = worker_of(request)
        found = await self._desk.handoff(request)
        outcome = await field(request, "outcome", 16)
        if outcome not in OUTCOMES:
            raise HTTPException(422)
        text = await field(request, "agreed", LONGEST_AGREED)
        service = await field(request, "service", 64) or None
        if service and not await self._desk.store.read(desk_queries.is_reachable, worker.territory, service):
            raise HTTPException(422)
        agreed = Agreed(text, service) if text or service else None
        await self._desk.handoffs.close(worker, found.id, outcome, agreed)
        return back("/desk", said="closed")

    async def reopen(self, request: Request) -> Response:
        """Take a closed conversation up again."""
        found = await self._desk.handoff(request)
        await self._desk.handoffs.reopen(worker_of(request), found.id)
        return back(f"/desk/conversations/{found.id}")

    async def _is_other_desk(self, own: str, territory: str) -> bool:
        return territory != own and await self._desk.store.read(_has_desk, territory)


def _has_desk(session: Session, territory: str) -> bool:
    return territories.is_chat_territory(session, territory) and staff.has_desk(session, territory)
