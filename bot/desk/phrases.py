"""Canned replies: the phrasebook's sentences with typed gaps, worded for the newcomer and beside it for the caseworker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.wording import Wording
from bot.desk import gaps
from bot.desk.base import Desk, back, worker_of
from bot.desk.phrasebook import Phrase, Phrasebook
from bot.desk.renderer import is_part
from bot.desk.services import look_up
from bot.records import desk_queries
from bot.records.handoffs import Handoff
from knowledge.codes import load_vocabulary

LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Worded:
    """A phrase in both languages; ``missing`` are gaps without a value yet."""

    theirs: str
    ours: str
    missing: tuple[str, ...]


class Phrases:
    """Lists phrases, fills their gaps, and sends them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._book = Phrasebook()

    async def listed(self, request: Request) -> Response:
        """Return all phrases by group, in the caseworker's language."""
        found = await self._desk.handoff(request)
        return self._page(request, "phrases.html", "_phrases.html", handoff=found, groups=self._book.groups)

    async def form(self, request: Request) -> Response:
        """Return the form of one phrase's gaps, with a preview."""
        return await self._draw(request, "phrase.html", "_phrase.html")

    async def preview(self, request: Request) -> Response:
        """Return what the phrase says with the gaps as picked so far."""
        return await self._draw(request, "phrase.html", "_preview.html")

    async def send(self, request: Request) -> Response:
        """Send the phrase in the newcomer's language; a gap without a value sends nothing."""
        phrase = self._phrase(request)
        found, language = await self._desk.talk(request)
        form = await request.form()
        picked = _picked(phrase, {name: [str(one) for one in form.getlist(name)] for name in form})
        worker = worker_of(request)
        said = await self._desk.store.read(
            _word, self._desk.wording, phrase, picked, language, language, worker.territory
        )
        if said.missing:
            raise HTTPException(422)
        await self._desk.handoffs.say(worker, found.id, said.theirs, language=language)
        return back(f"/desk/conversations/{found.id}")

    async def _draw(self, request: Request, whole: str, part: str) -> Response:
        phrase = self._phrase(request)
        found, theirs = await self._desk.talk(request)
        worker = worker_of(request)
        asked = {name: request.query_params.getlist(name) for name in request.query_params}
        if "name" in phrase.gaps and "name" not in asked:
            asked["name"] = [worker.name]
        picked = _picked(phrase, asked)
        ours = self._desk.renderer.words(request).language
        said = await self._desk.store.read(_word, self._desk.wording, phrase, picked, theirs, ours, worker.territory)
        words = request.query_params.get("service_words", "").strip()[:LONGEST_WORDS]
        services = await self._desk.store.read(self._services, found, ours, words) if "service" in phrase.gaps else []
        return self._page(
            request,
            whole,
            part,
            handoff=found,
            phrase=phrase,
            said=said,
            theirs=theirs,
            picked=picked,
            service_words=words,
            services=services,
            documents=load_vocabulary().codes["documents"],
        )

    def _services(self, session: Session, found: Handoff, language: str, words: str) -> list[tuple[str, str]]:
        """Return services to pick from: those the words find, else those that were spoken of."""
        if words:
            return [(one.id, one.name.text) for one in look_up(session, found.territory_id, language, words, ())]
        return desk_queries.services_shown(session, found.conversation_id)

    def _phrase(self, request: Request) -> Phrase:
        found = self._book.get(str(request.path_params["phrase"]))
        if found is None:
            raise HTTPException(404)
        return found

    def _page(self, request: Request, whole: str, part: str, **values: Any) -> Response:
        words = self._desk.renderer.words(request)
        return self._desk.renderer.page(
            request,
            part if is_part(request) else whole,
            phrase_text=lambda msgid: self._desk.wording.text(msgid, words.language),
            **values,
        )


def _picked(phrase: Phrase, values: dict[str, list[str]]) -> dict[str, list[str]]:
    return {gap: values.get(gap, []) for gap in phrase.gaps}


def _word(
    session: Session, wording: Wording, phrase: Phrase, picked: gaps.Picked, theirs: str, ours: str, territory: str
) -> Worded:
    texts: list[str] = []
    missing: tuple[str, ...] = ()
    for language in (theirs, ours):
        values = gaps.worded(session, wording, picked, language, territory)
        missing = tuple(gap for gap in phrase.gaps if gap not in values)
        texts.append(wording.text(phrase.id, language, **{gap: values.get(gap, gaps.MISSING) for gap in phrase.gaps}))
    return Worded(texts[0], texts[1], missing)
