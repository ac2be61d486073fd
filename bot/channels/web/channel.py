"""The web channel: all its addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.channels.web import embedding, errors
from bot.channels.web.api import Api
from bot.channels.web.assets import Assets, respond
from bot.channels.web.errors import Refused
from bot.channels.web.pages import Pages
from bot.channels.web.settings import WebSettings
from bot.conversation.contract import ConversationError, Conversations, Words

Endpoint = Callable[[Request], Awaitable[Response]]


def create_routes(conversations: Conversations, wording: Words, settings: WebSettings) -> list[BaseRoute]:
    """Return the routes of the web chat, all below /chat, and / leading there."""
    assets = Assets()
    pages = Pages(conversations, wording, settings, assets)
    script = embedding.script(conversations.languages(), wording, settings.default_language)

    async def embed(request: Request) -> Response:
        # Its address is written into cities' pages for good, so it is asked for again after an hour.
        return respond(request, script, "public, max-age=3600")

    async def home(request: Request) -> Response:
        return RedirectResponse("/chat", 307)

    def page(endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Refused as refused:
                return await pages.problem(request, refused)
            except ConversationError as error:
                return await pages.problem(request, errors.refusal(error))

        return guarded

    return [
        Route("/", home),
        Mount("/chat/api", Api(conversations, wording, settings).app()),
        Route("/chat/static/{name}", page(assets.serve)),
        Route("/chat/embed.js", embed),
        Route("/chat/demo", page(pages.demo)),
        Route("/chat", page(pages.choose)),
        Route("/chat/{territory}", page(pages.chat), methods=["GET"]),
        Route("/chat/{territory}", page(pages.send), methods=["POST"]),
        Route("/chat/{territory}/texts", page(pages.texts)),
        Route("/chat/{territory}/new", page(pages.renew), methods=["POST"]),
        Route("/chat/{territory}/leave", page(pages.leave)),
    ]
