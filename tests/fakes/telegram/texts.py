"""Texts as Telegram stores them: cleaned, trimmed, with entities moved along."""

from __future__ import annotations

from tests.fakes.telegram.markup import Entity, units

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
# Telegram drops these without a word: line and paragraph separators, old direction marks (isolates stay).
DROPPED = {"\r", *map(chr, range(0x2028, 0x202F)), "\u0333", "\u033f", "\u030a"}
INVISIBLE = set("\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad")


def cleaned(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Return what is kept of a text: no control characters, no blank ends; entities fit the new text."""
    kept = [_cleaned_letter(letter) for letter in text]
    first = next((place for place, letter in enumerate(kept) if letter.strip()), len(kept))
    last = next((place for place in range(len(kept) - 1, -1, -1) if kept[place].strip()), -1)
    kept = ["" if place < first or place > last else letter for place, letter in enumerate(kept)]
    moved = _new_places(text, kept)
    result = []
    for entity in entities:
        start, end = moved[entity["offset"]], moved[entity["offset"] + entity["length"]]
        if end > start:
            result.append(entity | {"offset": start, "length": end - start})
    return "".join(kept), result


def is_blank(text: str) -> bool:
    """Tell whether nothing of a text can be seen."""
    return not any(letter not in INVISIBLE and letter.strip() for letter in text)


def _cleaned_letter(letter: str) -> str:
    if letter in DROPPED:
        return ""
    return " " if ord(letter) < 32 and letter != "\n" else letter


def _new_places(text: str, kept: list[str]) -> list[int]:
    """Return for each UTF-16 place of the old text its place in the new one."""
    places, now = [], 0
    for old, new in zip(text, kept, strict=True):
        places += [now] * units(old)
        now += units(new)
    return [*places, now]
