"""Files in a conversation: what a newcomer attaches for a person, and what was sent, given back to who may read it."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import parsing
from bot.channels.web.errors import Refused
from bot.channels.web.service_files import Read
from bot.conversation.attached import LARGEST
from bot.conversation.contract import Conversations
from bot.conversation.messages import Incoming
from bot.records import files as records

# Never a page of ours, whatever is in it.
_POLICY = "default-src 'none'; sandbox"


class Files:
    """Takes and gives files of conversations that somebody else has made sure may be read."""

    def __init__(self, conversations: Conversations, read: Read | None) -> None:
        """``read``: runs a function of a database session; without it no file can be had."""
        self._conversations = conversations
        self._read = read

    async def incoming(self, request: Request, conversation: str) -> Incoming:
        """Return the message in a form ``{"client_id", "file"}``; a file has to have a reader.

        Raises:
            Refused: no_reader, too_large, empty, bad_field, bad_encoding.
        """
        if not await self._conversations.takes_files(conversation):
            raise Refused("no_reader", field="file")
        return await parsing.upload(request, LARGEST)

    async def response(self, conversation: str, file: str) -> Response:
        """Return a file of a conversation.

        Raises:
            Refused: not_found.
        """
        found: tuple[str, str, bytes] | None = await self._read(_whole, conversation, file) if self._read else None
        if found is None:
            raise Refused("not_found")
        name, media_type, content = found
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''{parsing.quoted(name)}",
            "cache-control": "no-store",
            "content-security-policy": _POLICY,
        }
        return Response(content, 200, headers, media_type)


def _whole(session: Any, conversation: str, file: str) -> tuple[str, str, bytes] | None:
    found = records.get(session, conversation, file)
    return (found.name, found.media_type, found.content) if found else None
