"""How the Bot API says no: status, Telegram's own wording, and what else it tells."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A call that Telegram declines.

    Args:
        status: HTTP status, repeated as ``error_code``.
        description: the line that Telegram gives.
        parameters: what Telegram adds for machines, e.g. ``retry_after`` in seconds.
    """

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters

    def as_json(self) -> dict[str, Any]:
        """Return the body of the answer."""
        body = {"ok": False, "error_code": self.status, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad(what: str) -> Refusal:
    """Return a 400 in Telegram's form."""
    return Refusal(400, f"Bad Request: {what}")


def forbidden(what: str) -> Refusal:
    """Return a 403 in Telegram's form."""
    return Refusal(403, f"Forbidden: {what}")


def conflict(what: str) -> Refusal:
    """Return a 409 in Telegram's form."""
    return Refusal(409, f"Conflict: {what}")


def too_many(seconds: int) -> Refusal:
    """Return a 429 that asks to wait ``seconds``."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
