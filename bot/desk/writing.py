"""Writing to the newcomer: text, a service card, a file; and the question whether they can read it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation import languages
from bot.conversation.attached import LARGEST, checked
from bot.conversation.bells import desk_bell
from bot.conversation.contract import BadFile
from bot.conversation.handoffs import NotPossible, UnknownHandoff, Worker
from bot.conversation.messages import Attachment, Reply
from bot.desk.base import Desk, back, field, worker_of
from bot.desk.conversation import ConversationPage
from bot.desk.renderer import is_part
from bot.records import audit, desk_queries, files, handoffs
from bot.records import conversations as records
from bot.records.handoffs import Handoff
from bot.records.model import Conversation

# Shorter texts ("OK", a name, a number) tell too little of their language.
FEWEST_WORDS = 3


class Writing:
    """Takes what a caseworker writes."""

    def __init__(self, desk: Desk, page: ConversationPage) -> None:
        self._desk = desk
        self._page = page

    async def say(self, request: Request) -> Response:
        """Send a text or a file; ask back first when the text is in a language that the newcomer does not use.

        A script gets the writing box as the answer (empty once it was sent), a plain form the page.
        """
        worker = worker_of(request)
        found, spoken = await self._desk.talk(request)
        text = await self._text(request)
        upload = (await request.form()).get("file")
        content = await upload.read(LARGEST + 1) if isinstance(upload, UploadFile) and upload.filename else b""
        if not text and not content:
            return await self._box(request, problem="empty")
        if len(text) > self._desk.settings.longest_message:
            return await self._box(request, draft=text, problem="too_long")
        written = await self._written(text, spoken, self._desk.renderer.words(request).language)
        if written != spoken and not (await request.form()).get("sure"):
            return await self._box(request, draft=text, warning=written, language=spoken)
        if content:
            assert isinstance(upload, UploadFile)
            try:
                await self._send_file(worker, found, text, written, upload.filename or "", content)
            except BadFile as error:
                return await self._box(request, draft=text, problem=f"file_{error.why}")
        else:
            await self._desk.handoffs.say(worker, found.id, text, language=written)
        self._desk.signs.end("caseworker", found.conversation_id)
        return await self._box(request, sent=True)

    async def typing(self, request: Request) -> Response:
        """Let the newcomer see that the caseworker who has the conversation is writing."""
        worker = worker_of(request)
        found = await self._desk.handoff(request)
        if found.state == "open" and found.staff_id == worker.id:
            self._desk.signs.write("caseworker", found.conversation_id, worker.name)
        return Response(status_code=204)

    async def card(self, request: Request) -> Response:
        """Send the card of a service, in the newcomer's language."""
        worker = worker_of(request)
        found, spoken = await self._desk.talk(request)
        service = await field(request, "service", 64)
        if not await self._desk.store.read(desk_queries.is_reachable, worker.territory, service):
            raise HTTPException(404)
        words = self._desk.wording.text("desk.to_newcomer.card", spoken)
        await self._desk.handoffs.say(worker, found.id, words, language=spoken, cards=[service])
        return back(f"/desk/conversations/{found.id}")

    async def _text(self, request: Request) -> str:
        value = (await request.form()).get("text")
        return value.strip().replace("\r\n", "\n").replace("\x00", "") if isinstance(value, str) else ""

    async def _written(self, text: str, spoken: str, own: str) -> str:
        """Return the language of a text: the newcomer's (``spoken``) unless it is clearly another.

        ``own``: the caseworker's language, the likeliest where only the script tells.
        """
        by_script = languages.by_script(text, [own, *self._desk.composer.languages], spoken)
        if self._desk.settings.detect is None or len(text.split()) < FEWEST_WORDS:
            return by_script
        detected = await self._desk.settings.detect(text)
        if detected is None:
            return by_script
        return spoken if detected.partition("-")[0] == spoken.partition("-")[0] else detected

    async def _box(
        self,
        request: Request,
        *,
        draft: str = "",
        warning: str = "",
        problem: str = "",
        language: str = "",
        sent: bool = False,
    ) -> Response:
        number = int(request.path_params["handoff"])
        if not is_part(request):
            if sent:
                return back(f"/desk/conversations/{number}")
            return await self._page.draw(request, status=422, draft=draft, warning=warning, problem=problem)
        found, spoken = await self._desk.talk(request)
        answer = self._desk.renderer.page(
            request,
            "_box.html",
            handoff=found,
            language=language or spoken,
            longest=self._desk.settings.longest_message,
            draft=draft,
            warning=warning,
            problem=problem,
        )
        if sent:
            answer.headers["hx-trigger"] = "sent"
        return answer

    async def _send_file(
        self, worker: Worker, found: Handoff, text: str, language: str, name: str, content: bytes
    ) -> None:
        kept = checked(Attachment("other", name=name, content=content))
        await self._desk.store.run(_write_file, worker, found.id, text, language, kept)
        self._desk.bells.ring(found.conversation_id)
        self._desk.bells.ring(desk_bell(worker.territory))


def _write_file(
    session: Session, worker: Worker, number: int, text: str, language: str, kept: Mapping[str, object]
) -> None:
    row = handoffs.get(session, worker.territory, number)
    if row is None:
        raise UnknownHandoff(number)
    # Locked first, so that the conversation is not given away while the file is being stored.
    session.get_one(Conversation, row.conversation_id, with_for_update=True)
    session.refresh(row)
    if row.state != "open" or row.staff_id != worker.id:
        raise NotPossible(row.state, "say", "caseworker")
    reply = Reply(text, language, languages.direction(language))
    records.add_replies(session, row.conversation_id, [reply], sender="caseworker", author=worker.name)
    message = records.last_message(session, row.conversation_id)
    stored = files.add(session, conversation=row.conversation_id, message=message, **kept)  # type: ignore[arg-type]
    desk_queries.attach(session, message, stored.kind, stored.name, stored.media_type)
    desk_queries.mark_replied(session, row)
    about = handoffs.pseudonym(row.conversation_id)
    audit.record(session, territory=worker.territory, actor=worker.email, action="send_file", about=about)
