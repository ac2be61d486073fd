"""The HTTP interface of the web chat, for its own page and for other front ends (openapi.yml, docs/api.md)."""

from __future__ import annotations

import logging
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.web import errors, exporting, parsing
from bot.channels.web.errors import Refused
from bot.channels.web.events import event_stream
from bot.channels.web.files import Files
from bot.channels.web.languages import PageLanguages
from bot.channels.web.settings import WebSettings
from bot.conversation.choices import UnknownChoice
from bot.conversation.contract import ConversationError, Conversations, Words

DESCRIPTION = Path(__file__).with_name("openapi.yml")
_HTTP_CODES = {404: "not_found", 405: "wrong_method"}
_FRESH = {"cache-control": "no-store"}
log = logging.getLogger(__name__)


class Api:
    """The endpoints below /chat/api."""

    def __init__(self, conversations: Conversations, wording: Words, settings: WebSettings, files: Files) -> None:
        self._conversations = conversations
        self._files = files
        self._wording = wording
        self._settings = settings
        self._languages = PageLanguages(conversations.languages(), settings.default_language)

    def app(self) -> Starlette:
        """Return the endpoints as one application, in which every error is JSON."""
        # Any origin may call: a token is a bearer that a page has to hold, no cookie is read here, so a foreign page
        # can do nothing in a newcomer's name that it could not do by itself.
        cors = Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
            expose_headers=["Retry-After"],
            max_age=86400,
        )
        return Starlette(
            routes=[
                Route("/conversations", self.open, methods=["POST"]),
                Route("/conversations/{conversation}/messages", self.messages, methods=["GET", "POST"]),
                Route("/conversations/{conversation}/events", self.events, methods=["GET"]),
                Route("/conversations/{conversation}/read", self.read, methods=["POST"]),
                Route("/conversations/{conversation}/typing", self.typing, methods=["POST"]),
                Route("/conversations/{conversation}/export", self.export, methods=["GET"]),
                Route("/conversations/{conversation}/files", self.attach, methods=["POST"]),
                Route("/conversations/{conversation}/files/{file}", self.file, methods=["GET"]),
                Route("/openapi.yml", self.description, methods=["GET"]),
            ],
            middleware=[cors],
            exception_handlers={
                Refused: self._refused,
                ConversationError: self._refused,
                UnknownChoice: self._refused,
                HTTPException: self._refused,
                Exception: self._refused,
            },
        )

    async def open(self, request: Request) -> Response:
        """POST /conversations: begin a conversation."""
        opening = parsing.opening(await parsing.json_object(request))
        opened = await self._conversations.open(
            territory=opening.territory,
            channel="web",
            language=opening.language,
            hint=request.headers.get("accept-language"),
            address=address(request),
            desk=opening.desk,
        )
        return JSONResponse(
            {
                "conversation": opened.conversation,
                "token": opened.token,
                "messages": [message.as_dict() for message in opened.messages],
            },
            201,
            {**_FRESH, "location": f"/chat/api/conversations/{opened.conversation}/messages"},
        )

    async def messages(self, request: Request) -> Response:
        """POST …/messages: take a message. GET …/messages?after=: read by polling."""
        conversation, token = parsing.conversation(request), parsing.bearer(request)
        if request.method == "POST":
            try:
                found = await parsing.json_object(request)
                incoming = parsing.incoming(found, request.headers.get("accept-language"))
            except Refused:
                # Whoever may not write here is told that, and nothing about what they wrote.
                await self._conversations.authorise(conversation, token)
                raise
            await self._conversations.accept(conversation, incoming, address=address(request), token=token)
            return JSONResponse({"client_id": incoming.client_id}, 202, _FRESH)
        query = request.query_params
        after = parsing.whole_number(query.get("after"), "after", default=0)
        limit = parsing.whole_number(
            query.get("limit"), "limit", default=parsing.MOST_MESSAGES, largest=parsing.MOST_MESSAGES
        )
        seen = await self._conversations.look(conversation, token, after=after, limit=max(1, limit))
        return JSONResponse(
            {
                "messages": [message.as_dict() for message in seen.messages],
                "working": seen.working,
                "takes_files": seen.takes_files,
                "person": seen.person,
                "writing": seen.writing,
            },
            headers=_FRESH,
        )

    async def events(self, request: Request) -> Response:
        """GET …/events: server-sent events, resumed by Last-Event-ID."""
        conversation = await self._authorised(request)
        after = parsing.whole_number(request.headers.get("last-event-id"), "Last-Event-ID", default=0)
        token = parsing.bearer(request)
        return event_stream(self._conversations, conversation, token, after, self._settings.heartbeat_seconds)

    async def read(self, request: Request) -> Response:
        """POST …/read: the newcomer has looked at everything up to a message."""
        conversation = await self._authorised(request)
        message = parsing.message_id(await parsing.json_object(request))
        await self._conversations.reached(conversation, message)
        return Response(None, 204, _FRESH)

    async def typing(self, request: Request) -> Response:
        """POST …/typing: the newcomer is writing."""
        await self._conversations.typed(await self._authorised(request))
        return Response(None, 204, _FRESH)

    async def export(self, request: Request) -> Response:
        """GET …/export: everything that is stored of the conversation, as a file."""
        return await exporting.response(self._conversations, await self._authorised(request))

    async def attach(self, request: Request) -> Response:
        """POST …/files: a picture, a document or a voice message, for the person who has the conversation."""
        conversation = await self._authorised(request)
        incoming = await self._files.incoming(request, conversation)
        await self._conversations.accept(conversation, incoming, address=address(request))
        return JSONResponse({"client_id": incoming.client_id}, 202, _FRESH)

    async def file(self, request: Request) -> Response:
        """GET …/files/{file}: a file of the conversation."""
        return await self._files.response(await self._authorised(request), str(request.path_params["file"]))

    async def description(self, request: Request) -> Response:
        """GET /openapi.yml: this interface, described for programs."""
        return PlainTextResponse(DESCRIPTION.read_text(encoding="utf-8"), media_type="application/yaml")

    async def _authorised(self, request: Request) -> str:
        conversation = parsing.conversation(request)
        await self._conversations.authorise(conversation, parsing.bearer(request))
        return conversation

    async def _refused(self, request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            refused = Refused(_HTTP_CODES.get(error.status_code, "not_found"))
        elif isinstance(error, ConversationError | UnknownChoice):
            refused = errors.refusal(error)
        else:
            refused = error if isinstance(error, Refused) else Refused("server")
        language = self._languages.of(request.query_params.get("language"), request.headers.get("accept-language"))
        return errors.response(refused, self._wording, language.code)


def address(request: Request) -> str:
    """Return the caller's address, for limits only; it is not stored."""
    return request.client.host if request.client else ""
