"""Sessions of signed-in browsers: a random token in a cookie, of which only the hash is stored."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.handoffs import Worker
from bot.records import staff
from bot.records.staff import Staff
from knowledge.store import Store, StoreError

NAME = "ventanilla-desk"
# A session is marked as used at most this often: pages ask for something every few seconds.
MARKED_EVERY = timedelta(minutes=1)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a browser belongs to. ``one_time``: came in with a one-time password and has to choose an own one first."""

    worker: Worker
    language: str
    csrf: str
    token: str
    one_time: bool


class Sessions:
    """Begins, finds and ends sessions.

    Args:
        idle: without a click; longest: in any case; secure: browsers reach the desk by https.
    """

    def __init__(self, store: Store, *, idle: timedelta, longest: timedelta, secure: bool) -> None:
        self._store = store
        self._idle = idle
        self._longest = longest
        self._secure = secure

    async def find(self, request: Request, *, by_hand: bool) -> SignedIn | None:
        """Return who is signed in; None for nobody.

        Args:
            by_hand: the person did something, so the time without a click begins anew.
        """
        token = request.cookies.get(self._name(request), "")
        found = await self._store.read(self._find, token) if token else None
        if found is None:
            return None
        signed_in, last_at = found
        if by_hand and datetime.now(UTC) - last_at > MARKED_EVERY:
            try:
                await self._store.run(staff.keep_alive, token)
            except StoreError as error:
                # Somebody else writes for long: the page is worth more than the mark.
                log.warning("session not marked as used", extra={"error": str(error)})
        return signed_in

    def begin(self, session: Session, row: Staff, old: str = "") -> str:
        """Begin a session within a transaction, ending the ``old`` one of that browser; return the token."""
        if old:
            staff.sign_out(session, old)
        return staff.sign_in(session, row)[0]

    def token(self, request: Request) -> str:
        """Return the token that a browser holds, good or not; "" for none."""
        return request.cookies.get(self._name(request), "")

    def keep(self, request: Request, response: Response, token: str) -> None:
        """Let the browser hold a token until it is closed."""
        response.set_cookie(
            self._name(request), token, path="/", secure=self.secure(request), httponly=True, samesite="lax"
        )

    def drop(self, request: Request, response: Response) -> None:
        """Let the browser forget."""
        response.delete_cookie(
            self._name(request), path="/", secure=self.secure(request), httponly=True, samesite="lax"
        )

    def secure(self, request: Request) -> bool:
        """Tell whether the browser came by https."""
        return self._secure or request.url.scheme == "https"

    def cookie(self, request: Request, name: str) -> str:
        """Return a cookie's full name: with https one that only this very host can set."""
        return f"__Host-{name}" if self.secure(request) else name

    def _name(self, request: Request) -> str:
        return self.cookie(request, NAME)

    def _find(self, session: Session, token: str) -> tuple[SignedIn, datetime] | None:
        found = staff.signed_in(session, token, idle=self._idle, longest=self._longest)
        if found is None:
            return None
        row, kept = found
        one_time = row.one_time_until is not None
        return SignedIn(Worker.of(row), row.language, kept.csrf, token, one_time), kept.last_at
