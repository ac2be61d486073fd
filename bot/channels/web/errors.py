"""What can be wrong with a request, with the status and the words that a newcomer gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse

from bot.conversation import contract
from bot.conversation.choices import UnknownChoice

# code: status (RFC 9110); the words are web.error.<code> in the catalogs
STATUS = {
    "bad_json": 400,
    "bad_encoding": 400,
    "empty": 400,
    "missing_token": 401,
    "not_allowed": 401,
    "unknown_conversation": 404,
    "unknown_territory": 404,
    "not_found": 404,
    "no_opening": 404,
    "wrong_method": 405,
    "no_reader": 409,
    "too_large": 413,
    "too_long": 413,
    "wrong_type": 415,
    "wrong_file": 415,
    "bad_field": 422,
    "too_many": 429,
    "server": 500,
}


@dataclass(eq=False)
class Refused(Exception):
    """A request that is not done: a code of ``STATUS``, and what a program needs to mend it.

    ``field`` names the wrong field, ``limit`` is in characters or bytes, ``retry_after`` in seconds.
    """

    code: str
    field: str | None = None
    limit: int | None = None
    retry_after: int | None = None

    @property
    def status(self) -> int:
        """HTTP status of the refusal."""
        return STATUS[self.code]


def refusal(error: contract.ConversationError | UnknownChoice) -> Refused:
    """Return what a failure of the conversation means over HTTP."""
    match error:
        case contract.UnknownTerritory():
            return Refused("unknown_territory", field="territory")
        case contract.UnknownConversation():
            return Refused("unknown_conversation")
        case contract.NotAllowed():
            return Refused("not_allowed")
        case contract.Empty():
            return Refused("empty", field="text")
        case contract.TooLong():
            return Refused("too_long", field="text", limit=error.limit)
        case contract.BadFile():
            return Refused("too_large" if error.why == "too_large" else "wrong_file", field="file")
        case contract.TooMany():
            return Refused("too_many", retry_after=max(1, round(error.retry_after)))
        case UnknownChoice():
            return Refused("bad_field", field="choice")
    return Refused("server")


def words(refused: Refused, wording: contract.Words, language: str) -> str:
    """Return the refusal in the newcomer's language."""
    return wording.text(
        f"web.error.{refused.code}",
        language,
        field=refused.field or "",
        limit=refused.limit or 0,
        seconds=refused.retry_after or 0,
    )


def response(refused: Refused, wording: contract.Words, language: str) -> JSONResponse:
    """Return ``{"error", "message", "field"?, "limit"?, "retry_after"?}`` with its status and headers."""
    shape: dict[str, Any] = {"error": refused.code, "message": words(refused, wording, language)}
    for name in ("field", "limit", "retry_after"):
        if getattr(refused, name) is not None:
            shape[name] = getattr(refused, name)
    headers = {"content-language": language, "cache-control": "no-store"}
    if refused.retry_after is not None:
        headers["retry-after"] = str(refused.retry_after)
    if refused.status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(shape, refused.status, headers)
