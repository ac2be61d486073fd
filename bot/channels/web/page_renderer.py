"""Turns templates into pages with their headers, in the language of whoever asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.channels.web.assets import Assets
from bot.channels.web.headers import page_policy
from bot.channels.web.languages import PageLanguages
from bot.conversation.contract import LanguageChoice, Words

PRIVATE = {"cache-control": "no-store", "vary": "accept-language, cookie"}


class PageRenderer:
    """Renders the templates of the web chat."""

    def __init__(self, wording: Words, languages: PageLanguages, assets: Assets) -> None:
        self._wording = wording
        self._languages = languages
        self._assets = assets
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @property
    def version(self) -> str:
        """Changes whenever any file of the pages does."""
        return self._assets.version

    def page(
        self,
        template: str,
        language: LanguageChoice,
        *,
        framed: bool = False,
        status: int = 200,
        headers: dict[str, str] = PRIVATE,
        **values: Any,
    ) -> HTMLResponse:
        """Return a page.

        Args:
            template: name of a file in ``templates``; framed: may stand in other sites; values: for the template.
        """
        html = self._templates.get_template(template).render(
            page_language=language,
            languages=self._languages.known,
            asset=self._assets.path,
            t=lambda name, **gaps: self._wording.text(f"web.{name}", language.code, **gaps),
            **values,
        )
        policy = {"content-language": language.code, "content-security-policy": page_policy(framed=framed)}
        return HTMLResponse(html, status, {**headers, **policy})


def script_json(shape: object) -> str:
    """Return JSON that can stand inside a script element: only "<" could end the element or open a comment."""
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
