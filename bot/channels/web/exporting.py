"""A conversation as a file to take away: the same through the interface and on the page without JavaScript."""

from __future__ import annotations

from starlette.responses import Response

from bot.conversation.contract import Conversations
from bot.conversation.export import FILE_NAME


async def response(conversations: Conversations, conversation: str) -> Response:
    """Return a conversation that somebody else has made sure may be read, to be saved and never opened as a page.

    Raises:
        UnknownConversation: there is none of that id (any more).
    """
    text = await conversations.export(conversation)
    headers = {"content-disposition": f'attachment; filename="{FILE_NAME}"', "cache-control": "no-store"}
    return Response(text, 200, headers, "application/json")
