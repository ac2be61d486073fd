"""Which language a page is shown in."""

from __future__ import annotations

from starlette.requests import Request

from bot.conversation.contract import LanguageChoice
from bot.conversation.languages import best_match


class PageLanguages:
    """The languages of the page, and the choice among them."""

    def __init__(self, known: list[LanguageChoice], default: str) -> None:
        self.known = known
        self._by_code = {language.code: language for language in known}
        self._default = self._by_code.get(default) or known[0]

    def of(self, asked: str | None, header: str | None) -> LanguageChoice:
        """Return the language of a page.

        Args:
            asked: the newcomer's word (``?language=``); header: the browser's Accept-Language.
        """
        codes = list(self._by_code)
        code = best_match(asked, codes) or best_match(header, codes)
        return self._by_code.get(code or "", self._default)

    def asked_for(self, request: Request) -> LanguageChoice:
        """Return the language that a request asks for, else one that its browser speaks."""
        return self.of(request.query_params.get("language"), request.headers.get("accept-language"))

    def named(self, code: str) -> LanguageChoice | None:
        """Return the language of exactly this code."""
        return self._by_code.get(code)
