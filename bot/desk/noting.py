"""Notes for colleagues and labels. The newcomer never sees them."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.bells import desk_bell
from bot.conversation.handoffs import UnknownHandoff, Worker
from bot.desk.base import Desk, back, field, worker_of
from bot.records import audit, handoffs, notes


class Noting:
    """Takes notes and labels."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def note(self, request: Request) -> Response:
        """Store a note."""
        text = await field(request, "note", notes.LONGEST_NOTE)
        return await self._write(request, "note", text)

    async def label(self, request: Request) -> Response:
        """Add a label."""
        return await self._write(request, "label", await field(request, "label", 200))

    async def unlabel(self, request: Request) -> Response:
        """Take a label away."""
        return await self._write(request, "unlabel", await field(request, "label", 200))

    async def _write(self, request: Request, action: str, text: str) -> Response:
        worker = worker_of(request)
        number = int(request.path_params["handoff"])
        if text:
            await self._desk.store.run(_store, worker, number, action, text)
            self._desk.bells.ring(desk_bell(worker.territory))
        return back(f"/desk/conversations/{number}")


def _store(session: Session, worker: Worker, number: int, action: str, text: str) -> None:
    found = handoffs.get(session, worker.territory, number)
    if found is None:
        raise UnknownHandoff(number)
    if action == "note":
        notes.add_note(session, found.id, worker.id, text)
    elif action == "label":
        notes.add_label(found, text)
    else:
        notes.remove_label(found, text)
    about = handoffs.pseudonym(found.conversation_id)
    audit.record(session, territory=worker.territory, actor=worker.email, action=action, about=about)
