"""Turns templates into the desk's pages and parts of pages, with their headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.conversation.handoffs import Worker
from bot.conversation.wording import Wording
from bot.desk.assets import DeskAssets
from bot.desk.words import DeskWords

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {"cache-control": "no-store", "content-security-policy": POLICY, "vary": "cookie, hx-request"}
SCHEMES = ("https://", "http://", "tel:", "mailto:")


class DeskRenderer:
    """Renders the desk's templates for the staff member of a request."""

    def __init__(self, wording: Wording, assets: DeskAssets) -> None:
        self._wording = wording
        self._assets = assets
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def words(self, request: Request, zone: str = "UTC") -> DeskWords:
        """Return the words of the request's staff member; ``zone``: time zone of the desk."""
        return DeskWords(self._wording, str(getattr(request.state, "language", "en")), zone)

    def page(
        self, request: Request, template: str, *, zone: str = "UTC", status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Return a page or a part of one.

        Args:
            template: a file's name in ``templates``; zone: time zone of the desk; values: for the template.
        """
        words = self.words(request, zone)
        worker: Worker | None = getattr(request.state, "worker", None)
        html = self._templates.get_template(template).render(
            words=words,
            t=words.text,
            asset=self._assets.path,
            worker=worker,
            csrf=getattr(request.state, "csrf", ""),
            is_lead=worker is not None and worker.role in ("lead", "administrator"),
            safe=safe_address,
            **values,
        )
        return HTMLResponse(html, status, {**HEADERS, "content-language": words.language})


def safe_address(href: object) -> str | None:
    """Return an address that may be a link: http, https, tel and mailto only; None for all else."""
    text = str(href or "").strip()
    return text if text.lower().startswith(SCHEMES) and not any(ord(sign) < 33 for sign in text) else None


def is_part(request: Request) -> bool:
    """Tell whether a script of ours asks for a part of a page and not for the page."""
    return request.headers.get("hx-request") == "true"
