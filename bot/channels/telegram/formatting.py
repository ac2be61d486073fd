"""Text with bold, italic and links, as Telegram's HTML, cut into pages that Telegram takes."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

# UTF-16 units, counted without markup.
LONGEST_TEXT = 4096
# A page that breaks at a sentence should not be nearly empty for it.
FULL_ENOUGH = 0.4
_SENTENCE_END = re.compile(r"[.!?؟。…]+[\"'»”)\u2069]*\s")
_JOINING = "\u200c\u200d\ufe0f"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line; ``href`` belongs to links."""

    text: str
    style: Literal["", "b", "i", "a"] = ""
    href: str = ""

    @property
    def html(self) -> str:
        """The piece as Telegram's HTML; everything in it is escaped."""
        shown = html.escape(self.text, quote=False)
        if not self.style or not self.text.strip():
            return shown
        address = f' href="{html.escape(self.href)}"' if self.style == "a" else ""
        return f"<{self.style}{address}>{shown}</{self.style}>"


Line = tuple[Span, ...]
# Lines that belong together: a paragraph or a card.
Block = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Text that fits into one message."""

    lines: tuple[Line, ...]

    @property
    def html(self) -> str:
        """The page as Telegram's HTML."""
        return "\n".join("".join(span.html for span in line) for line in self.lines)

    @property
    def plain(self) -> str:
        """The page without any markup."""
        return "\n".join(_text(line) for line in self.lines)


def units(text: str) -> int:
    """Return the length of a text as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def paragraphs(text: str) -> Iterator[Block]:
    """Yield the paragraphs of a text, which an empty line parts."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph.strip():
            yield tuple((Span(line.strip()),) for line in paragraph.splitlines() if line.strip())


def pages(blocks: Iterable[Block], limit: int = LONGEST_TEXT) -> list[Page]:
    """Return blocks as pages: broken between blocks, else between lines, else between sentences, else between words.

    Args:
        limit: most UTF-16 units on a page.
    """
    made: list[Page] = []
    current: list[Line] = []
    for block in blocks:
        joined = [*current, (Span(""),), *block] if current else list(block)
        if _size(joined) <= limit:
            current = joined
            continue
        if current:
            made.append(Page(tuple(current)))
        *full, current = _pieces(block, limit)
        made += [Page(tuple(piece)) for piece in full]
    if current:
        made.append(Page(tuple(current)))
    return [page for page in made if page.plain.strip()]


def _pieces(block: Block, limit: int) -> list[list[Line]]:
    pieces: list[list[Line]] = [[]]
    for line in (part for whole in block for part in _broken(whole, limit)):
        if pieces[-1] and _size([*pieces[-1], line]) > limit:
            pieces.append([])
        pieces[-1].append(line)
    return pieces


def _broken(line: Line, limit: int) -> Iterator[Line]:
    while units(_text(line)) > limit:
        cut = _place(_text(line), limit)
        yield _slice(line, 0, cut)
        rest = _text(line)[cut:]
        line = _slice(line, cut + len(rest) - len(rest.lstrip()), None)
    yield line


def _place(text: str, limit: int) -> int:
    """Return where to cut ``text``, counted in characters, so that what stands before has at most ``limit`` units."""
    end = _characters(text, limit)
    least = int(end * FULL_ENOUGH)
    sentences = [found.end() for found in _SENTENCE_END.finditer(text, 0, end)]
    if sentences and sentences[-1] >= least:
        return sentences[-1]
    space = max(text.rfind(" ", 0, end + 1), text.rfind("\t", 0, end + 1))
    if space >= least and space > 0:
        return space
    # A sign that is drawn together with the one before must not open the next page.
    cut = end
    while cut > 1 and (unicodedata.combining(text[cut]) or text[cut] in _JOINING or text[cut - 1] in _JOINING):
        cut -= 1
    return cut if cut > 1 else end


def _characters(text: str, limit: int) -> int:
    """Return how many characters at the beginning have at most ``limit`` units."""
    used = 0
    for place, sign in enumerate(text):
        used += 2 if ord(sign) > 0xFFFF else 1
        if used > limit:
            return place
    return len(text)


def _slice(line: Line, start: int, end: int | None) -> Line:
    parts, at = [], 0
    for span in line:
        first, last = max(start - at, 0), len(span.text) if end is None else min(end - at, len(span.text))
        if first < last:
            parts.append(Span(span.text[first:last], span.style, span.href))
        at += len(span.text)
    return tuple(parts)


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


def _size(lines: Sequence[Line]) -> int:
    return units("\n".join(_text(line) for line in lines))
