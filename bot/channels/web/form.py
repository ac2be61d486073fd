"""The plain form under the chat, which works without JavaScript; its conversation is kept in a cookie."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web import cookie, errors, exporting, parsing
from bot.channels.web.api import address
from bot.channels.web.chat_page import ChatPage
from bot.channels.web.errors import Refused
from bot.channels.web.files import Files
from bot.channels.web.page_renderer import PRIVATE
from bot.channels.web.places import Place, Places
from bot.channels.web.settings import WebSettings
from bot.conversation.choices import UnknownChoice
from bot.conversation.contract import ConversationError, Conversations


class PlainForm:
    """Endpoints that take the form, begin anew and leave."""

    def __init__(
        self, conversations: Conversations, settings: WebSettings, places: Places, page: ChatPage, files: Files
    ) -> None:
        self._files = files
        self._conversations = conversations
        self._settings = settings
        self._places = places
        self._page = page

    async def send(self, request: Request) -> Response:
        """POST /chat/{territory}: a message; the answer follows on the page redirected to."""
        place = await self._places.find(request)
        fields = await _fields(request)
        talk, place = await self._page.talk(request, place)
        kept = talk.kept
        try:
            incoming = parsing.incoming(fields, request.headers.get("accept-language"))
            if kept is None:
                kept = await self._open(request, place)
            await self._conversations.accept(kept.conversation, incoming, address=address(request))
        except (Refused, ConversationError, UnknownChoice) as error:
            refused = error if isinstance(error, Refused) else errors.refusal(error)
            return await self._page.draw(request, place, talk, refused, str(fields.get("text") or ""))
        await self._wait(kept.conversation)
        return self._redirect(request, place, kept)

    async def attach(self, request: Request) -> Response:
        """POST /chat/{territory}/files: a file for the person who has the conversation."""
        talk, place = await self._page.talk(request, await self._places.find(request))
        if talk.kept is None:
            return await self._page.draw(request, place, talk, Refused("not_allowed"))
        try:
            incoming = await self._files.incoming(request, talk.kept.conversation)
            await self._conversations.accept(talk.kept.conversation, incoming, address=address(request))
        except (Refused, ConversationError) as error:
            refused = error if isinstance(error, Refused) else errors.refusal(error)
            return await self._page.draw(request, place, talk, refused)
        return self._redirect(request, place, talk.kept)

    async def file(self, request: Request) -> Response:
        """GET /chat/{territory}/files/{file}: a file of the conversation that the browser keeps."""
        talk, _ = await self._page.talk(request, await self._places.find(request))
        if talk.kept is None:
            raise Refused("not_allowed")
        return await self._files.response(talk.kept.conversation, str(request.path_params["file"]))

    async def export(self, request: Request) -> Response:
        """GET /chat/{territory}/export: the conversation that the browser keeps, as a file."""
        talk, _ = await self._page.talk(request, await self._places.find(request))
        if talk.kept is None:
            raise Refused("not_allowed")
        return await exporting.response(self._conversations, talk.kept.conversation)

    async def renew(self, request: Request) -> Response:
        """POST /chat/{territory}/new: forget the conversation and begin anew."""
        place = await self._places.find(request)
        response = RedirectResponse(f"{place.path}?language={place.language.code}{place.counter}", 303, PRIVATE)
        cookie.drop(response, place.path)
        return response

    async def leave(self, request: Request) -> Response:
        """GET /chat/{territory}/leave: the quick exit without JavaScript, or before the script is there."""
        # What an earlier visit with JavaScript left on the device goes too: key, answers, worker.
        headers = {**PRIVATE, "clear-site-data": '"storage"'}
        response = RedirectResponse(self._settings.quick_exit_url, 303, headers)
        cookie.drop(response, f"/chat/{request.path_params['territory']}")
        return response

    async def _open(self, request: Request, place: Place) -> cookie.Kept:
        opened = await self._conversations.open(
            territory=place.territory.id,
            channel="web",
            language=place.language.code,
            hint=request.headers.get("accept-language"),
            address=address(request),
            desk=place.desk,
        )
        return cookie.Kept(opened.conversation, opened.token)

    async def _wait(self, conversation: str) -> None:
        # So that the page redirected to holds the answer already, in all but the slowest cases.
        try:
            async with asyncio.timeout(self._settings.answer_seconds), self._conversations.listen(conversation) as bell:
                while await self._conversations.working(conversation):
                    await bell.wait()
        except TimeoutError:
            return

    def _redirect(self, request: Request, place: Place, kept: cookie.Kept) -> Response:
        # Without ?language= unless it was asked for: the conversation may have moved to another language meanwhile.
        response = RedirectResponse(f"{place.path}{place.query}#latest", 303, PRIVATE)
        secure = request.url.scheme == "https" or self._settings.secure
        cookie.write(response, kept, place.path, secure=secure)
        return response


async def _fields(request: Request) -> dict[str, Any]:
    content = await parsing.body(request)
    try:
        fields = parse_qs(content.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused("bad_encoding") from error
    found: dict[str, Any] = {name: values[-1] for name, values in fields.items()}
    # A choice was pressed while something stood in the text field: the press is what was meant.
    if found.get("choice"):
        found.pop("text", None)
    else:
        found.pop("choice", None)
    return found
