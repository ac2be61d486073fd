"""The guard before every page of the desk: signed in, in one of the roles, and sent from our own page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.records.staff import AT_THE_DESK, ROLES
from bot.security import csrf
from bot.security.next_page import DESK, allowed
from bot.security.sessions import Sessions, SignedIn

SIGN_IN = "/desk/sign-in"
PASSWORD = "/desk/password"
FRESH = {"cache-control": "no-store"}
Endpoint = Callable[[Request], Awaitable[Response]]
# A page that says why somebody may not (``role`` or ``csrf``); the request's state tells who it is.
Refusal = Callable[[Request, str], Response]

__all__ = ["AT_THE_DESK", "ROLES", "Guard", "by_hand"]


class Guard:
    """Lets requests through to an endpoint, which finds ``state.worker``, ``state.language`` and ``state.csrf``."""

    def __init__(self, sessions: Sessions, refusal: Refusal) -> None:
        self._sessions = sessions
        self._refusal = refusal

    def __call__(self, endpoint: Endpoint, *, roles: Sequence[str] = AT_THE_DESK, one_time: bool = False) -> Endpoint:
        """Return the guarded endpoint.

        Args:
            roles: who may (of ``ROLES``); one_time: also who came in with a one-time password and has no own one yet.
        """

        async def guarded(request: Request) -> Response:
            found = await self._sessions.find(request, by_hand=by_hand(request))
            if found is None:
                return _sign_in(request)
            introduce(request, found)
            if found.one_time and not one_time:
                return RedirectResponse(PASSWORD, 303, FRESH)
            if request.method not in ("GET", "HEAD") and not await csrf.proves(request, found.csrf):
                return self._refusal(request, "csrf")
            if found.worker.role not in roles:
                return self._refusal(request, "role")
            return await endpoint(request)

        return guarded


def introduce(request: Request, found: SignedIn) -> None:
    """Tell the endpoint behind who it is."""
    request.state.worker = found.worker
    request.state.language = found.language
    request.state.csrf = found.csrf
    request.state.signed_in = found


def by_hand(request: Request) -> bool:
    """Tell whether a person did something: opened a page or sent a form. What open pages ask for by themselves is not."""
    if "text/event-stream" in request.headers.get("accept", ""):
        return False
    if request.headers.get("hx-request") != "true":
        return True
    # htmx names the page that a form stands in; a page's own sign of life does not.
    return request.method == "POST" and "hx-current-url" in request.headers


def _sign_in(request: Request) -> Response:
    if "text/event-stream" in request.headers.get("accept", ""):
        return PlainTextResponse("", 401, FRESH)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    is_page = request.method == "GET" and "hx-request" not in request.headers
    wanted = allowed(here) if is_page else DESK
    return RedirectResponse(SIGN_IN if wanted == DESK else f"{SIGN_IN}?next={quote(wanted, safe='/')}", 303, FRESH)
