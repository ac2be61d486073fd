"""How wide letters are, roughly, and how a text is broken into lines that surely fit."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Parts of the font size. The page is drawn for whatever font a printer has, so these are those of a wide one.
NARROW, LOWER, UPPER, WIDE, NONE = 0.34, 0.62, 0.74, 1.05, 0.0
BOLD = 1.15
STEP = 0.1
LINE = 1.3


@dataclass(frozen=True, slots=True)
class Lines:
    """A text broken into lines for a font size in mm; ``height`` of all lines together, in mm."""

    size: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        """Height of all lines, in mm."""
        return self.size * LINE * len(self.lines)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text gets at most at a font size; both in mm."""
    return sum(_part(letter) for letter in text) * size * (BOLD if bold else 1)


def fit(text: str, wide: float, high: float, *, largest: float, smallest: float, bold: bool = False) -> Lines:
    """Return a text in the largest letters that fit.

    Args:
        wide, high: the room, in mm.
        largest, smallest: font sizes, in mm; what does not fit even in the smallest letters gets more lines than there is room.
    """
    size = largest
    while size > smallest:
        lines = broken(text, size, wide, bold=bold)
        if lines.height <= high and all(width(line, size, bold=bold) <= wide for line in lines.lines):
            return lines
        size = round(size - STEP, 2)
    return broken(text, smallest, wide, bold=bold)


def broken(text: str, size: float, wide: float, *, bold: bool = False) -> Lines:
    """Return a text broken at blanks, or between wide letters, into lines no wider than ``wide`` mm where that is possible."""
    lines: list[str] = []
    current = ""
    for piece in _pieces(text):
        if current.strip() and width((current + piece).rstrip(), size, bold=bold) > wide:
            lines.append(current.rstrip())
            current = piece.lstrip()
        else:
            current += piece
    return Lines(size, (*lines, current.rstrip()) if current.strip() else tuple(lines))


def _pieces(text: str) -> list[str]:
    pieces = [""]
    for letter in text:
        if _is_wide(letter) and pieces[-1] and unicodedata.category(letter)[0] != "P":
            pieces.append(letter)
        elif letter == " ":
            pieces[-1] += letter
            pieces.append("")
        else:
            pieces[-1] += letter
    return [piece for piece in pieces if piece]


def _part(letter: str) -> float:
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "Cf"):
        return NONE
    if _is_wide(letter):
        return WIDE
    if letter in " .,:;!|'’()/ilIjtf-":
        return NARROW
    return UPPER if category == "Lu" or letter in "mwMWмшщюжф@" else LOWER


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in ("W", "F")
