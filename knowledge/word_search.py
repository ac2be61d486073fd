"""Free words in the texts of services.

Words come from strangers: they reach a database only folded (letters and digits), quoted and bound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from knowledge.full_text import Wanted, holding
from knowledge.kept import kept
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
_SIZE = text(
    "SELECT count(*) FROM (SELECT 1 FROM service_words WHERE territory_id IN :chain LIMIT :most) AS counted"
).bindparams(bindparam("chain", expanding=True))
_WORDS = ServiceWords.__table__.c
_SERVICES = select(_WORDS.number, _WORDS.service_id).where(_WORDS.number.in_(bindparam("numbers", expanding=True)))


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
    territories = tuple(chain)
    hits = _all_words(session, territories, words) or _some_words(session, territories, words)
    if not hits:
        return {}
    rows = session.execute(_SERVICES, {"numbers": list(hits)}).all()
    return {service_id: hits[number] for number, service_id in rows}


def _all_words(session: Session, chain: tuple[str, ...], words: tuple[str, ...]) -> dict[int, Hit]:
    hits: dict[int, Hit] = {}
    exact = [(Wanted("title", words), 3.0), (Wanted("any", words), 2.4)]
    alike = [(Wanted("title", words, begins=True), 2.6), (Wanted("any", words, begins=True), 2.0)]
    for asked in (exact, alike[:1], alike[1:]):
        if asked is not exact and (len(hits) >= _ENOUGH or len(words) > _MOST_ALIKE):
            break
        answers = holding(session, chain, [wanted for wanted, _ in asked], _MOST_HITS)
        for (wanted, relevance), numbers in zip(asked, answers, strict=True):
            for number in numbers:
                if number not in hits or hits[number].relevance < relevance:
                    hits[number] = Hit(relevance, wanted.where == "title", words)
    return hits


@dataclass(frozen=True, slots=True)
class _Telling:
    """A word that tells services apart. `form`, `begins`: how it was found; `numbers`: where."""

    word: str
    form: str
    begins: bool
    numbers: Sequence[int]


def _some_words(session: Session, chain: tuple[str, ...], words: Sequence[str]) -> dict[int, Hit]:
    common = max(5, min(_COMMON_AT_MOST, int(kept(session, _size, chain) * _COMMON_PART)))
    found = sorted(
        _telling(session, chain, words, common), key=lambda entry: (len(entry.numbers), words.index(entry.word))
    )
    rarest = found[:_MOST_TELLING]
    titled = holding(session, chain, [Wanted("title", (entry.form,), entry.begins) for entry in rarest], common)
    weights: dict[int, float] = defaultdict(float)
    matched: dict[int, list[str]] = defaultdict(list)
    titles: set[int] = set()
    for entry, named in zip(rarest, map(set, titled), strict=True):
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


def _telling(session: Session, chain: tuple[str, ...], words: Sequence[str], common: int) -> Iterator[_Telling]:
    """Where words stand, but for those that stand nearly everywhere or nowhere."""
    left = [word for word in words if len(word) >= _SHORTEST or not word.isascii()]
    for begins, form in ((False, str), (True, str), (True, _stem)):
        asked = [Wanted("any", (form(word),), begins) for word in left]
        answers = dict(zip(left, holding(session, chain, asked, common + 1), strict=True))
        for word, numbers in answers.items():
            if 0 < len(numbers) <= common:
                yield _Telling(word, form(word), begins, numbers)
        left = [word for word, numbers in answers.items() if not numbers]
        if not left:
            break


def _stem(word: str) -> str:
    # Endings carry the grammar in most languages here: "Anmeldungen", "meldunki", "kurssille".
    ending = 3 if len(word) >= _LONG else 2
    return word[:-ending] if len(word) - ending >= _SHORTEST_STEM else word


def _size(session: Session, chain: tuple[str, ...]) -> int:
    """How many services there are, counted no further than matters."""
    return session.scalar(_SIZE, {"chain": chain, "most": _MOST_COUNTED}) or 0
