"""The pages newcomers see: the choice of a city, the chat, and the plain form under it that works without JavaScript."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.channels.web import cookie, errors, parsing, rendering
from bot.channels.web.api import address
from bot.channels.web.assets import Assets
from bot.channels.web.errors import Refused
from bot.channels.web.headers import page_policy
from bot.channels.web.languages import PageLanguages
from bot.channels.web.page_texts import page_texts
from bot.channels.web.settings import WebSettings
from bot.conversation.choices import UnknownChoice
from bot.conversation.contract import (
    ConversationError,
    Conversations,
    LanguageChoice,
    NotAllowed,
    TerritoryChoice,
    UnknownConversation,
    UnknownTerritory,
    Words,
)
from bot.conversation.messages import Message

_PRIVATE = {"cache-control": "no-store", "vary": "accept-language, cookie"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where and in which language a page is shown."""

    territory: TerritoryChoice
    language: LanguageChoice
    asked: bool

    @property
    def path(self) -> str:
        """Path of the chat page."""
        return f"/chat/{self.territory.id}"

    @property
    def name(self) -> str:
        """The territory's name in the page's language."""
        return territory_name(self.territory, self.language.code)


class Pages:
    """Endpoints that answer with HTML."""

    def __init__(self, conversations: Conversations, wording: Words, settings: WebSettings, assets: Assets) -> None:
        self._conversations = conversations
        self._wording = wording
        self._settings = settings
        self._assets = assets
        self._languages = PageLanguages(conversations.languages(), settings.default_language)
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def choose(self, request: Request) -> Response:
        """GET /chat: which city?"""
        language = self._language(request)
        found = await self._conversations.territories()
        named = sorted(((territory_name(one, language.code), one.id) for one in found), key=lambda pair: pair[0])
        return self._page("choose.html", language, request, territories=named)

    async def chat(self, request: Request) -> Response:
        """GET /chat/{territory}: the chat."""
        place = await self._place(request)
        kept, messages, working = await self._kept(request, place)
        return self._chat_page(request, place, messages, working, kept is not None)

    async def texts(self, request: Request) -> Response:
        """GET /chat/{territory}/texts: the page's words in another language, for switching without a reload."""
        place = await self._place(request)
        language = place.language
        return JSONResponse(
            {
                "language": language.code,
                "dir": language.dir,
                "territory": place.name,
                "texts": self._texts(place),
            },
            headers={"cache-control": "no-cache", "vary": "accept-language"},
        )

    async def send(self, request: Request) -> Response:
        """POST /chat/{territory}: a message from the form; the answer follows on the page redirected to."""
        place = await self._place(request)
        form = await _form(request)
        kept, messages, working = await self._kept(request, place)
        try:
            incoming = parsing.incoming(form, request.headers.get("accept-language"))
            if kept is None:
                kept = await self._open(request, place)
            await self._conversations.accept(kept.conversation, incoming, address=address(request))
        except (Refused, ConversationError, UnknownChoice) as error:
            refused = error if isinstance(error, Refused) else errors.refusal(error)
            draft = str(form.get("text") or "")
            return self._chat_page(request, place, messages, working, kept is not None, refused, draft)
        await self._wait(kept.conversation)
        return self._redirect(request, place, kept)

    async def renew(self, request: Request) -> Response:
        """POST /chat/{territory}/new: forget the conversation and begin anew."""
        place = await self._place(request)
        response = RedirectResponse(f"{place.path}?language={place.language.code}", 303, _PRIVATE)
        cookie.drop(response, place.path)
        return response

    async def leave(self, request: Request) -> Response:
        """GET /chat/{territory}/leave: the quick exit without JavaScript."""
        response = RedirectResponse(self._settings.quick_exit_url, 303, _PRIVATE)
        cookie.drop(response, f"/chat/{request.path_params['territory']}")
        return response

    async def demo(self, request: Request) -> Response:
        """GET /chat/demo: how the chat looks on a city's own site."""
        found = await self._conversations.territories()
        wanted = request.query_params.get("territory")
        chosen = next((one.id for one in found if one.id == wanted), found[0].id if found else "")
        return self._page("demo.html", self._language(request), request, territory=chosen)

    async def problem(self, request: Request, refused: Refused) -> Response:
        """Return a page that says what is wrong and leads on."""
        language = self._language(request)
        message = errors.words(refused, self._wording, language.code)
        return self._page("problem.html", language, request, status=refused.status, message=message)

    async def _open(self, request: Request, place: Place) -> cookie.Kept:
        opened = await self._conversations.open(
            territory=place.territory.id,
            channel="web",
            language=place.language.code,
            hint=request.headers.get("accept-language"),
            address=address(request),
        )
        return cookie.Kept(opened.conversation, opened.token)

    async def _kept(self, request: Request, place: Place) -> tuple[cookie.Kept | None, list[Message], bool]:
        kept = cookie.read(request)
        if kept is None:
            return None, [], False
        try:
            await self._conversations.authorise(kept.conversation, kept.token)
        except (NotAllowed, UnknownConversation):
            return None, [], False
        if place.asked:
            await self._conversations.set_language(kept.conversation, place.language.code)
        messages = await self._conversations.messages(kept.conversation)
        return kept, messages, await self._conversations.working(kept.conversation)

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
        query = f"?language={place.language.code}" if place.asked else ""
        response = RedirectResponse(f"{place.path}{query}#latest", 303, _PRIVATE)
        secure = request.url.scheme == "https" or self._settings.secure
        cookie.write(response, kept, place.path, secure=secure)
        return response

    def _chat_page(
        self,
        request: Request,
        place: Place,
        messages: list[Message],
        working: bool,
        kept: bool,
        refused: Refused | None = None,
        draft: str = "",
    ) -> Response:
        texts = self._texts(place)
        embedded = request.query_params.get("embedded") == "1"
        return self._page(
            "chat.html",
            place.language,
            request,
            framed=embedded,
            status=refused.status if refused else 200,
            place=place,
            embedded=embedded,
            texts=texts,
            data=_script_json(
                {
                    "territory": place.territory.id,
                    "language": place.language.code,
                    "asked": place.asked,
                    "exit": self._settings.quick_exit_url,
                    "texts": texts,
                    "longest": self._settings.longest_message,
                }
            ),
            history=rendering.history(messages),
            working=working,
            kept=kept,
            client_id=secrets.token_urlsafe(16),
            longest=self._settings.longest_message,
            emergency=self._settings.emergency_number,
            error=errors.words(refused, self._wording, place.language.code) if refused else None,
            draft=draft,
        )

    def _texts(self, place: Place) -> dict[str, str]:
        return page_texts(self._wording, place.language, place.name, self._settings.emergency_number)

    async def _place(self, request: Request) -> Place:
        wanted = str(request.path_params["territory"])
        for found in await self._conversations.territories():
            if found.id == wanted:
                return Place(found, self._language(request), bool(request.query_params.get("language")))
        raise UnknownTerritory(wanted)

    def _language(self, request: Request) -> LanguageChoice:
        return self._languages.of(request.query_params.get("language"), request.headers.get("accept-language"))

    def _page(
        self,
        template: str,
        language: LanguageChoice,
        request: Request,
        *,
        framed: bool = False,
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        html = self._templates.get_template(template).render(
            page_language=language,
            languages=self._languages.known,
            asset=self._assets.path,
            modules=self._assets.modules,
            t=lambda name, **gaps: self._wording.text(f"web.{name}", language.code, **gaps),
            here=str(request.url.path),
            **values,
        )
        headers = {
            **_PRIVATE,
            "content-language": language.code,
            "content-security-policy": page_policy(framed=framed),
        }
        return HTMLResponse(html, status, headers)


def territory_name(territory: TerritoryChoice, language: str) -> str:
    """Return a territory's name in ``language``, else in English, else its id."""
    return territory.names.get(language) or territory.names.get("en") or territory.id


async def _form(request: Request) -> dict[str, Any]:
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


def _script_json(shape: object) -> str:
    # Inside a script element only "<" can end the element or open a comment.
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
