"""Seed records: mistakes are named with file and line, and loading never undoes a city's work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from knowledge.model import Service, Translation
from knowledge.search_rows import refresh
from knowledge.seed import Problem, SeedProblems, check, load
from knowledge.store import Store
from knowledge.texts import set_text

REAL = Path(__file__).parents[2] / "knowledge" / "territories"
START = """id: turin-new
name: {it: Nuovo}
organization: Città di Torino
topics: [housing]
"""
# What stands after START, the line and the field of the mistake, and a word of what is expected.
MISTAKES: list[tuple[str, str, int, str, str]] = [
    ("an unknown field", "nmae: x", 5, "nmae", "no such field"),
    ("an unknown code", "offers: [legal_advice, legal]", 5, "offers[1]", "offers.yml"),
    ("a code twice", "for: [women, women]", 5, "for", "only once"),
    ("a phone number of nowhere", "phones:\n  - {number: '+39 11'}", 6, "phones[0].number", "telephone number of IT"),
    ("a long short number", "phones: [{number: '0114429411', short: true}]", 5, "phones[0].number", "8 digits"),
    ("no language", "description: {xq: Ciao}", 5, "description.xq", "BCP 47"),
    ("a text without language", "description: Ciao", 5, "description", "texts by language"),
    (
        "hours that end before they begin",
        "hours:\n  - {days: [mon], from: '12:00', to: '09:00'}",
        6,
        "hours[0]",
        "next_day",
    ),
    ("no weekday", "hours: [{days: [lun], from: '09:00', to: '12:00'}]", 5, "hours[0].days[0]", "mon"),
    ("a number for a text", "places: [{city: Torino, postal_code: 10122}]", 5, "places[0].postal_code", "quotes"),
    ("an amount that is none", "costs: [{code: amount}]", 5, "costs[0]", "an amount"),
    ("a day that is none", "assured: 2026-02-30", 5, "assured", "date"),
    ("a doubt about nothing", "doubts: [{field: plaxes, note: x}]", 5, "doubts[0].field", "plaxes"),
    ("sourced without source", "confidence: sourced", 5, "confidence", "source"),
    ("a web page without address", "website: www.example.org", 5, "website", "https://"),
    ("broken YAML", "places: [", 6, "", "valid YAML"),
    ("a key twice", "topics: [housing]", 5, "", "twice"),
]


@pytest.mark.parametrize(("text", "line", "field", "expected"), [c[1:] for c in MISTAKES], ids=[c[0] for c in MISTAKES])
def test_mistakes_in_a_service(seeds: Path, text: str, line: int, field: str, expected: str) -> None:
    path = seeds / "turin" / "services" / "turin-new.yml"
    path.write_text(START + text + "\n", encoding="utf-8")
    problems = check(seeds)
    assert [(problem.file, problem.line, problem.field) for problem in problems] == [(path, line, field)]
    assert expected in problems[0].expected


REFERENCES: list[tuple[str, str, str, str]] = [
    ("parent", "parent: piemonte", "parent: spain", "id of a territory"),
    ("desk", "desk: turin-desk", "desk: nobody", "id of a service"),
    ("first steps", "- turin-registry", "- nobody", "id of a service"),
    ("time zone", "Europe/Rome", "Europe/Turin", "time zone"),
    ("holidays", "subdivision: TO", "subdivision: XX", "holidays package"),
    ("own id", "id: turin", "id: torino", "name of the folder"),
]


@pytest.mark.parametrize(("old", "new", "expected"), [c[1:] for c in REFERENCES], ids=[c[0] for c in REFERENCES])
def test_mistakes_in_a_territory(seeds: Path, old: str, new: str, expected: str) -> None:
    path = seeds / "turin" / "territory.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    problems = [problem for problem in check(seeds) if problem.file == path]
    assert problems and expected in problems[0].expected


def test_an_id_used_twice_is_named(seeds: Path) -> None:
    (seeds / "it" / "services" / "turin-homes.yml").write_text(
        START.replace("turin-new", "turin-homes"), encoding="utf-8"
    )
    assert any("has the same" in problem.expected for problem in check(seeds))


def test_missing_vocabularies_are_named(seeds: Path, tmp_path: Path) -> None:
    problems = check(seeds, tmp_path / "none")
    assert len(problems) == 1 and "restore it" in problems[0].expected


def test_the_fixtures_are_valid(seeds: Path) -> None:
    assert check(seeds) == []


@pytest.mark.skipif(not any(REAL.glob("*/territory.yml")), reason="no seed records yet in knowledge/territories")
def test_every_seed_record_is_valid() -> None:
    assert [str(problem) for problem in check(REAL)] == []


def test_loading_again_changes_nothing(store: Store, seeds: Path) -> None:
    first, second = load(store, seeds), load(store, seeds)
    assert (len(first.added), second.added, second.changed, second.unchanged) == (10, [], [], 10)


def test_only_what_changed_is_written(filled: Store, seeds: Path, rewrite: Callable[..., Path]) -> None:
    rewrite("turin-homes", name={"it": "Casa nuova"}, places=[])
    result = load(filled, seeds)
    assert (result.changed, result.added, result.removed) == (["turin-homes"], [], [])
    with filled.session() as session:
        service = session.get(Service, "turin-homes")
        assert service is not None and service.name == "Casa nuova" and service.places == []
        query = select(func.count()).select_from(Translation).where(Translation.service_id == "turin-homes")
        assert session.scalar(query) == 1


def test_a_record_that_the_city_edited_stays(filled: Store, seeds: Path, rewrite: Callable[..., Path]) -> None:
    with filled.write() as session:
        set_text(session, "service", "turin-homes", "name", "it", "Della città")
        service = session.get(Service, "turin-homes")
        assert service is not None
        service.edited_by_city = True
        refresh(session, ["turin-homes"])
    rewrite("turin-homes", name={"it": "Dal seme"})
    assert load(filled, seeds).kept == ["turin-homes"]
    (seeds / "turin" / "services" / "turin-homes.yml").unlink()
    assert load(filled, seeds).removed == []
    with filled.session() as session:
        service = session.get(Service, "turin-homes")
        assert service is not None and service.name == "Della città"


def test_a_record_whose_file_is_gone_goes(filled: Store, seeds: Path) -> None:
    (seeds / "turin" / "services" / "turin-men-homes.yml").unlink()
    assert load(filled, seeds).removed == ["turin-men-homes"]
    with filled.session() as session:
        assert session.get(Service, "turin-men-homes") is None


def test_one_mistake_keeps_everything_out(store: Store, seeds: Path, rewrite: Callable[..., Path]) -> None:
    rewrite("turin-homes", topics=["nothing"])
    with pytest.raises(SeedProblems, match="turin-homes.yml:"):
        load(store, seeds)
    with store.session() as session:
        assert session.scalar(select(func.count()).select_from(Service)) == 0


def test_an_empty_folder_does_not_empty_the_database(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SeedProblems):
        load(filled, tmp_path / "empty")


def test_a_problem_reads_like_a_compiler_message() -> None:
    problem = Problem(Path("a.yml"), 3, "turin-homes", "phones[0].number", "a telephone number of IT")
    assert str(problem) == "a.yml:3: turin-homes: phones[0].number: a telephone number of IT"
