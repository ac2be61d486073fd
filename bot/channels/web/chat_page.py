"""The chat page: what a browser shows before any script runs, and with none at all."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import cookie, errors, rendering
from bot.channels.web.errors import Refused
from bot.channels.web.languages import PageLanguages
from bot.channels.web.page_renderer import PageRenderer, script_json
from bot.channels.web.page_texts import PROBLEMS, page_texts
from bot.channels.web.places import Place
from bot.channels.web.settings import WebSettings
from bot.conversation.attached import TAKEN
from bot.conversation.contract import Conversations, NotAllowed, UnknownConversation, Words
from bot.conversation.export import FILE_NAME
from bot.conversation.messages import Message


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation that a browser keeps in its cookie, if any.

    ``working``: an answer is being made; ``takes_files``: a person would read them.
    """

    kept: cookie.Kept | None = None
    messages: list[Message] = field(default_factory=list)
    working: bool = False
    takes_files: bool = False


class ChatPage:
    """Draws the chat page."""

    def __init__(
        self,
        conversations: Conversations,
        wording: Words,
        settings: WebSettings,
        languages: PageLanguages,
        renderer: PageRenderer,
        *,
        saves: bool,
    ) -> None:
        """``saves``: services can be had as files."""
        self._conversations = conversations
        self._wording = wording
        self._settings = settings
        self._languages = languages
        self._renderer = renderer
        self._saves = saves

    async def talk(self, request: Request, place: Place) -> tuple[Talk, Place]:
        """Return the browser's conversation, and the place in that conversation's language unless one was asked for."""
        kept = cookie.read(request)
        if kept is None:
            return Talk(), place
        try:
            seen = await self._conversations.look(kept.conversation, kept.token)
            state = await self._conversations.state(kept.conversation)
        except (NotAllowed, UnknownConversation):
            return Talk(), place
        if place.asked:
            await self._conversations.set_language(kept.conversation, place.language.code)
        else:
            place = replace(place, language=self._languages.named(state.language) or place.language)
        return Talk(kept, seen.messages, seen.working, seen.takes_files), place

    async def draw(
        self, request: Request, place: Place, talk: Talk, refused: Refused | None = None, draft: str = ""
    ) -> Response:
        """Return the page.

        Args:
            refused: why the form was not taken; draft: the text that was in it.
        """
        texts = page_texts(self._wording, place.language, place.name, self._settings.emergency_number)
        welcome = await self._conversations.welcome(territory=place.territory.id, language=place.language.code)
        services = f"{place.path}/services" if self._saves else None
        embedded = request.query_params.get("embedded") == "1"
        data = {
            "territory": place.territory.id,
            "language": place.language.code,
            "asked": place.asked,
            "desk": place.desk,
            "exit": self._settings.quick_exit_url,
            "texts": texts,
            "welcome": welcome,
            "saves": self._saves,
            "problems": PROBLEMS,
            # The page for bad times is fetched again after an upgrade, and once a day: numbers can change.
            "version": f"{self._renderer.version}-{date.today().toordinal()}",
            # A script that comes late takes over what was begun without it.
            "key": {"conversation": talk.kept.conversation, "token": talk.kept.token} if talk.kept else None,
        }
        return self._renderer.page(
            "chat.html",
            place.language,
            framed=embedded,
            status=refused.status if refused else 200,
            place=place,
            embedded=embedded,
            texts=texts,
            data=script_json(data),
            welcome=rendering.message(welcome, services, place.path) if not talk.messages else None,
            history=rendering.history(talk.messages, services, place.path),
            kept=talk.kept is not None,
            file_name=FILE_NAME,
            working=talk.working,
            takes_files=talk.takes_files,
            client_id=secrets.token_urlsafe(16),
            accepted=",".join(TAKEN),
            longest=self._settings.longest_message,
            emergency=self._settings.emergency_number,
            error=errors.words(refused, self._wording, place.language.code) if refused else None,
            draft=draft,
            problems=PROBLEMS,
        )
