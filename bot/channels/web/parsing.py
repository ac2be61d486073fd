"""Reads what a browser or another front end sends; everything wrong is refused by name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from bot.channels.web.errors import Refused
from bot.conversation.messages import Attachment, AttachmentKind, Incoming

LARGEST_BODY = 64 * 1024
LARGEST_ID = 2**63 - 1
MOST_MESSAGES = 200
LONGEST_CHOICE = 64
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_DESK = re.compile(r"[A-Za-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Opening:
    """A wish to begin a conversation; ``desk``: the counter whose poster led here."""

    territory: str
    language: str | None
    desk: str | None = None


async def body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """Return the body, reading no more than ``largest`` bytes.

    Raises:
        Refused: too_large.
    """
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > largest:
            raise Refused("too_large", limit=largest)
    return bytes(read)


async def json_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body.

    Raises:
        Refused: wrong_type, too_large, bad_encoding (not UTF-8, half a surrogate pair), bad_json.
    """
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", rest, re.IGNORECASE)
    if kind.strip().lower() != "application/json" or (charset and charset[1].lower() not in ("utf-8", "utf8")):
        raise Refused("wrong_type")
    try:
        text = (await body(request)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("bad_encoding") from error
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_json") from error
    if not isinstance(found, dict):
        raise Refused("bad_json")
    return found


def opening(found: dict[str, Any]) -> Opening:
    """Return the opening in a body ``{"territory", "language"?, "desk"?}``.

    Raises:
        Refused: bad_field, unknown_territory.
    """
    territory = _text(found, "territory")
    if not territory:
        raise Refused("bad_field", field="territory")
    if not _NAME.fullmatch(territory):
        raise Refused("unknown_territory", field="territory")
    desk = found.get("desk")
    if desk is not None and not is_desk(desk):
        raise Refused("bad_field", field="desk")
    return Opening(territory, language(found.get("language")), desk)


def is_desk(value: object) -> bool:
    """Tell whether a counter of a poster can be called so."""
    return isinstance(value, str) and _DESK.fullmatch(value) is not None


def language(value: object) -> str | None:
    """Return a BCP 47 code or None where there is none.

    Raises:
        Refused: bad_field.
    """
    if value is None:
        return None
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise Refused("bad_field", field="language")
    return value


def incoming(found: dict[str, Any], hint: str | None) -> Incoming:
    """Return the message in a body ``{"client_id", "text"}`` or ``{"client_id", "choice"}``.

    Args:
        found: the body; hint: the browser's languages.

    Raises:
        Refused: bad_field, bad_encoding, empty.
    """
    client_id = _text(found, "client_id")
    if client_id is None or not _CLIENT_ID.fullmatch(client_id):
        raise Refused("bad_field", field="client_id")
    text, choice = _text(found, "text"), _text(found, "choice")
    if choice is not None:
        if text:
            raise Refused("bad_field", field="choice")
        if not choice or len(choice.encode()) > LONGEST_CHOICE:
            raise Refused("bad_field", field="choice")
        return Incoming(client_id, choice=choice, hint=hint)
    if text is None or not text.strip():
        raise Refused("empty", field="text")
    return Incoming(client_id, text, hint=hint)


def message_id(found: dict[str, Any]) -> int:
    """Return the id in a body ``{"message"}``: the last message that was really looked at.

    Raises:
        Refused: bad_field.
    """
    value = _text(found, "message")
    if not value or not re.fullmatch(r"[0-9]{1,19}", value) or int(value) > LARGEST_ID:
        raise Refused("bad_field", field="message")
    return int(value)


async def upload(request: Request, largest: int) -> Incoming:
    """Return the message in a form ``{"client_id", "file"}`` (multipart/form-data) with a file of at most ``largest`` bytes.

    Raises:
        Refused: bad_field, bad_encoding, empty, too_large.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise Refused("wrong_type")
    limited = Request(request.scope, _limited(request, largest + LARGEST_BODY))
    try:
        async with limited.form(max_files=1, max_fields=4) as form:
            client_id, file = form.get("client_id"), form.get("file")
            if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
                raise Refused("bad_field", field="client_id")
            content = await file.read() if isinstance(file, UploadFile) else b""
            if not isinstance(file, UploadFile) or not content:
                raise Refused("empty", field="file")
            attachment = Attachment(_attachment_kind(file.content_type), file.content_type, file.filename, content)
    except HTTPException as error:
        raise Refused("bad_encoding") from error
    return Incoming(client_id, attachment=attachment, hint=request.headers.get("accept-language"))


def _attachment_kind(media_type: str | None) -> AttachmentKind:
    # What the sender says; what is stored follows from the bytes.
    kinds: dict[str, AttachmentKind] = {"image": "photo", "audio": "voice", "video": "video"}
    return kinds.get((media_type or "").partition("/")[0], "document")


def _limited(request: Request, largest: int) -> Receive:
    read = 0

    async def receive() -> Message:
        nonlocal read
        message = await request.receive()
        read += len(message.get("body", b""))
        if read > largest:
            raise Refused("too_large", limit=largest)
        return message

    return receive


def quoted(name: str) -> str:
    """Return a file's name as headers take it (RFC 8187)."""
    return quote(name, safe="")


def whole_number(value: str | None, name: str, *, default: int, largest: int = LARGEST_ID) -> int:
    """Return a number of 0 and more from a query or header; ``default`` where there is none.

    Raises:
        Refused: bad_field.
    """
    if value is None or not value.strip():
        return default
    if not re.fullmatch(r"[0-9]{1,19}", value.strip()) or int(value) > largest:
        raise Refused("bad_field", field=name)
    return int(value)


def conversation(request: Request) -> str:
    """Return the conversation that the address names.

    Raises:
        Refused: unknown_conversation, where none can be called so (some databases cannot even look for a null).
    """
    name = str(request.path_params["conversation"])
    if not _NAME.fullmatch(name):
        raise Refused("unknown_conversation")
    return name


def bearer(request: Request) -> str:
    """Return the token of the Authorization header (RFC 6750).

    Raises:
        Refused: missing_token.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused("missing_token")
    return token.strip()


def _text(found: dict[str, Any], name: str) -> str | None:
    value = found.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refused("bad_field", field=name)
    try:
        # JSON can spell half a surrogate pair, which no UTF-8 text, file or database can hold.
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused("bad_encoding", field=name) from error
    return value
