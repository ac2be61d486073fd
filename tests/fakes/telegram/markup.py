"""Marked-up text as Telegram reads it: what is shown, and the entities over it (offsets in UTF-16 units)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram.links import wrong_with
from tests.fakes.telegram.refusals import Refusal, bad

PLAIN_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
TAGS = {*PLAIN_TAGS, "a", "span", "tg-emoji"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
# The semicolon may be missing; numbers of more than seven digits are not read.
ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
NAME = re.compile(r"[^\s=>]*")
TOKEN = re.compile(r"[a-zA-Z0-9.-]*")
RESERVED = set("_*[]()~`>#+-=|{}.!")

Entity = dict[str, Any]


@dataclass
class Reading:
    """What a marked-up text came to, and what in it Telegram would drop without a word."""

    text: str
    entities: list[Entity]
    doubts: list[str]


@dataclass
class _Open:
    tag: str
    at: int
    attributes: dict[str, str]


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def read(text: str, mode: str) -> Reading:
    """Read a text in a parse mode ("" for plain).

    Raises:
        Refusal: the mode is unknown or the markup is wrong.
    """
    known = mode.lower()
    if known == "":
        return Reading(text, [], [])
    if known == "html":
        return _Html(text).read()
    if known == "markdownv2":
        return _markdown(text)
    if known == "markdown":
        raise bad("can't parse entities: this fake reads no legacy Markdown, which Telegram keeps for old bots only")
    raise bad("unsupported parse_mode")


class _Html:
    def __init__(self, source: str) -> None:
        self.source, self.at = source, 0
        self.shown: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []
        self.doubts: list[str] = []

    def read(self) -> Reading:
        while self.at < len(self.source):
            letter = self.source[self.at]
            if letter == "&":
                self._entity()
            elif letter != "<":
                self._show(letter)
                self.at += 1
            elif self.source.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            raise _wrong(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return Reading("".join(self.shown), self.entities, self.doubts)

    def _show(self, letters: str) -> None:
        self.shown.append(letters)
        self.length += units(letters)

    def _entity(self) -> None:
        letter, end = _decoded(self.source, self.at)
        if not letter:
            self.doubts.append(f"an & is not escaped at byte offset {self._offset(self.at)}")
            letter, end = "&", self.at + 1
        self._show(letter)
        self.at = end

    def _start_tag(self) -> None:
        begin = self.at
        end = _skip(self.source, begin + 1, lambda letter: letter not in "> \t\n\r\f\v")
        if end == len(self.source):
            raise _wrong(f"Unclosed start tag at byte offset {self._offset(begin)}")
        tag = self.source[begin + 1 : end].lower()
        if tag not in TAGS:
            raise _wrong(f'Unsupported start tag "{tag}" at byte offset {self._offset(begin)}')
        attributes: dict[str, str] = {}
        while True:
            end = _skip(self.source, end, str.isspace)
            if end >= len(self.source):
                raise _wrong(f"Unclosed start tag at byte offset {self._offset(begin)}")
            if self.source[end] == ">":
                break
            end = self._attribute(tag, begin, end, attributes)
        self._check_start(tag, begin, attributes)
        self.open.append(_Open(tag, self.length, attributes))
        self.at = end + 1

    def _attribute(self, tag: str, begin: int, at: int, attributes: dict[str, str]) -> int:
        found = NAME.match(self.source, at)
        name = found[0] if found else ""
        if not name:
            raise _wrong(f'Empty attribute name in the tag "{tag}" at byte offset {self._offset(begin)}')
        end = _skip(self.source, at + len(name), str.isspace)
        if tag == "blockquote" and name == "expandable" and self.source[end : end + 1] != "=":
            attributes[name] = ""
            return end
        if self.source[end : end + 1] != "=":
            raise _wrong(
                f"Expected equal sign in declaration of an attribute of the tag"
                f' "{tag}" at byte offset {self._offset(begin)}'
            )
        end = _skip(self.source, end + 1, str.isspace)
        if end == len(self.source):
            raise _wrong(f'Unclosed start tag "{tag}" at byte offset {self._offset(begin)}')
        attributes[name], end = self._value(end)
        return end

    def _value(self, at: int) -> tuple[str, int]:
        quote = self.source[at]
        if quote in "\"'":
            end = self.source.find(quote, at + 1)
            end = len(self.source) if end < 0 else end
            return _plain(self.source[at + 1 : end]), end + 1
        found = TOKEN.match(self.source, at)
        token = found[0] if found else ""
        following = self.source[at + len(token) : at + len(token) + 1]
        if following and following not in "> \t\n\r\f\v":
            raise _wrong(f"Unexpected end of name token at byte offset {self._offset(at)}")
        return token.lower(), at + len(token)

    def _check_start(self, tag: str, begin: int, attributes: dict[str, str]) -> None:
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {self._offset(begin)}')

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _wrong(f"Unexpected end tag at byte offset {self._offset(begin)}")
        end = _skip(self.source, begin + 2, lambda letter: letter not in "> \t\n\r\f\v")
        name = self.source[begin + 2 : end].lower()
        end = _skip(self.source, end, str.isspace)
        if end == len(self.source) or self.source[end] != ">":
            raise _wrong(f"Unclosed end tag at byte offset {self._offset(begin)}")
        started = self.open.pop()
        if name and name != started.tag:
            raise _wrong(
                f'Unmatched end tag at byte offset {self._offset(begin)}, expected "</{started.tag}>", found "</{name}>"'
            )
        self.at = end + 1
        self._close(started)

    def _close(self, started: _Open) -> None:
        if self.length == started.at:
            return
        entity: Entity = {"offset": started.at, "length": self.length - started.at}
        if started.tag == "a":
            url = started.attributes.get("href") or _units_from("".join(self.shown), started.at)
            wrong = wrong_with(url)
            if wrong:
                self.doubts.append(f"a link to {url!r} is dropped: {wrong}")
                return
            entity |= {"type": "text_link", "url": url}
        elif started.tag == "span":
            entity |= {"type": "spoiler"}
        elif started.tag == "tg-emoji":
            entity |= {"type": "custom_emoji", "custom_emoji_id": started.attributes.get("emoji-id", "")}
        elif started.tag == "blockquote" and "expandable" in started.attributes:
            entity |= {"type": "expandable_blockquote"}
        else:
            entity |= {"type": PLAIN_TAGS[started.tag]}
        self.entities.append(entity)

    def _offset(self, at: int) -> int:
        return len(self.source[:at].encode())


def _decoded(source: str, at: int) -> tuple[str, int]:
    found = ENTITY.match(source, at)
    if not found:
        return "", at
    hexadecimal, decimal, name = found.groups()
    if name:
        return NAMED.get(name, ""), found.end()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return (chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000 else ""), found.end()


def _plain(value: str) -> str:
    shown, at = [], 0
    while at < len(value):
        letter, end = _decoded(value, at) if value[at] == "&" else ("", at)
        shown.append(letter or value[at])
        at = end if letter else at + 1
    return "".join(shown)


def _skip(text: str, at: int, passing: Any) -> int:
    while at < len(text) and passing(text[at]):
        at += 1
    return at


def _units_from(text: str, at: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[at * 2 :].decode("utf-16-le", "surrogatepass")


def _wrong(what: str) -> Refusal:
    return bad(f"can't parse entities: {what}")


def _markdown(text: str) -> Reading:
    """Escapes only: whoever needs MarkdownV2's entities teaches them to this fake first."""
    shown: list[str] = []
    at = 0
    while at < len(text):
        letter = text[at]
        if letter == "\\" and text[at + 1 : at + 2] and ord(text[at + 1]) < 127:
            at += 1
            letter = text[at]
        elif letter in RESERVED:
            raise _wrong(f"Character '{letter}' is reserved and must be escaped with the preceding '\\'")
        shown.append(letter)
        at += 1
    return Reading("".join(shown), [], [])
