"""Files of a conversation, for the desk: never served as anything that could run."""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.handoffs import UnknownHandoff, Worker
from bot.desk.base import Desk, worker_of
from bot.records import audit, files, handoffs

# Pictures that a browser decodes and cannot run; everything else is saved, not shown.
RASTER = ("image/jpeg", "image/png", "image/webp", "image/gif")


class Files:
    """Gives files out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def give(self, request: Request) -> Response:
        """Return a file of a handoff's conversation."""
        number, file = int(request.path_params["handoff"]), str(request.path_params["file"])
        name, media_type, content = await self._desk.store.run(_read, worker_of(request), number, file)
        shown = "inline" if media_type in RASTER else "attachment"
        headers = {
            "content-disposition": f"{shown}; filename*=UTF-8''{quote(name, safe='')}",
            "content-security-policy": "sandbox; default-src 'none'",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
            "cross-origin-resource-policy": "same-origin",
        }
        return Response(content, 200, headers, media_type)


def _read(session: Session, worker: Worker, number: int, file: str) -> tuple[str, str, bytes]:
    found = handoffs.get(session, worker.territory, number)
    stored = files.get(session, found.conversation_id, file) if found else None
    if found is None or stored is None:
        raise UnknownHandoff(number)
    about = handoffs.pseudonym(found.conversation_id)
    audit.record(session, territory=worker.territory, actor=worker.email, action="file", about=about)
    return stored.name, stored.media_type, stored.content
