"""The desk's addresses, all below /desk; each behind the guard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.conversation.bells import Bells
from bot.conversation.composing import Composer
from bot.conversation.contract import Conversations
from bot.conversation.handoffs import Handoffs
from bot.conversation.signs import Signs
from bot.conversation.wording import Wording
from bot.desk.assets import DeskAssets
from bot.desk.base import Desk
from bot.desk.conversation import ConversationPage
from bot.desk.events import Events
from bot.desk.files import Files
from bot.desk.lead import Lead
from bot.desk.noting import Noting
from bot.desk.phrases import Phrases
from bot.desk.push import Push
from bot.desk.queue import Presence, Queue
from bot.desk.renderer import DeskRenderer
from bot.desk.search import Search
from bot.desk.services import Services
from bot.desk.settings import DeskSettings
from bot.desk.steps import Steps
from bot.desk.translating import Translating
from bot.desk.writing import Writing
from bot.pushing import Pushing
from bot.records.staff import AT_THE_DESK
from knowledge.store import Store

LEADS = ("lead", "administrator")
Endpoint = Callable[[Request], Awaitable[Response]]


class Guard(Protocol):
    """Lets an endpoint be reached only by who is signed in, has one of the roles, and (POST) sent the CSRF token."""

    def __call__(self, endpoint: Endpoint, *, roles: Sequence[str]) -> Endpoint:
        """Return the guarded endpoint; it finds ``state.worker``, ``state.language`` and ``state.csrf``."""
        ...


def create_desk(
    store: Store,
    handoffs: Handoffs,
    conversations: Conversations,
    composer: Composer,
    wording: Wording,
    bells: Bells,
    settings: DeskSettings,
    guard: Guard,
    pushing: Pushing | None = None,
    *,
    signs: Signs,
) -> list[BaseRoute]:
    """Return the routes of the desk.

    Args:
        guard: who may come in, see ``bot.security.guard``; pushing: tells devices, None for no web push;
            signs: the same that the conversations have.
    """
    assets = DeskAssets()
    renderer = DeskRenderer(wording, assets)
    desk = Desk(store, handoffs, conversations, composer, wording, bells, settings, renderer, signs, pushing)
    queue, presence, search, lead = Queue(desk), Presence(desk), Search(desk), Lead(desk)
    page, steps, noting = ConversationPage(desk), Steps(desk), Noting(desk)
    writing, services, phrases = Writing(desk, page), Services(desk), Phrases(desk)
    files, translating, events = Files(desk), Translating(desk), Events(desk)
    push = Push(desk, assets)

    def get(path: str, endpoint: Endpoint, roles: Sequence[str] = AT_THE_DESK) -> Route:
        return Route(f"/desk{path}", guard(desk.worded(endpoint), roles=roles), methods=["GET"])

    def post(path: str, endpoint: Endpoint) -> Route:
        return Route(f"/desk{path}", guard(desk.worded(endpoint), roles=AT_THE_DESK), methods=["POST"])

    one = "/conversations/{handoff:int}"
    return [
        Route("/desk/static/{version}/{name}", assets.serve),
        Route("/desk/push-worker.js", push.worker),
        post("/push", push.on),
        post("/push/off", push.off),
        get("", queue.page),
        get("/waiting", queue.waiting),
        get("/events", events.stream),
        post("/presence", presence.set),
        post("/here", presence.here),
        get("/search", search.page),
        get("/lead", lead.page, LEADS),
        get("/lead.csv", lead.export, LEADS),
        get("/files/{handoff:int}/{file}", files.give),
        get(one, page.page),
        get(f"{one}/messages", page.messages),
        get(f"{one}/state", page.state),
        get(f"{one}/services", services.found),
        get(f"{one}/interpreters", services.interpreters),
        get(f"{one}/phrases", phrases.listed),
        get(f"{one}/phrases/{{phrase}}", phrases.form),
        get(f"{one}/phrases/{{phrase}}/preview", phrases.preview),
        post(f"{one}/phrases/{{phrase}}", phrases.send),
        post(f"{one}/claim", queue.claim),
        post(f"{one}/say", writing.say),
        post(f"{one}/typing", writing.typing),
        post(f"{one}/card", writing.card),
        post(f"{one}/translation", translating.message),
        post(f"{one}/notes", noting.note),
        post(f"{one}/labels", noting.label),
        post(f"{one}/labels/remove", noting.unlabel),
        post(f"{one}/release", steps.release),
        post(f"{one}/transfer", steps.transfer),
        post(f"{one}/close", steps.close),
        post(f"{one}/reopen", steps.reopen),
    ]
