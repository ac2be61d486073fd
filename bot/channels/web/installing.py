"""The chat as an installed application, and what it shows without network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.web.assets import Assets, respond
from bot.channels.web.page_renderer import PageRenderer, script_json
from bot.channels.web.page_texts import page_texts
from bot.channels.web.places import Place, Places
from bot.channels.web.service_files import Read
from bot.channels.web.settings import WebSettings
from bot.conversation.contract import Words
from knowledge.territories import NumberView, emergency_numbers

GROUND = "#f4f6f5"
BRAND = "#0b5563"
# A worker may ask its own server, and nobody else.
_WORKER_POLICY = "default-src 'none'; connect-src 'self'"
_HOUR = {"cache-control": "max-age=3600", "vary": "accept-language"}


@dataclass(frozen=True, slots=True)
class Number:
    """Whom to call: ``number`` is dialled, ``shown`` is how people there write it."""

    name: str
    number: str
    shown: str


class Installing:
    """Endpoints of the installed chat."""

    def __init__(
        self,
        wording: Words,
        settings: WebSettings,
        places: Places,
        renderer: PageRenderer,
        assets: Assets,
        read: Read | None,
    ) -> None:
        """``read``: runs a function of a database session; without it, only the settings' emergency number is known."""
        self._wording = wording
        self._settings = settings
        self._places = places
        self._renderer = renderer
        self._assets = assets
        self._read = read

    async def manifest(self, request: Request) -> Response:
        """GET /chat/{territory}/manifest.webmanifest: how the chat looks among a phone's applications."""
        place = await self._places.find(request)
        # Under the icon stands the city's name alone: who sees the phone need not see what it is for.
        shape: dict[str, Any] = {
            "id": place.path,
            "name": self._wording.text("web.page_title", place.language.code, territory=place.name),
            "short_name": place.name,
            "lang": place.language.code,
            "dir": place.language.dir,
            "start_url": _address(place),
            "scope": place.path,
            "display": "standalone",
            "background_color": GROUND,
            "theme_color": BRAND,
            "icons": [
                {"src": self._assets.path("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
                {"src": self._assets.path("icon-192.png"), "sizes": "192x192", "type": "image/png"},
                {"src": self._assets.path("icon-512.png"), "sizes": "512x512", "type": "image/png"},
                {
                    "src": self._assets.path("icon-maskable-512.png"),
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "maskable",
                },
            ],
        }
        return JSONResponse(shape, headers=_HOUR, media_type="application/manifest+json")

    async def worker(self, request: Request) -> Response:
        """GET /chat/sw.js: asked for again by browsers at every visit, so that an upgrade reaches them."""
        response = respond(request, self._assets.named("sw.js"), "no-cache")
        response.headers["content-security-policy"] = _WORKER_POLICY
        return response

    async def offline(self, request: Request) -> Response:
        """GET /chat/{territory}/offline: what browsers keep for when there is no network; the same for everybody."""
        place = await self._places.find(request)
        texts = page_texts(self._wording, place.language, place.name, self._settings.emergency_number)
        address = _address(place)
        return self._renderer.page(
            "offline.html",
            place.language,
            headers=_HOUR,
            place=place,
            address=address,
            numbers=await self._numbers(place),
            data=script_json(
                {
                    "territory": place.territory.id,
                    "language": place.language.code,
                    "address": address,
                    "texts": texts,
                }
            ),
        )

    async def _numbers(self, place: Place) -> list[Number]:
        language = place.language.code
        found: list[NumberView] = await self._read(emergency_numbers, place.territory.id) if self._read else []
        if not found:
            number = self._settings.emergency_number
            return [Number(self._wording.text("emergency.emergency", language), number, number)]
        return [
            Number(self._wording.text(f"emergency.{one.service}", language), one.number, one.shown) for one in found
        ]


def _address(place: Place) -> str:
    return f"{place.path}?language={place.language.code}"
