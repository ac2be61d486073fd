"""What every page of the desk stands on: the parts it works with, and how refusals become words."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.conversation.bells import Bells
from bot.conversation.composing import Composer
from bot.conversation.contract import BadFile, Conversations
from bot.conversation.handoffs import Handoffs, NotPossible, TakenMeanwhile, TooManyAtOnce, UnknownHandoff, Worker
from bot.conversation.signs import Signs
from bot.conversation.wording import Wording
from bot.desk.renderer import DeskRenderer
from bot.desk.settings import DeskSettings
from bot.pushing import Pushing
from bot.records import desk_queries
from bot.records.handoffs import Handoff
from knowledge import territories
from knowledge.store import Store

Endpoint = Callable[[Request], Awaitable[Response]]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """The parts that the desk's pages work with."""

    store: Store
    handoffs: Handoffs
    conversations: Conversations
    composer: Composer
    wording: Wording
    bells: Bells
    settings: DeskSettings
    renderer: DeskRenderer
    signs: Signs
    pushing: Pushing | None = None
    # Every look at a page needs it, and it changes with a restart only.
    _zones: dict[str, str] = dataclasses.field(default_factory=dict, init=False)

    async def push_key(self) -> str:
        """Return the key that browsers sign up with for web push; "" when there is none."""
        return await self.pushing.public_key() if self.pushing else ""

    async def zone(self, worker: Worker) -> str:
        """Return the time zone of a worker's territory."""
        if worker.territory not in self._zones:
            try:
                found = await self.store.read(territories.get_territory, worker.territory)
            except territories.UnknownTerritory:
                return "UTC"
            self._zones[worker.territory] = found.timezone
        return self._zones[worker.territory]

    async def handoff(self, request: Request) -> Handoff:
        """Return the handoff that a request is about.

        Raises:
            UnknownHandoff: there is none of that number in the worker's territory.
        """
        found, _ = await self.talk(request)
        return found

    async def talk(self, request: Request) -> tuple[Handoff, str]:
        """Return the handoff that a request is about, and the newcomer's language (BCP 47) as it is now.

        Raises:
            UnknownHandoff: there is none of that number in the worker's territory.
        """
        number = int(request.path_params["handoff"])
        found = await self.store.read(desk_queries.talk, worker_of(request).territory, number)
        if found is None:
            raise UnknownHandoff(number)
        return found

    def worded(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint whose refusals are pages in the staff member's language."""

        async def answered(request: Request) -> Response:
            try:
                return await endpoint(request)
            except UnknownHandoff:
                return self.problem(request, "unknown", 404)
            except TooManyAtOnce as error:
                return self.problem(request, "too_many", 409, limit=error.args[0])
            except (NotPossible, TakenMeanwhile):
                return self.problem(request, "not_possible", 409)
            except BadFile as error:
                return self.problem(request, f"file_{error.why}", 422)
            except HTTPException as error:
                if error.status_code not in (400, 404, 422):
                    raise
                return self.problem(request, "unknown" if error.status_code == 404 else "wrong", error.status_code)

        return answered

    def problem(self, request: Request, code: str, status: int, **gaps: object) -> Response:
        """Return a page that says what is wrong (``desk.problem.<code>``)."""
        return self.renderer.page(request, "problem.html", status=status, code=code, gaps=gaps)


def worker_of(request: Request) -> Worker:
    """Return who is signed in."""
    worker = request.state.worker
    assert isinstance(worker, Worker)
    return worker


def back(path: str, **query: object) -> RedirectResponse:
    """Return a redirect to a page of the desk, as an answer to a form."""
    said = "&".join(f"{name}={value}" for name, value in query.items() if value)
    return RedirectResponse(f"{path}?{said}" if said else path, 303)


async def field(request: Request, name: str, longest: int = 2000) -> str:
    """Return a form's field without blanks around it, "" when it is missing.

    Raises:
        HTTPException: 422, it is too long.
    """
    value = (await request.form()).get(name)
    text = value.strip().replace("\r\n", "\n").replace("\x00", "") if isinstance(value, str) else ""
    if len(text) > longest:
        raise HTTPException(422)
    return text
