"""The desk's doors: signing in by password or single sign-on, choosing a password, signing out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.conversation import languages
from bot.conversation.wording import Wording
from bot.desk.assets import DeskAssets
from bot.desk.renderer import DeskRenderer
from bot.records.staff import AT_THE_DESK, ROLES
from bot.security import csrf
from bot.security.door import Door, NotAllowed, WeakPassword
from bot.security.guard import FRESH, PASSWORD, SIGN_IN, Guard
from bot.security.limits import TooManyTries, Tries
from bot.security.next_page import DESK, allowed
from bot.security.passwords import LONGEST, SHORTEST, Passwords
from bot.security.sessions import Sessions, SignedIn
from bot.security.sso import Provider, ProviderSilent, SingleSignOn, StrangeAnswer
from knowledge.store import Store

SSO = f"{SIGN_IN}/elsewhere"
SSO_BACK = f"{SIGN_IN}/back"
LARGEST_FORM = 16_000
FORM = "application/x-www-form-urlencoded"
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """Settings of the doors.

    ``idle``: time without a click after which a session ends; ``longest``: after this long it ends in any case.
    ``public_url``: address that browsers use, "" to take it from the request. ``provider``: of the single sign-on.
    """

    idle: timedelta = timedelta(minutes=60)
    longest: timedelta = timedelta(hours=12)
    public_url: str = ""
    provider: Provider = field(default_factory=Provider)


class SigningIn:
    """The pages before the desk. ``guard`` is what every page of the desk stands behind."""

    def __init__(self, store: Store, wording: Wording, settings: DoorSettings) -> None:
        secure = settings.public_url.startswith("https://")
        self._sessions = Sessions(store, idle=settings.idle, longest=settings.longest, secure=secure)
        self._door = Door(store, self._sessions, Passwords(), Tries())
        self._sso = SingleSignOn(settings.provider) if settings.provider.issuer else None
        self._public_url = settings.public_url.rstrip("/")
        self._wording = wording
        self._renderer = DeskRenderer(wording, DeskAssets())
        self.guard = Guard(self._sessions, self._refused)

    @property
    def routes(self) -> list[BaseRoute]:
        """The addresses of the doors."""

        def inside(endpoint: Endpoint) -> Endpoint:
            return self.guard(endpoint, roles=ROLES, one_time=True)

        elsewhere = [
            Route(SSO, self.elsewhere, methods=["GET"]),
            Route(SSO_BACK, self.back, methods=["GET"]),
        ]
        return [
            Route(SIGN_IN, self.page, methods=["GET"]),
            Route(SIGN_IN, self.sign_in, methods=["POST"]),
            Route("/desk/sign-out", inside(self.sign_out), methods=["POST"]),
            Route(PASSWORD, inside(self.password_page), methods=["GET"]),
            Route(PASSWORD, inside(self.password), methods=["POST"]),
            *(elsewhere if self._sso else []),
        ]

    async def page(self, request: Request) -> Response:
        """GET /desk/sign-in: the form; who is signed in goes on to the page wanted."""
        if await self._sessions.find(request, by_hand=False):
            return RedirectResponse(allowed(request.query_params.get("next")), 303, FRESH)
        return self._form(request, 200)

    async def sign_in(self, request: Request) -> Response:
        """POST /desk/sign-in: e-mail address and password."""
        fields = await _fields(request)
        if not await csrf.proves(request, request.cookies.get(self._door_cookie(request), "")):
            return self._form(request, 403, "again", fields)
        email, password = _text(fields, "email").strip(), _text(fields, "password")
        if not email or not password:
            return self._form(request, 422, "empty", fields)
        if len(email) > 254 or len(password) > LONGEST:
            return self._form(request, 422, "wrong", fields)
        try:
            token = await self._door.come_in(email, password, _address(request), self._sessions.token(request))
        except TooManyTries as error:
            return self._wait(self._form(request, 429, "wait", fields, n=_minutes(error)), error)
        except NotAllowed as error:
            return self._form(request, 403, error.why, fields)
        return self._inside(request, token, _text(fields, "next"))

    async def sign_out(self, request: Request) -> Response:
        """POST /desk/sign-out."""
        await self._door.leave(_signed_in(request))
        # What the browser kept of the desk goes too: others may sit at it next.
        response = RedirectResponse(f"{SIGN_IN}?said=out", 303, {**FRESH, "clear-site-data": '"cache"'})
        self._sessions.drop(request, response)
        return response

    async def password_page(self, request: Request) -> Response:
        """GET /desk/password: the form for another password."""
        return self._password_form(request, 200)

    async def password(self, request: Request) -> Response:
        """POST /desk/password: another password; everybody who was signed in with the old one is out."""
        fields = await _fields(request)
        new = _text(fields, "new")
        if new != _text(fields, "repeated"):
            return self._password_form(request, 422, "different")
        try:
            who = _signed_in(request)
            token = await self._door.choose(who, _text(fields, "current")[:LONGEST], new, _address(request))
        except TooManyTries as error:
            return self._wait(self._password_form(request, 429, "wait", n=_minutes(error)), error)
        except NotAllowed:
            return self._password_form(request, 403, "wrong_current")
        except WeakPassword as error:
            return self._password_form(request, 422, f"weak_{error.why}", shortest=SHORTEST, longest=LONGEST)
        return self._inside(request, token, DESK)

    async def elsewhere(self, request: Request) -> Response:
        """GET /desk/sign-in/elsewhere: on to the provider of the single sign-on."""
        assert self._sso is not None
        try:
            response, kept = await self._sso.begin(
                request, self._here(request) + SSO_BACK, allowed(request.query_params.get("next"))
            )
        except ProviderSilent:
            return self._form(request, 503, "silent")
        name = self._sessions.cookie(request, self._sso.cookie)
        secure = self._sessions.secure(request)
        # Lax: the provider's page leads back here.
        response.set_cookie(
            name, kept, max_age=self._sso.seconds, path="/", secure=secure, httponly=True, samesite="lax"
        )
        response.headers.update(FRESH)
        return response

    async def back(self, request: Request) -> Response:
        """GET /desk/sign-in/back: back from the provider."""
        assert self._sso is not None
        name = self._sessions.cookie(request, self._sso.cookie)
        try:
            person = await self._sso.finish(request, request.cookies.get(name, ""))
            old = self._sessions.token(request)
            token = await self._door.come_in_elsewhere(person.subject, person.email, old)
            response = self._inside(request, token, person.wanted)
        except ProviderSilent:
            response = self._form(request, 503, "silent")
        except StrangeAnswer:
            response = self._form(request, 403, "strange")
        except NotAllowed as error:
            response = self._form(request, 403, error.why)
        response.delete_cookie(name, path="/", secure=self._sessions.secure(request), httponly=True, samesite="lax")
        return response

    def _form(
        self, request: Request, status: int, problem: str = "", fields: FormData | None = None, **gaps: object
    ) -> Response:
        request.state.worker = None
        request.state.language = self._language(request)
        name = self._door_cookie(request)
        token = csrf.before_signing_in(request, name)
        wanted = allowed(_text(fields, "next") if fields else request.query_params.get("next"))
        response = self._render(
            request,
            "sign_in.html",
            status,
            problem=self._problem(request, problem, gaps),
            token=token,
            next=wanted,
            elsewhere=f"{SSO}?next={quote(wanted, safe='/')}" if self._sso else "",
            email=_text(fields, "email")[:254] if fields else "",
            out=request.query_params.get("said") == "out",
            choices=[languages.describe(code) for code in self._wording.languages],
            longest=LONGEST,
        )
        secure = self._sessions.secure(request)
        response.set_cookie(name, token, path="/", secure=secure, httponly=True, samesite="strict")
        return response

    def _password_form(self, request: Request, status: int, problem: str = "", **gaps: object) -> Response:
        return self._render(
            request,
            "password.html",
            status,
            problem=self._problem(request, problem, gaps),
            one_time=_signed_in(request).one_time,
            shortest=SHORTEST,
            longest=LONGEST,
        )

    def _refused(self, request: Request, why: str) -> Response:
        if why == "role" and _signed_in(request).worker.role not in AT_THE_DESK:
            why = "editor"
        return self._render(request, "refused.html", 403, why=why)

    def _render(self, request: Request, template: str, status: int, **values: Any) -> Response:
        language = request.state.language if self._wording.speaks(request.state.language) else "en"

        def text(name: str, /, **gaps: object) -> str:
            return self._wording.text(f"signin.{name}", language, **gaps)

        return self._renderer.page(request, template, status=status, s=text, **values)

    def _problem(self, request: Request, problem: str, gaps: dict[str, Any]) -> str:
        if not problem:
            return ""
        if "n" in gaps:
            return self._wording.plural(f"signin.{problem}", gaps["n"], request.state.language)
        return self._wording.text(f"signin.{problem}", request.state.language, **gaps)

    def _inside(self, request: Request, token: str, wanted: str) -> Response:
        response = RedirectResponse(allowed(wanted), 303, FRESH)
        self._sessions.keep(request, response, token)
        response.delete_cookie(
            self._door_cookie(request), path="/", secure=self._sessions.secure(request), httponly=True
        )
        return response

    def _wait(self, response: Response, error: TooManyTries) -> Response:
        response.headers["retry-after"] = str(error.seconds)
        return response

    def _language(self, request: Request) -> str:
        known = self._wording.languages
        asked = languages.best_match(request.query_params.get("language"), known)
        return asked or languages.best_match(request.headers.get("accept-language"), known) or "en"

    def _door_cookie(self, request: Request) -> str:
        return self._sessions.cookie(request, csrf.NAME)

    def _here(self, request: Request) -> str:
        return self._public_url or str(request.base_url).rstrip("/")


def _signed_in(request: Request) -> SignedIn:
    found = request.state.signed_in
    assert isinstance(found, SignedIn)
    return found


async def _fields(request: Request) -> FormData:
    size = request.headers.get("content-length", "")
    if not size.isdecimal() or int(size) > LARGEST_FORM:
        raise HTTPException(413)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415)
    return await request.form(max_fields=20)


def _text(fields: FormData, name: str) -> str:
    value = fields.get(name)
    return value.replace("\x00", "") if isinstance(value, str) else ""


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _minutes(error: TooManyTries) -> int:
    return -(-error.seconds // 60)
