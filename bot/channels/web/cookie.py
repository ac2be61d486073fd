"""The cookie that keeps a conversation for browsers without JavaScript; the HTTP interface never reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

NAME = "ventanilla"
SECONDS = 30 * 24 * 3600
_VALUE = re.compile(r"([A-Za-z0-9_-]{1,100})\.([A-Za-z0-9_.-]{1,300})")


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation and the token that opens it."""

    conversation: str
    token: str


def read(request: Request) -> Kept | None:
    """Return what the browser keeps; None where that is nothing or nonsense."""
    match = _VALUE.fullmatch(request.cookies.get(NAME, ""))
    return Kept(match[1], match[2]) if match else None


def write(response: Response, kept: Kept, path: str, *, secure: bool) -> None:
    """Let the browser keep a conversation, for pages below ``path`` only."""
    response.set_cookie(
        NAME,
        f"{kept.conversation}.{kept.token}",
        max_age=SECONDS,
        path=path,
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def drop(response: Response, path: str) -> None:
    """Let the browser forget."""
    response.delete_cookie(NAME, path=path, httponly=True, samesite="lax")
