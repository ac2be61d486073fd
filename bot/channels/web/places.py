"""Where and in which language a page is shown."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from bot.channels.web import parsing
from bot.channels.web.languages import PageLanguages
from bot.conversation.contract import Conversations, LanguageChoice, TerritoryChoice, UnknownTerritory


@dataclass(frozen=True, slots=True)
class Place:
    """A territory and the language of the page.

    ``asked``: the newcomer named the language, it is no guess; ``desk``: the counter whose poster led here.
    """

    territory: TerritoryChoice
    language: LanguageChoice
    asked: bool
    desk: str | None = None

    @property
    def path(self) -> str:
        """Path of the chat page."""
        return f"/chat/{self.territory.id}"

    @property
    def counter(self) -> str:
        """What further addresses of the page say of the counter, behind another field of the query."""
        return f"&desk={self.desk}" if self.desk else ""

    @property
    def query(self) -> str:
        """What further addresses of the page carry on: the language if it was asked for, and the counter."""
        fields = (f"&language={self.language.code}" if self.asked else "") + self.counter
        return f"?{fields[1:]}" if fields else ""

    @property
    def name(self) -> str:
        """The territory's name in the page's language."""
        return territory_name(self.territory, self.language.code)


class Places:
    """Finds the place that a request names."""

    def __init__(self, conversations: Conversations, languages: PageLanguages) -> None:
        self._conversations = conversations
        self._languages = languages

    async def find(self, request: Request) -> Place:
        """Return the place of ``/chat/{territory}…?language=&desk=``; a counter that cannot be called so is passed over.

        Raises:
            UnknownTerritory: there is none of this id.
        """
        wanted = str(request.path_params["territory"])
        asked = request.query_params
        desk = asked.get("desk")
        for found in await self._conversations.territories():
            if found.id == wanted:
                language = self._languages.asked_for(request)
                return Place(found, language, bool(asked.get("language")), desk if parsing.is_desk(desk) else None)
        raise UnknownTerritory(wanted)


def territory_name(territory: TerritoryChoice, language: str) -> str:
    """Return a territory's name in ``language``, else in English, else its id."""
    return territory.names.get(language) or territory.names.get("en") or territory.id
