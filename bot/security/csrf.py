"""Proof that a form was sent from one of our own pages: a token that other sites cannot read."""

from __future__ import annotations

import hmac
import secrets

from starlette.requests import Request

HEADER = "x-csrf-token"
FIELD = "csrf"
NAME = "ventanilla-door"
SIGNS = 64


async def proves(request: Request, token: str) -> bool:
    """Tell whether a request carries ``token``: in the header that scripts send, else in the form."""
    sent: object = request.headers.get(HEADER)
    if sent is None:
        sent = (await request.form()).get(FIELD)
    return bool(token) and isinstance(sent, str) and hmac.compare_digest(sent.encode(), token.encode())


def before_signing_in(request: Request, name: str) -> str:
    """Return the token of a browser that nobody has signed in with: what its cookie ``name`` holds, else a new one."""
    held = request.cookies.get(name, "")
    return held if 20 <= len(held) <= SIGNS and held.isascii() else secrets.token_urlsafe(24)
