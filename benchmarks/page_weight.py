"""How many bytes a newcomer's phone loads before the chat can be used: python -m benchmarks.page_weight [address].

Counts the page and every style, script and drawing it names, as sent (gzip), heads included. What browsers fetch later,
when the page is at rest, is listed apart: manifest, icons, the service worker and the page that it keeps for when there
is no network. Without an address the pages are made in this process, with the catalogs that are installed and as many
languages.
"""

from __future__ import annotations

import asyncio
import re
import sys
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.channels.web import WebSettings, create_routes, web_middleware
from bot.conversation.composing import MAIN_TOPICS
from bot.conversation.contract import LanguageChoice, TerritoryChoice
from bot.conversation.languages import describe, direction
from bot.conversation.wording import Wording

LIMIT = 40 * 1024
PAGE = "/chat/turin?language={language}"
LATER = (
    "/chat/sw.js",
    "/chat/turin/manifest.webmanifest?language={language}",
    "/chat/turin/offline?language={language}",
)
_FILES = re.compile(r'(?:src|href)="(/chat/static/[^"]+\.(?:css|js|svg))"')


class OnlyPlaces:
    """As much of the conversations as a page asks for."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._languages = [describe(code) for code in wording.languages]

    def languages(self) -> list[LanguageChoice]:
        """Return every language that has a catalog."""
        return [LanguageChoice(known.code, known.name, known.dir) for known in self._languages]

    async def welcome(self, *, territory: str, language: str) -> dict[str, Any]:
        """Return the first message, worded by the same catalogs."""
        choices = [
            {"label": self._wording.text(f"topic.{topic}", language), "value": f"topic:{topic}"}
            for topic in MAIN_TOPICS
        ]
        text = self._wording.text("utter_welcome", language, territory=territory)
        shape = {"language": language, "dir": direction(language), "text": text, "cards": [], "choices": choices}
        return {"id": "0", "from": "bot", "at": "2026-01-01T00:00:00Z", **shape}

    async def territories(self) -> list[TerritoryChoice]:
        """Return one place."""
        return [TerritoryChoice("turin", {"en": "Turin"}, ["it"])]


async def weigh(client: httpx.AsyncClient, language: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return bytes as sent by address: of the first load of the chat page, and of what follows at rest."""
    page = await client.get(PAGE.format(language=language))
    page.raise_for_status()
    weights = {"page": sent(page)}
    for address in dict.fromkeys(_FILES.findall(page.text)):
        weights[address.rsplit("/", 1)[1]] = sent(await client.get(address))
    later = {address: sent(await client.get(address.format(language=language))) for address in LATER}
    return weights, later


def sent(response: httpx.Response) -> int:
    """Return the bytes of a response: body as compressed, and head."""
    head = sum(len(name) + len(value) + 4 for name, value in response.headers.raw)
    return head + int(response.headers["content-length"])


async def weigh_all(address: str | None, wording: Wording) -> dict[str, tuple[dict[str, int], dict[str, int]]]:
    """Return what ``weigh`` gives by language, of the chat at ``address`` or of one made here."""
    transport = None
    if address is None:
        routes = create_routes(OnlyPlaces(wording), wording, WebSettings())  # type: ignore[arg-type]
        transport = httpx.ASGITransport(Starlette(routes=routes, middleware=web_middleware()))
    headers = {"accept-encoding": "gzip"}
    async with httpx.AsyncClient(base_url=address or "http://here", transport=transport, headers=headers) as client:
        return {language: await weigh(client, language) for language in wording.languages}


def main(arguments: list[str]) -> int:
    """Print the weights of the heaviest language; return 1 above the limit."""
    by_language = asyncio.run(weigh_all(arguments[0] if arguments else None, Wording()))
    heaviest = max(by_language, key=lambda language: sum(by_language[language][0].values()))
    first, later = by_language[heaviest]
    for name, weight in first.items():
        print(f"{weight:>8,}  {name}")
    total = sum(first.values())
    print(f"{total:>8,}  bytes in all, compressed ({heaviest}, heaviest of {len(by_language)}; limit {LIMIT:,})")
    for name, weight in later.items():
        print(f"{weight:>8,}  later: {name}")
    return int(total > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
