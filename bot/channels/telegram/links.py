"""What a link ``t.me/<bot>?start=turin-desk2-ar`` says: territory, counter and language, each of which may be missing."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

_DESK = re.compile(r"[A-Za-z0-9_]{1,32}")


@dataclass(frozen=True, slots=True)
class Start:
    """Where somebody comes from; ``desk`` is the counter whose poster led here, ``language`` a BCP 47 code."""

    territory: str | None = None
    desk: str | None = None
    language: str | None = None


def read(payload: str, territories: Collection[str], languages: Collection[str]) -> Start:
    """Return what a link's payload says; parts that mean nothing are passed over.

    Args:
        payload: parts in the order territory, desk, language, with ``-`` between them.
        territories: ids; languages: BCP 47 codes that the assistant speaks.
    """
    parts = [part for part in payload.split("-") if part]
    codes = {code.lower(): code for code in languages}
    ids = {one.lower(): one for one in territories}
    language = None
    # A code such as fa-AF is made of two parts.
    for length in (2, 1):
        code = codes.get("-".join(parts[-length:]).lower()) if len(parts) >= length else None
        if code:
            language, parts = code, parts[:-length]
            break
    territory = next((ids[part.lower()] for part in parts[:1] if part.lower() in ids), None)
    rest = parts[1:] if territory else parts
    desk = rest[-1] if rest and _DESK.fullmatch(rest[-1]) else None
    return Start(territory, desk, language)
