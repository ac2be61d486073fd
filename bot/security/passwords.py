"""Passwords: how they are kept, compared and judged. Nothing here logs or stores one in the clear."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

SHORTEST = 10
LONGEST = 200
GOOD_ENOUGH = 3
# zxcvbn judges no more than this; what follows can only make a password better.
JUDGED = 72
# Easy to tell apart when read aloud or copied from paper.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
REASONS = {
    "dictionary": "common",
    "spatial": "keyboard",
    "repeat": "repeat",
    "sequence": "sequence",
    "date": "date",
    "regex": "date",
}


class Passwords:
    """Hashes by Argon2id with the library's defaults, which grow with time."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        # Compared with where there is no account, so that an answer takes as long as with one.
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(16))

    def hashed(self, password: str) -> str:
        """Return what is stored of a password."""
        return self._hasher.hash(normal(password))

    def fits(self, stored: str | None, password: str) -> bool:
        """Tell whether a password is the stored one; ``stored`` None (nobody, or no password) takes as long."""
        try:
            return self._hasher.verify(stored or self._nobodys, normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, stored: str) -> bool:
        """Tell whether a password should be hashed again, because the library's defaults changed."""
        return self._hasher.check_needs_rehash(stored)


def normal(password: str) -> str:
    """Return a password as it is compared: the same however a keyboard composes its letters."""
    return unicodedata.normalize("NFC", password)


def new_password() -> str:
    """Return a random password of 20 signs in groups of five, about 99 bits."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(5)) for _ in range(4))


def weakness(password: str, about: Sequence[str] = ()) -> str | None:
    """Return why a new password is refused, None for a good one.

    Args:
        about: what others know of the person: name, e-mail address, city.

    Returns:
        ``short``, ``long``, ``own`` (made of ``about``), ``common``, ``keyboard``, ``repeat``, ``sequence``, ``date`` or ``simple``.
    """
    password = normal(password)
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    known = [word for text in about for word in (text, *text.replace("@", " ").replace(".", " ").split())]
    judged: dict[str, Any] = zxcvbn(password[:JUDGED], user_inputs=known)
    return None if judged["score"] >= GOOD_ENOUGH else _reason(judged["sequence"])


def _reason(matches: Sequence[dict[str, Any]]) -> str:
    longest = max(matches, key=lambda match: len(match["token"]))
    if longest.get("dictionary_name") == "user_inputs":
        return "own"
    return REASONS.get(longest["pattern"], "simple")
