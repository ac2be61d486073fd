"""Finds the services that answer a question, best first, and says why each of them is there.

The order, most important first: what was asked for in particular (offers), the circumstances, distance, the newcomer's
own territory before its parents, the service's main topic before a side topic, services for anyone before those for one
group, sourced before recalled, confirmed by the city before not, and address, phone and hours before vague records.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from sqlalchemy.orm import Session

from knowledge.candidates import Candidate, Candidates, Scope, scope_of
from knowledge.codes import load_vocabulary
from knowledge.reasons import Reason, reasons_for
from knowledge.wishes import HARD, Wishes
from knowledge.word_search import Hit, search_words

__all__ = ["Findings", "Found", "Query", "Reason", "find"]

# How many candidates a search for what is open looks at closely before it gives up.
_MOST_LOOKED_AT = 300
# Up to so many, all are looked at, and the total is exact.
_FEW = 30


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a newcomer needs.

    Attributes:
        territory: where.
        topics: codes of the vocabulary `topics`. Without any, the topics of `offers`, else `words` are searched for.
        circumstances: codes of the vocabulary `circumstances`.
        language_wanted: BCP 47; goes with the circumstance `language`.
        near: latitude and longitude in degrees; goes with `near_me`.
        words: free words, as typed.
        at: an aware moment, for `open_now`.
        exclude: ids of services not to be shown (again).
        limit: how many services at most.
        offers: codes of the vocabulary `offers`: what is wanted in particular.
    """

    territory: str
    at: datetime.datetime
    topics: Sequence[str] = ()
    circumstances: frozenset[str] = frozenset()
    language_wanted: str | None = None
    near: tuple[float, float] | None = None
    words: str = ""
    exclude: frozenset[str] = frozenset()
    limit: int = 3
    offers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Found:
    """One service: `rank` counts from 1; `distance_km` as the crow flies, where both ends are known."""

    service_id: str
    rank: int
    reasons: tuple[Reason, ...]
    distance_km: float | None = None
    open_until: datetime.datetime | None = None


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes:
        results: best first, at most `limit`.
        total: how many services fit, those in `exclude` not counted. Free words count a few hundred at most; for
            `open_now` above 30 it is how many have such hours in some week.
        relaxed: circumstances that nothing fitted and that were therefore left aside, codes in the vocabulary's order.
    """

    results: tuple[Found, ...] = ()
    total: int = 0
    relaxed: tuple[str, ...] = ()


@dataclass
class _Answer:
    chosen: list[Candidate] = field(default_factory=list)
    total: int = 0


def find(session: Session, query: Query) -> Findings:
    """The services for `query`. Nothing that fits gives an empty answer, never a random record.

    Raises:
        knowledge.territories.UnknownTerritory: there is no such territory.
        ValueError: `query.at` has no time zone.
    """
    scope = scope_of(session, query.territory, query.at)
    topics = list(dict.fromkeys(query.topics)) or _topics_of(query.offers)
    hits: dict[str, Hit] = {}
    if not topics:
        hits = search_words(session, query.words, scope.chain)
        if not hits:
            return Findings()
    wishes = Wishes.of(query.circumstances, query.language_wanted, query.near, query.offers, scope.official_languages)
    answer, dropped = _Answer(), tuple[str, ...]()
    for dropped in _ways_to_relax(wishes.hard):
        answer = _answer(session, query, scope, topics, hits, wishes.without(dropped))
        if answer.chosen:
            break
    else:
        return Findings()
    kept = wishes.without(dropped)
    relaxed = {*dropped, *_unmet(kept, answer.chosen)}
    results = tuple(
        Found(
            candidate.service_id,
            rank,
            reasons_for(candidate, kept, scope, hits.get(candidate.service_id)),
            candidate.distance_km,
            candidate.open_until,
        )
        for rank, candidate in enumerate(answer.chosen, start=1)
    )
    order = load_vocabulary().codes["circumstances"]
    return Findings(results, answer.total, tuple(code for code in order if code in relaxed))


def _topics_of(offers: frozenset[str]) -> list[str]:
    known = load_vocabulary().offer_topics
    return sorted({known[offer] for offer in offers if offer in known})


def _ways_to_relax(hard: frozenset[str]) -> list[tuple[str, ...]]:
    # As few as possible, and the least weighty first: HARD lists what can best be done without at its head.
    names = tuple(name for name in HARD if name in hard)
    few = [ways for count in range(min(len(names), 2) + 1) for ways in combinations(names, count)]
    return few + [names[:count] for count in range(3, len(names) + 1)]


def _answer(
    session: Session, query: Query, scope: Scope, topics: Sequence[str], hits: dict[str, Hit], wishes: Wishes
) -> _Answer:
    candidates = Candidates(session, scope, wishes, query.exclude)
    if topics:
        found, total = candidates.search(topics, _FEW if wishes.open_now else max(query.limit, 1))
        if not wishes.open_now:
            return _Answer(found[: query.limit], total)
        open_now = candidates.open_ones(found, query.limit if total > _FEW else None)
        if len(open_now) < query.limit and total > _FEW:
            found = candidates.by_topic(topics, _MOST_LOOKED_AT)
            open_now = candidates.open_ones(found, query.limit)
    else:
        found = candidates.by_id(hits)
        total = len(found)
        if not wishes.open_now:
            return _Answer(found[: query.limit], total)
        open_now = candidates.open_ones(found, None)
    return _Answer(open_now[: query.limit], len(open_now) if total <= _FEW or not topics else total)


def _unmet(wishes: Wishes, chosen: Sequence[Candidate]) -> set[str]:
    unmet = set()
    if wishes.women and not any(candidate.for_women for candidate in chosen):
        unmet.add("women")
    if wishes.near_me and not any(candidate.distance_km is not None for candidate in chosen):
        unmet.add("near_me")
    return unmet
