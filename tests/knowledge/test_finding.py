"""Finding: who gets which services, in which order, and why."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from knowledge.finding import Findings, Query, find
from knowledge.model import Service
from knowledge.search_rows import refresh
from knowledge.seed import load
from knowledge.store import Store
from knowledge.texts import set_text
from tests.knowledge.conftest import MONDAY


def search(store: Store, **fields: Any) -> Findings:
    fields["circumstances"] = frozenset(fields.get("circumstances", ()))
    with store.session() as session:
        return find(session, Query(**{"territory": "turin", "at": MONDAY, "limit": 10, **fields}))


def ids(findings: Findings) -> list[str]:
    return [found.service_id for found in findings.results]


HOUSING = ["turin-homes", "turin-recalled", "turin-women-homes", "turin-men-homes", "turin-rent", "it-housing"]
AT_NIGHT = datetime.datetime(2026, 11, 23, 22, 0, tzinfo=datetime.UTC)
CASES: list[tuple[str, dict[str, Any], list[str], tuple[str, ...]]] = [
    ("own before parents, main topic before side topic", {}, HOUSING, ()),
    (
        "for women",
        {"circumstances": ["women"]},
        ["turin-women-homes", "turin-homes", "turin-recalled", "turin-rent", "it-housing"],
        (),
    ),
    (
        "without papers",
        {"circumstances": ["no_papers"]},
        ["turin-homes", "turin-recalled", "turin-women-homes", "turin-men-homes", "it-housing"],
        (),
    ),
    ("open now", {"circumstances": ["open_now"]}, ["turin-homes"], ()),
    ("nothing open at night", {"circumstances": ["open_now"], "at": AT_NIGHT}, HOUSING, ("open_now",)),
    (
        "free first, paid out",
        {"circumstances": ["free"]},
        ["turin-homes", "turin-recalled", "turin-women-homes", "turin-men-homes", "it-housing"],
        (),
    ),
    (
        "spoken before interpreters",
        {"circumstances": ["language"], "language_wanted": "ar-EG"},
        ["turin-homes", "turin-women-homes"],
        (),
    ),
    ("the official language is spoken anyway", {"circumstances": ["language"], "language_wanted": "it"}, HOUSING, ()),
    (
        "an offer wanted in particular",
        {"offers": frozenset({"rent_subsidy"}), "limit": 1},
        ["turin-rent"],
        (),
    ),
    ("the nearer first", {"near": (45.03, 7.66), "limit": 2}, ["turin-women-homes", "turin-homes"], ()),
    ("near, but from where", {"circumstances": ["near_me"], "limit": 1}, ["turin-homes"], ("near_me",)),
    ("not again", {"exclude": frozenset(HOUSING[:4])}, HOUSING[4:], ()),
    (
        "only what cannot be had is given up",
        {"circumstances": ["no_papers", "online", "open_now"], "at": AT_NIGHT},
        ["turin-homes"],
        ("open_now",),
    ),
]


@pytest.mark.parametrize(("asked", "expected", "relaxed"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_order(filled: Store, asked: dict[str, Any], expected: list[str], relaxed: tuple[str, ...]) -> None:
    found = search(filled, topics=["housing"], **asked)
    assert ids(found) == expected
    assert found.relaxed == relaxed


def test_men_only_is_never_shown_to_women(filled: Store) -> None:
    asked = frozenset({"women", "open_now", "online"})
    found = search(filled, topics=["housing"], circumstances=asked, at=AT_NIGHT)
    assert "turin-men-homes" not in ids(found)


def test_what_a_parent_keeps_to_itself_is_not_shown(filled: Store) -> None:
    assert "it-hidden" not in ids(search(filled, topics=["housing"]))
    assert "it-hidden" in ids(search(filled, topics=["housing"], territory="it"))


def test_total_counts_beyond_the_limit(filled: Store) -> None:
    found = search(filled, topics=["housing"], limit=2)
    assert (len(found.results), found.total) == (2, 6)


@pytest.mark.parametrize(
    "wanted", [{}, {"circumstances": ["language"], "language_wanted": "ar"}], ids=["any", "Arabic"]
)
def test_a_service_under_two_topics_is_one_service(
    filled: Store, seeds: Path, rewrite: Callable[..., Path], wanted: dict[str, Any]
) -> None:
    rewrite("turin-rent", languages=["ar"])
    load(filled, seeds)
    both = search(filled, topics=["housing", "social_assistance"], **wanted)
    housing = search(filled, topics=["housing"], **wanted)
    assert sorted(ids(both)) == sorted(ids(housing))
    assert both.total == housing.total == len(both.results)
    reasons = {found.service_id: {reason.code: reason.detail for reason in found.reasons} for found in both.results}
    assert reasons["turin-rent"]["main_topic"] == "social_assistance"
    first = search(filled, topics=["housing", "social_assistance"], limit=1, **wanted)
    assert (ids(first), first.total) == (ids(both)[:1], both.total)


def test_ranks_come_with_reasons(filled: Store) -> None:
    asked = frozenset({"free", "open_now"})
    found = search(filled, topics=["housing"], circumstances=asked, limit=1).results[0]
    codes = {reason.code: reason.detail for reason in found.reasons}
    assert found.rank == 1
    assert codes["own_territory"] == "turin"
    assert codes["main_topic"] == "housing"
    assert codes["open_now"] == "2026-11-23T17:00:00+01:00"
    assert {"free", "sourced", "not_assured"} <= codes.keys()


WORDS: list[tuple[str, str, list[str]]] = [
    ("a name", "anagrafe", ["turin-registry"]),
    ("another language's name", "Registry", ["turin-registry"]),
    ("the beginning of a word", "anagr", ["turin-registry"]),
    ("an ending of its own", "anagrafica", ["turin-registry"]),
    ("a word of the text", "residenza", ["turin-registry"]),
    ("case and accents", "RÉSIDENZA", ["turin-registry"]),
    ("an offer", "address registration", ["turin-registry"]),
    ("search syntax", '"anagrafe" AND NEAR(* ^', ["turin-registry"]),
    ("only signs", '"*()^:-', []),
    ("nothing", "   ", []),
    ("no such word", "xylophone", []),
    ("another script", "регистрация 日本語 تسجيل", []),
    ("words that tell nothing, one of them missing", "città moon", []),
    ("what a parent hides", "Hidden", []),
    ("a quote that would end the query", "'; DROP TABLE xy; --", []),
]


@pytest.mark.parametrize(("words", "expected"), [c[1:] for c in WORDS], ids=[c[0] for c in WORDS])
def test_free_words(filled: Store, words: str, expected: list[str]) -> None:
    assert ids(search(filled, words=words)) == expected


def test_texts_in_scripts_without_spaces_are_found(filled: Store) -> None:
    with filled.write() as session:
        set_text(session, "service", "turin-registry", "name", "zh", "都灵户籍登记处")
        refresh(session, ["turin-registry"])
    assert ids(search(filled, words="户籍")) == ["turin-registry"]
    assert ids(search(filled, words="籍户")) == ["turin-registry"]


def test_an_edit_is_found_at_once_and_a_retired_record_is_not(filled: Store) -> None:
    with filled.write() as session:
        set_text(session, "service", "turin-homes", "name", "it", "Sportello Girasole")
        refresh(session, ["turin-homes"])
    assert ids(search(filled, words="girasole")) == ["turin-homes"]
    with filled.write() as session:
        session.execute(update(Service).where(Service.id == "turin-homes").values(status="inactive"))
        refresh(session, ["turin-homes"])
    assert ids(search(filled, words="girasole")) == []
    assert "turin-homes" not in ids(search(filled, topics=["housing"]))


def test_a_question_without_any_hint_gets_nothing(filled: Store) -> None:
    assert search(filled) == Findings()
