"""Which languages the assistant speaks, how each calls itself, and which way it is written. Codes are BCP 47."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from bot.conversation.messages import Direction

# CLDR lacks or names these otherwise: Dari is fa_AF, Kurmanji is plain ku.
CLDR_NAMES = {"prs": "fa-AF", "kmr": "ku"}
# Dates and amounts in English are those of Europe.
CLDR_FORMATS = {"en": "en-GB"}
# CLDR gives these the name of the wider language.
AUTONYMS = {"prs": "دری", "fa-AF": "دری"}


@dataclass(frozen=True, slots=True)
class Language:
    """A language that can be chosen: ``name`` is its own name for itself."""

    code: str
    name: str
    dir: Direction


@lru_cache(maxsize=256)
def locale(code: str) -> Locale:
    """Return the CLDR locale of a BCP 47 code; English where CLDR knows nothing of it."""
    for candidate in (CLDR_FORMATS.get(code, CLDR_NAMES.get(code, code)), code.split("-")[0]):
        try:
            return Locale.parse(candidate.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def direction(code: str) -> Direction:
    """Return the script direction of a language, as CLDR gives it."""
    return "rtl" if locale(code).text_direction == "rtl" else "ltr"


def autonym(code: str) -> str:
    """Return a language's name for itself, its first letter raised where the script has capitals."""
    name = AUTONYMS.get(code) or locale(code).get_language_name(code.split("-")[0]) or code
    return name[:1].upper() + name[1:]


def name_in(code: str, language: str) -> str:
    """Return the name of language ``code`` as speakers of ``language`` write it; the code where CLDR has none."""
    names = locale(language).languages
    for candidate in (CLDR_NAMES.get(code, code).replace("-", "_"), code.split("-")[0]):
        if candidate in names:
            return str(names[candidate])
    return str(locale("en").languages.get(code, code))


def describe(code: str) -> Language:
    """Return what a language switch shows of ``code``."""
    return Language(code, autonym(code), direction(code))


def by_script(text: str, available: list[str], current: str) -> str:
    """Return the language to answer in when nothing but the script of a message can be told.

    Args:
        text: what the person wrote; available: codes that the assistant speaks; current: that of the talk.

    Returns:
        ``current`` if it is written in the script of the text, else the first available one that is, else ``current``.
    """
    script = _script(text)
    if script is None or _script(autonym(current)) == script:
        return current
    return next((code for code in available if _script(autonym(code)) == script), current)


def _script(text: str) -> str | None:
    counts: dict[str, int] = {}
    for sign in text:
        if sign.isalpha():
            # The names of Unicode characters begin with their script: "CYRILLIC SMALL LETTER A".
            name = unicodedata.name(sign, "").partition(" ")[0]
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: counts[name]) if counts else None


def best_match(wanted: str | None, available: list[str]) -> str | None:
    """Return the available code that fits a channel's hint or an Accept-Language header best.

    Args:
        wanted: a code like ``ar-SY`` or a header like ``uk,ru;q=0.8``.
        available: codes that the assistant speaks.

    Returns:
        the first available one by the header's preference (RFC 4647 look-up), or None.
    """
    if not wanted:
        return None
    ranges: list[tuple[float, int, str]] = []
    for position, part in enumerate(wanted.split(",")[:20]):
        code, _, weight = part.strip().partition(";q=")
        try:
            ranges.append((-float(weight or 1), position, code.strip().replace("_", "-").lower()))
        except ValueError:
            continue
    by_lower = {code.lower(): code for code in available}
    for _, _, wanted_code in sorted(ranges):
        parts = wanted_code.split("-")
        for length in range(len(parts), 0, -1):
            found = by_lower.get("-".join(parts[:length]))
            if found:
                return found
    return None
