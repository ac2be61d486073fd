"""Machine translation of what a newcomer wrote, beside the original and marked as such. Off unless a city sets it up."""

from __future__ import annotations

import httpx
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.handoffs import UnknownHandoff, Worker
from bot.desk.base import Desk, worker_of
from bot.records import audit, desk_queries, handoffs

ANSWER_SECONDS = 10.0


class NoTranslation(Exception):
    """The service did not translate."""


class Translator:
    """A LibreTranslate-compatible service.

    Args:
        url: base address; key: API key, "" without one.
    """

    def __init__(self, url: str, key: str = "") -> None:
        self._url = url.rstrip("/")
        self._key = key

    async def translate(self, text: str, target: str) -> str:
        """Return a text in ``target`` (BCP 47; the service knows base languages).

        Raises:
            NoTranslation: it cannot be reached, or answers otherwise than it should.
        """
        asked = {"q": text, "source": "auto", "target": target.partition("-")[0], "format": "text"}
        if self._key:
            asked["api_key"] = self._key
        try:
            async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
                answer = await client.post(f"{self._url}/translate", json=asked)
                answer.raise_for_status()
                translated = answer.json()["translatedText"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise NoTranslation from error
        if not isinstance(translated, str):
            raise NoTranslation
        return translated


class Translating:
    """Translates one message at a time, when a caseworker asks for it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        settings = desk.settings
        self._translator = (
            Translator(settings.translation_url, settings.translation_key) if settings.translation_url else None
        )

    async def message(self, request: Request) -> Response:
        """Return the translation of ``?message=`` into the caseworker's language."""
        number = request.query_params.get("message", "")
        if self._translator is None or not number.isdecimal():
            raise HTTPException(404)
        handoff = int(request.path_params["handoff"])
        text = await self._desk.store.run(_read, worker_of(request), handoff, int(number))
        words = self._desk.renderer.words(request)
        try:
            translated = await self._translator.translate(text, words.language)
        except NoTranslation:
            translated = ""
        return self._desk.renderer.page(request, "_translated.html", translated=translated)


def _read(session: Session, worker: Worker, number: int, message: int) -> str:
    found = handoffs.get(session, worker.territory, number)
    text = desk_queries.text_of(session, found.conversation_id, message) if found else None
    if found is None or text is None:
        raise UnknownHandoff(number)
    about = handoffs.pseudonym(found.conversation_id)
    audit.record(session, territory=worker.territory, actor=worker.email, action="translate", about=about)
    return text
