"""The pages newcomers see: the choice of a city, the chat, its words in another language, and what went wrong."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.web import errors
from bot.channels.web.chat_page import ChatPage
from bot.channels.web.errors import Refused
from bot.channels.web.languages import PageLanguages
from bot.channels.web.page_renderer import PageRenderer
from bot.channels.web.page_texts import page_texts
from bot.channels.web.places import Places, territory_name
from bot.channels.web.settings import WebSettings
from bot.conversation.contract import Conversations, Words


class Pages:
    """Endpoints that show something and change nothing."""

    def __init__(
        self,
        conversations: Conversations,
        wording: Words,
        settings: WebSettings,
        languages: PageLanguages,
        places: Places,
        renderer: PageRenderer,
        chat_page: ChatPage,
    ) -> None:
        self._conversations = conversations
        self._wording = wording
        self._settings = settings
        self._languages = languages
        self._places = places
        self._renderer = renderer
        self._chat_page = chat_page

    async def choose(self, request: Request) -> Response:
        """GET /chat: which city?"""
        language = self._languages.asked_for(request)
        found = await self._conversations.territories()
        named = sorted(((territory_name(one, language.code), one.id) for one in found), key=lambda pair: pair[0])
        return self._renderer.page("choose.html", language, territories=named)

    async def chat(self, request: Request) -> Response:
        """GET /chat/{territory}: the chat."""
        talk, place = await self._chat_page.talk(request, await self._places.find(request))
        return await self._chat_page.draw(request, place, talk)

    async def texts(self, request: Request) -> Response:
        """GET /chat/{territory}/texts: the page's words and first message in another language, to switch without a reload."""
        place = await self._places.find(request)
        language = place.language
        return JSONResponse(
            {
                "language": language.code,
                "dir": language.dir,
                "territory": place.name,
                "texts": page_texts(self._wording, language, place.name, self._settings.emergency_number),
                "welcome": await self._conversations.welcome(territory=place.territory.id, language=language.code),
            },
            headers={"cache-control": "no-cache", "vary": "accept-language"},
        )

    async def demo(self, request: Request) -> Response:
        """GET /chat/demo: how the chat looks on a city's own site."""
        found = await self._conversations.territories()
        wanted = request.query_params.get("territory")
        chosen = next((one.id for one in found if one.id == wanted), found[0].id if found else "")
        return self._renderer.page("demo.html", self._languages.asked_for(request), territory=chosen)

    async def problem(self, request: Request, refused: Refused) -> Response:
        """Return a page that says what is wrong and leads on."""
        language = self._languages.asked_for(request)
        message = errors.words(refused, self._wording, language.code)
        return self._renderer.page("problem.html", language, status=refused.status, message=message)
