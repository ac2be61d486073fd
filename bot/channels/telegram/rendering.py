"""Turns a stored message into the parts that Telegram shows: text with cards as blocks, and buttons. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import unquote, urlsplit

import phonenumbers

from bot.channels.telegram import keyboards
from bot.channels.telegram.formatting import LONGEST_TEXT, Block, Line, Span, pages, paragraphs
from bot.channels.telegram.keyboards import Row
from bot.conversation.contract import Words
from bot.conversation.messages import Message

FIRST_STRONG, POP, RIGHT_TO_LEFT_MARK = "\u2068", "\u2069", "\u200f"
_ISOLATED = re.compile(f"{FIRST_STRONG}[^{POP}]*{POP}")

Shape = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One Telegram message: ``html`` in Telegram's markup, ``plain`` without, and rows of buttons.

    ``file``: id of the stored file that it brings; the text is its caption then and may be empty.
    """

    html: str
    plain: str
    rows: tuple[Row, ...] = ()
    file: str = ""


def parts(message: Message, words: Words, limit: int = LONGEST_TEXT) -> list[Part]:
    """Return what is to be sent for one message: one part where it fits, the buttons under the last one, then files.

    Args:
        limit: most UTF-16 units of a part.

    Returns:
        none when there is nothing to show.
    """
    shown = sorted(message.cards, key=lambda card: card.get("kind") != "emergency")
    files = [str(file["id"]) for file in message.files if file.get("id")]
    author = _author(message, words)
    made = pages(_directed([*author, *_blocks(message, shown, words)], message.dir), limit)
    if files and not message.text.strip() and not shown:
        # Nothing but a file: who sent it stands under it.
        return [Part(made[0].html, made[0].plain, file=file) if made else Part("", "", file=file) for file in files]
    rows = keyboards.rows(shown, message.choices, words, message.language)
    texts = [
        Part(page.html, page.plain, rows if number == len(made) else ()) for number, page in enumerate(made, start=1)
    ]
    return texts + [Part("", "", file=file) for file in files]


def international(number: str) -> str:
    """Return a number as it is dialled from anywhere, in groups; short numbers stay as they are."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _author(message: Message, words: Words) -> list[Block]:
    if message.sender != "caseworker":
        return []
    return [((Span(message.author or words.text("web.caseworker", message.language), "b"),),)]


def _blocks(message: Message, cards: Sequence[Shape], words: Words) -> Iterator[Block]:
    yield from paragraphs(message.text)
    services = [card for card in cards if card.get("kind") != "emergency"]
    for card in cards:
        if card.get("kind") == "emergency":
            yield tuple(_emergency(card, message.dir))
    for number, card in enumerate(services, start=1):
        mark = f"{number}. " if len(services) > 1 else ""
        yield tuple(_service(card, mark, words, message.dir))


def _emergency(card: Shape, dir: str) -> Iterator[Line]:
    numbers = ", ".join(_isolated(international(number), dir) for number in _numbers(card))
    yield (Span(numbers, "b"), Span(" · " if numbers else ""), Span(_isolated(str(card["title"]), dir), "b"))
    if card.get("alert"):
        yield _alert(card)
    facts = " · ".join(_isolated(str(fact["value"]), dir) for fact in card.get("facts") or ())
    if facts:
        yield (Span(facts),)


def _service(card: Shape, mark: str, words: Words, dir: str) -> Iterator[Line]:
    language = str(card["language"])
    yield (Span(mark + _isolated(str(card["title"]), dir), "b"),)
    if card.get("alert"):
        yield _alert(card)
    for name in ("subtitle", "summary"):
        for line in str(card.get(name) or "").splitlines():
            if line.strip():
                yield (Span(_isolated(line.strip(), dir)),)
    yield from _facts(card, words, dir)
    for mail in _mails(card):
        yield (Span(f"{words.text('telegram.mail', language)}: {_isolated(mail, dir)}"),)
    if card.get("sources"):
        yield _sources(card, words, language, dir)
    if card.get("freshness_text"):
        yield (Span(str(card["freshness_text"]), "i"),)


def _facts(card: Shape, words: Words, dir: str) -> Iterator[Line]:
    numbers = [international(number) for number in _numbers(card)]
    facts = list(card.get("facts") or ())
    for label, group in groupby(facts, key=lambda fact: str(fact["label"])):
        same = list(group)
        if same[0].get("kind") == "phone":
            # A record's phones and a card's calls are the same numbers in the same order.
            values = [_with_number(str(fact["value"]), numbers.pop(0) if numbers else "", dir) for fact in same]
        else:
            values = [str(fact["value"]) for fact in same]
        yield from _labelled(label, values, dir)
    yield from _labelled(words.text("fact.phone", str(card["language"])), numbers, dir)


def _labelled(label: str, values: Sequence[str], dir: str) -> Iterator[Line]:
    lines = [line.strip() for value in values for line in value.splitlines() if line.strip()]
    for place, line in enumerate(lines):
        # Further lines of the same kind, such as a week's hours, need no label again.
        yield (Span(f"{label}: {_isolated(line, dir)}" if place == 0 else f"• {_isolated(line, dir)}"),)


def _with_number(value: str, number: str, dir: str) -> str:
    return _ISOLATED.sub(lambda _: _isolated(number, dir), value, count=1) if number else value


def _sources(card: Shape, words: Words, language: str, dir: str) -> Line:
    spans = [Span(f"{words.text('web.sources', language)}: ")]
    for place, source in enumerate(map(str, card["sources"])):
        if place:
            spans.append(Span(" · "))
        if keyboards.is_web_address(source):
            host = (urlsplit(source).hostname or source).removeprefix("www.")
            spans.append(Span(_isolated(host, dir), "a", source))
        else:
            spans.append(Span(_isolated(source, dir)))
    return tuple(spans)


def _alert(card: Shape) -> Line:
    return (Span("⚠️ "), Span(" ".join(str(card["alert"]).split()), "b"))


def _numbers(card: Shape) -> list[str]:
    return [str(link["href"]).removeprefix("tel:") for link in card.get("links") or () if link.get("kind") == "call"]


def _mails(card: Shape) -> list[str]:
    links = card.get("links") or ()
    return [unquote(str(link["href"]).removeprefix("mailto:")) for link in links if link.get("kind") == "mail"]


def _isolated(text: str, dir: str) -> str:
    # Latin names and numbers inside right-to-left lines keep their order when they stand apart.
    return f"{FIRST_STRONG}{text}{POP}" if dir == "rtl" and text and text[0] != FIRST_STRONG else text


def _directed(blocks: Iterable[Block], dir: str) -> Iterator[Block]:
    """Make each line of a right-to-left message begin at the right, whatever script its first word is in."""
    for block in blocks:
        yield tuple((Span(RIGHT_TO_LEFT_MARK), *line) for line in block) if dir == "rtl" else block
