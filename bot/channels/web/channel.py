"""The web channel: all its addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.channels.web import embedding, errors
from bot.channels.web.api import Api
from bot.channels.web.assets import Assets, respond
from bot.channels.web.chat_page import ChatPage
from bot.channels.web.errors import Refused
from bot.channels.web.files import Files
from bot.channels.web.form import PlainForm
from bot.channels.web.installing import Installing
from bot.channels.web.languages import PageLanguages
from bot.channels.web.page_renderer import PageRenderer
from bot.channels.web.pages import Pages
from bot.channels.web.places import Places
from bot.channels.web.service_files import Read, ServiceFiles
from bot.channels.web.settings import WebSettings
from bot.conversation.contract import ConversationError, Conversations, Words

Endpoint = Callable[[Request], Awaitable[Response]]


def create_routes(
    conversations: Conversations, wording: Words, settings: WebSettings, read: Read | None = None
) -> list[BaseRoute]:
    """Return the routes of the web chat, all below /chat, and / leading there.

    Args:
        read: runs a function of a database session (``Store.read``), for services as files and for emergency numbers;
            without it there are no files, and the settings' number alone.
    """
    assets = Assets()
    languages = PageLanguages(conversations.languages(), settings.default_language)
    saves = read is not None
    renderer = PageRenderer(wording, languages, assets)
    places = Places(conversations, languages)
    chat_page = ChatPage(conversations, wording, settings, languages, renderer, saves=saves)
    pages = Pages(conversations, wording, settings, languages, places, renderer, chat_page)
    attached = Files(conversations, read)
    form = PlainForm(conversations, settings, places, chat_page, attached)
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

    installing = Installing(wording, settings, places, renderer, assets, read)
    files = ServiceFiles(read, wording, places) if read else None
    saving = (
        [
            Route("/chat/{territory}/services/{service}.vcf", page(files.contact)),
            Route("/chat/{territory}/services/{service}.ics", page(files.calendar)),
        ]
        if files
        else []
    )
    return [
        Route("/", home),
        Mount("/chat/api", Api(conversations, wording, settings, attached).app()),
        Route("/chat/static/{name}", page(assets.serve)),
        Route("/chat/embed.js", embed),
        Route("/chat/sw.js", installing.worker),
        Route("/chat/demo", page(pages.demo)),
        Route("/chat", page(pages.choose)),
        Route("/chat/{territory}", page(pages.chat), methods=["GET"]),
        Route("/chat/{territory}", page(form.send), methods=["POST"]),
        Route("/chat/{territory}/texts", page(pages.texts)),
        Route("/chat/{territory}/manifest.webmanifest", page(installing.manifest)),
        Route("/chat/{territory}/offline", page(installing.offline)),
        Route("/chat/{territory}/files", page(form.attach), methods=["POST"]),
        Route("/chat/{territory}/files/{file}", page(form.file)),
        Route("/chat/{territory}/export", page(form.export)),
        Route("/chat/{territory}/new", page(form.renew), methods=["POST"]),
        Route("/chat/{territory}/leave", page(form.leave)),
        *saving,
    ]
