"""Which files are taken: by what their bytes are, never by what their sender says; nothing that could run."""

from __future__ import annotations

import re
from typing import Any

import puremagic

from bot.conversation.contract import BadFile
from bot.conversation.messages import Attachment

LARGEST = 10 * 1024 * 1024
LONGEST_NAME = 100
# media type: the kind of attachment and the ending under which it is saved
TAKEN = {
    "image/jpeg": ("photo", ".jpg"),
    "image/png": ("photo", ".png"),
    "image/webp": ("photo", ".webp"),
    "image/gif": ("photo", ".gif"),
    "application/pdf": ("document", ".pdf"),
    "audio/ogg": ("voice", ".ogg"),
    "audio/mpeg": ("voice", ".mp3"),
    "audio/mp4": ("voice", ".m4a"),
    "audio/wav": ("voice", ".wav"),
    "audio/webm": ("voice", ".webm"),
    "video/mp4": ("video", ".mp4"),
}
ALIASES = {
    "image/jpg": "image/jpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "application/ogg": "audio/ogg",
    "audio/opus": "audio/ogg",
    "video/webm": "audio/webm",
}
_UNSAFE = re.compile(r"[^\w .,()-]+")


def checked(attachment: Attachment) -> dict[str, Any]:
    """Return ``kind``, ``name``, ``media_type`` and ``content`` under which a file is stored.

    Raises:
        BadFile: it is larger than 10 MB, or of a kind that is not taken.
    """
    content = attachment.content or b""
    if len(content) > LARGEST:
        raise BadFile("too_large")
    media_type = _media_type(content)
    if media_type not in TAKEN:
        raise BadFile("kind")
    kind, ending = TAKEN[media_type]
    return {"kind": kind, "name": _name(attachment.name, kind, ending), "media_type": media_type, "content": content}


def _media_type(content: bytes) -> str:
    if content[:4] == b"OggS":
        return "audio/ogg"
    try:
        found = str(puremagic.from_string(content, mime=True))
    except (puremagic.PureError, ValueError):
        return ""
    return ALIASES.get(found, found)


def _name(given: str | None, kind: str, ending: str) -> str:
    # The ending follows from the bytes: "invoice.pdf.exe" becomes "invoice.pdf.pdf".
    stem = _UNSAFE.sub("_", (given or kind).rsplit("/", 1)[-1].rsplit("\\", 1)[-1]).strip(" .")
    stem = stem.rsplit(".", 1)[0] if "." in stem else stem
    return (stem[: LONGEST_NAME - len(ending)] or kind) + ending
