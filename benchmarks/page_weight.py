"""How many bytes a newcomer's phone loads before the chat can be used: python -m benchmarks.page_weight [address].

Counts the page and every file it names, as sent (gzip), heads included. Without an address the pages are made in this
process, with the catalogs that are installed and as many languages.
"""

from __future__ import annotations

import asyncio
import re
import sys

import httpx
from starlette.applications import Starlette

from bot.channels.web import WebSettings, create_routes, web_middleware
from bot.conversation.contract import LanguageChoice, TerritoryChoice
from bot.conversation.languages import describe
from bot.conversation.wording import Wording

LIMIT = 40 * 1024
PAGE = "/chat/turin?language={language}"
_FILES = re.compile(r'(?:src|href)="(/chat/static/[^"]+)"')


class OnlyPlaces:
    """As much of the conversations as a page asks for."""

    def __init__(self, wording: Wording) -> None:
        self._languages = [describe(code) for code in wording.languages]

    def languages(self) -> list[LanguageChoice]:
        """Return every language that has a catalog."""
        return [LanguageChoice(known.code, known.name, known.dir) for known in self._languages]

    async def territories(self) -> list[TerritoryChoice]:
        """Return one place."""
        return [TerritoryChoice("turin", {"en": "Turin"}, ["it"])]


async def weigh(client: httpx.AsyncClient, language: str) -> dict[str, int]:
    """Return bytes as sent by address, for the first load of the chat page."""
    page = await client.get(PAGE.format(language=language))
    page.raise_for_status()
    weights = {"page": sent(page)}
    for address in dict.fromkeys(_FILES.findall(page.text)):
        weights[address.rsplit("/", 1)[1]] = sent(await client.get(address))
    return weights


def sent(response: httpx.Response) -> int:
    """Return the bytes of a response: body as compressed, and head."""
    head = sum(len(name) + len(value) + 4 for name, value in response.headers.raw)
    return head + int(response.headers["content-length"])


async def weigh_all(address: str | None, wording: Wording) -> dict[str, dict[str, int]]:
    """Return the weights by language, of the chat at ``address`` or of one made here."""
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
    heaviest = max(by_language, key=lambda language: sum(by_language[language].values()))
    for name, weight in by_language[heaviest].items():
        print(f"{weight:>8,}  {name}")
    total = sum(by_language[heaviest].values())
    print(f"{total:>8,}  bytes in all, compressed ({heaviest}, heaviest of {len(by_language)}; limit {LIMIT:,})")
    return int(total > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
