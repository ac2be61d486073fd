"""Free words in the texts of services.

Words come from strangers: they reach a database only folded (letters and digits), quoted and bound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from knowledge.full_text import territory_token
from knowledge.model import ServiceWords
from knowledge.words import wanted_words

_MOST_HITS = 120
# Enough exact finds: looking for words that only begin alike would add nothing that is shown.
_ENOUGH = 20
# A word that stands in more than this part of all services ("the", "for") tells nothing about any of them.
_COMMON_PART = 0.2
_COMMON_AT_MOST = 300
_MOST_COUNTED = int(_COMMON_AT_MOST / _COMMON_PART)
_SHORTEST = 3
_SHORTEST_STEM = 4
_LONG = 8
# Of a longer message, this many of the rarest words decide.
_MOST_TELLING = 4
_MOST_ALIKE = 4

_SQLITE = {
    "title": text("SELECT rowid FROM service_titles_index WHERE service_titles_index MATCH :match LIMIT :most"),
    "any": text("SELECT rowid FROM service_words_index WHERE service_words_index MATCH :match LIMIT :most"),
}
_COUNT = text(
    "SELECT count(*) FROM (SELECT 1 FROM service_words_index WHERE service_words_index MATCH :match LIMIT :most)"
)
_COUNT = text(
    "SELECT count(*) FROM (SELECT 1 FROM service_words WHERE territory_id IN :chain LIMIT :most) AS counted"
).bindparams(bindparam("chain", expanding=True))
_POSTGRESQL = {
    where: text(
        f"SELECT number FROM service_words WHERE {vector} @@ to_tsquery('simple', :match) "
        "AND territory_id IN :chain LIMIT :most"
    ).bindparams(bindparam("chain", expanding=True))
    for where, vector in (
        ("title", "to_tsvector('simple', title)"),
        ("any", "to_tsvector('simple', title || ' ' || body)"),
    )
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A service in which words were found. `relevance`: the higher, the better."""

    relevance: float
    in_title: bool
    words: tuple[str, ...]


def search_words(session: Session, typed: str, chain: Sequence[str]) -> dict[str, Hit]:
    """The services of the territories `chain` that hold the words of `typed`, by id; a few hundred at most.

    First those that hold all words, in the name or anywhere. If there are none: those with one telling word in the name,
    or two anywhere. Words match from their beginning, and without their last letters if nothing else does.
    """
    words = wanted_words(typed)
    if not words:
        return {}
    index = _Index(session, tuple(chain))
    hits: dict[int, Hit] = {}
    for where, begins, relevance in (
        ("title", False, 3.0),
        ("any", False, 2.4),
        ("title", True, 2.6),
        ("any", True, 2.0),
    ):
        if begins and (len(hits) >= _ENOUGH or len(words) > _MOST_ALIKE):
            break
        for number in index.holding(where, words, begins=begins):
            if number not in hits or hits[number].relevance < relevance:
                hits[number] = Hit(relevance, where == "title", words)
    return index.by_service(hits or _some_words(index, words))


@dataclass(frozen=True, slots=True)
class _Word:
    """Where a word stands. `form`, `begins`: how it was found."""

    word: str
    form: str
    begins: bool
    numbers: frozenset[int]


def _some_words(index: _Index, words: Sequence[str]) -> dict[int, Hit]:
    common = max(5, min(_COMMON_AT_MOST, int(index.size() * _COMMON_PART)))
    found = [entry for word in words if (entry := _telling(index, word, common)) is not None]
    found.sort(key=lambda entry: len(entry.numbers))
    weights: dict[int, float] = defaultdict(float)
    matched: dict[int, list[str]] = defaultdict(list)
    titles: set[int] = set()
    for entry in found[:_MOST_TELLING]:
        named = set(index.holding("title", (entry.form,), begins=entry.begins, most=common))
        titles |= named
        for number in entry.numbers:
            weights[number] += (2.0 if number in named else 1.0) / (1 + len(entry.numbers))
            matched[number].append(entry.word)
    alone = len(words) == 1
    shown = [number for number in weights if number in titles or len(matched[number]) > 1 or alone]
    shown.sort(key=lambda number: (-weights[number], number))
    return {
        number: Hit(min(weights[number], 1.9), number in titles, tuple(matched[number]))
        for number in shown[:_MOST_HITS]
    }


def _telling(index: _Index, word: str, common: int) -> _Word | None:
    """Where a word stands, unless that is nearly everywhere or nowhere."""
    if len(word) < _SHORTEST and word.isascii():
        return None
    for form, begins in ((word, False), (word, True), (_stem(word), True)):
        numbers = frozenset(index.holding("any", (form,), begins=begins, most=common + 1))
        if len(numbers) > common:
            return None
        if numbers:
            return _Word(word, form, begins, numbers)
    return None


def _stem(word: str) -> str:
    # Endings carry the grammar in most languages here: "Anmeldungen", "meldunki", "kurssille".
    ending = 3 if len(word) >= _LONG else 2
    return word[:-ending] if len(word) - ending >= _SHORTEST_STEM else word


class _Index:
    """The full-text index of either database, for the services of some territories."""

    def __init__(self, session: Session, chain: tuple[str, ...]) -> None:
        self.session, self.chain = session, chain
        self.is_sqlite = session.get_bind().dialect.name == "sqlite"

    def size(self) -> int:
        """How many services there are, counted no further than matters."""
        return self.session.scalar(_COUNT, {"chain": list(self.chain), "most": _MOST_COUNTED}) or 0

    def holding(self, where: str, words: Sequence[str], *, begins: bool, most: int = _MOST_HITS) -> list[int]:
        """The numbers (`service_words.number`) of services with all `words` in their `title`, or in `any` text.

        With `begins`, words that begin like these count too.
        """
        if self.is_sqlite:
            values: dict[str, object] = {"match": self._match(where, words, begins=begins), "most": most}
            return list(self.session.scalars(_SQLITE[where], values))
        values = {"match": _tsquery(words, begins=begins), "most": most, "chain": list(self.chain)}
        return list(self.session.scalars(_POSTGRESQL[where], values))

    def by_service(self, hits: dict[int, Hit]) -> dict[str, Hit]:
        """The same hits by the id of the service."""
        if not hits:
            return {}
        statement = select(ServiceWords.number, ServiceWords.service_id).where(ServiceWords.number.in_(hits))
        return {row.service_id: hits[row.number] for row in self.session.execute(statement)}

    def _match(self, where: str, words: Sequence[str], *, begins: bool) -> str:
        territories = " OR ".join(territory_token(territory) for territory in self.chain)
        columns = "title" if where == "title" else "{title body}"
        wanted = " AND ".join(f'"{word}" *' if begins and _grows(word) else f'"{word}"' for word in words)
        return f"territory_id : ({territories}) AND {columns} : ({wanted})"


def _tsquery(words: Sequence[str], *, begins: bool) -> str:
    return " & ".join(f"'{word}':*" if begins and _grows(word) else f"'{word}'" for word in words)


def _grows(word: str) -> bool:
    # One or two letters begin far too many words; a single sign of a script without spaces is a word of its own.
    return len(word) >= _SHORTEST
