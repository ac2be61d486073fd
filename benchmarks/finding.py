"""How fast services are found in a database with 100,000 of them, beside a plain LIKE over the same tables.

    python -m benchmarks.finding [--services 100000] [--seconds 20] [--database PATH]

Every service is made from a fixed random seed, so two runs compare. One territory holds four fifths of them.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from knowledge.codes import load_vocabulary
from knowledge.finding import Query, find
from knowledge.flags import Flag, audience_flags, cost_flags
from knowledge.migrations import upgrade
from knowledge.model import (
    Organization,
    Schedule,
    Service,
    ServiceTag,
    ServiceTopic,
    ServiceWords,
    Territory,
    Translation,
)
from knowledge.search_rows import open_slots, spaced, standing
from knowledge.store import Store
from knowledge.words import fold

AT = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.UTC)
BATCH = 5000
SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xa",
    "yo",
    "za",
    "bri",
    "cla",
    "dre",
    "flo",
    "gri",
]
LANGUAGES = ("en", "fr", "ar", "fa", "uk", "ti", "so", "ur", "tr", "es")


def main() -> int:
    """Makes the database if it is not there, measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--services", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="for all searches together")
    parser.add_argument("--database", type=Path, help="kept and used again; default: a temporary file")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.database or Path(folder) / "finding.db"
        fresh = not path.exists()
        store = Store(f"sqlite:///{path}")
        began = time.perf_counter()
        upgrade(store)
        if fresh:
            fill(store, chosen.services)
            print(f"made {chosen.services} services in {time.perf_counter() - began:.0f} s")
        print(
            f"machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
            f"SQLAlchemy {sqlalchemy.__version__}, SQLite {sqlite3.sqlite_version}, "
            f"database {path.stat().st_size / 1e6:.0f} MB"
        )
        measure(store, chosen.seconds)
        store.close()
    return 0


def measure(store: Store, seconds: float) -> None:
    """Prints the median and 95th percentile, in milliseconds, of each kind of search."""
    print(f"{'search':34} {'searches':>8} {'found':>7} {'p50 ms':>8} {'p95 ms':>8}")
    searches = list(kinds())
    for name, search in searches:
        times: list[float] = []
        found = 0
        end = time.perf_counter() + seconds / len(searches)
        chance = random.Random(name)
        with store.session() as session:
            for _ in range(3):
                search(session, random.Random("warm"))
        while (began := time.perf_counter()) < end or len(times) < 20:
            with store.session() as session:
                found += search(session, chance)
            times.append((time.perf_counter() - began) * 1000)
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"{name:34} {len(times):8} {found / len(times):7.0f} {statistics.median(times):8.2f} {p95:8.2f}")


def kinds() -> Iterator[tuple[str, Callable[[Session, random.Random], int]]]:
    """The searches that are measured: each takes a session and a source of chance, and returns how many it found."""
    topics = load_vocabulary().codes["topics"]
    offers = load_vocabulary().codes["offers"]
    circumstances = ("women", "children", "no_papers", "free", "online", "open_now", "near_me", "language")

    def by(**fixed: Any) -> Callable[[Session, random.Random], int]:
        def search(session: Session, chance: random.Random) -> int:
            territory = chance.choice(("big", "big", "big", "small"))
            values: dict[str, Any] = {"territory": territory, "topics": [chance.choice(topics)], "at": AT}
            values |= {key: value(chance) if callable(value) else value for key, value in fixed.items()}
            return find(session, Query(**values)).total

        return search

    yield "topic", by()
    yield "largest topic, largest territory", by(territory="big", topics=["community"])
    yield "topic, offers", by(offers=lambda chance: frozenset(chance.sample(offers, 2)))
    for code in circumstances:
        extra: dict[str, Any] = {"near": (45.07, 7.68)} if code == "near_me" else {}
        extra |= {"language_wanted": "ti"} if code == "language" else {}
        yield f"topic, {code}", by(circumstances=frozenset({code}), **extra)
    yield (
        "largest topic, five circumstances",
        by(
            territory="big",
            topics=["community"],
            circumstances=frozenset({"women", "no_papers", "free", "open_now", "language"}),
            language_wanted="ti",
        ),
    )
    yield "one word", by(topics=[], words=word)
    yield "two words", by(topics=[], words=lambda chance: f"{word(chance)} {word(chance)}")
    yield "a sentence", by(topics=[], words=lambda chance: " ".join(word(chance) for _ in range(8)))
    yield "a word in every record", by(topics=[], words="people")
    yield "peer: LIKE '%word%'", like


def like(session: Session, chance: random.Random) -> int:
    """What one would write first: LIKE over names, descriptions and translations."""
    statement = text(
        "SELECT DISTINCT s.id FROM service s LEFT JOIN translation t ON t.service_id = s.id "
        "WHERE s.territory_id = :territory AND (s.name LIKE :like OR s.description LIKE :like OR t.text LIKE :like) "
        "LIMIT 200"
    )
    return len(session.execute(statement, {"territory": "big", "like": f"%{word(chance)}%"}).all())


def word(chance: random.Random) -> str:
    """A made-up word; small numbers, and so some words, are more frequent."""
    number = int(len(SYLLABLES) ** 3 * chance.random() ** 3)
    first, rest = divmod(number, len(SYLLABLES) ** 2)
    second, third = divmod(rest, len(SYLLABLES))
    return SYLLABLES[first] + SYLLABLES[second] + SYLLABLES[third]


def fill(store: Store, services: int) -> None:
    """Writes the territories and `services` services: four fifths in one, the others in another; some shared."""
    with store.write() as session:
        for name, parent in (("country", None), ("big", "country"), ("small", "country")):
            session.add(
                Territory(
                    id=name,
                    parent_id=parent,
                    name=name,
                    kind="city" if parent else "country",
                    country="IT",
                    timezone="Europe/Rome",
                    official_languages=["it"],
                    currency="EUR",
                )
            )
            session.flush()
            session.add(Organization(id=f"organization-{name}", territory_id=name, name=f"City of {name}"))
    chance = random.Random(20261121)
    for start in range(0, services, BATCH):
        rows: dict[type, list[dict[str, Any]]] = {}
        for number in range(start, min(start + BATCH, services)):
            for table, row in service(number, chance):
                rows.setdefault(table, []).append(row)
        with store.write() as session:
            for table, made in rows.items():
                session.execute(insert(table), made)
    with store.connection() as connection:
        connection.exec_driver_sql("ANALYZE")


def service(number: int, chance: random.Random) -> Iterator[tuple[type, dict[str, Any]]]:
    """The rows of one service."""
    vocabulary = load_vocabulary()
    territory = "country" if number % 100 == 0 else "small" if number % 5 == 1 else "big"
    key, chosen = f"service-{number}", chance.sample(vocabulary.codes["topics"], 2)
    if chance.random() < 0.15:
        chosen[0] = "community"
        chosen = list(dict.fromkeys(chosen))
    offers = chance.sample(vocabulary.codes["offers"], 3)
    audiences = chance.sample(vocabulary.codes["audiences"], 2)
    papers = chance.choice((None, None, "needed", "not_needed"))
    costs = [chance.choice(vocabulary.codes["costs"])]
    languages = chance.sample(LANGUAGES, 3)
    name = f"{word(chance)} {word(chance)} {word(chance)}"
    prose = "people who need help " + " ".join(word(chance) for _ in range(40))
    flags = audience_flags(audiences, papers, None) | cost_flags(costs) | Flag.HAS_PHONE | Flag.HAS_HOURS
    for flag, odds in ((Flag.SOURCED, 0.9), (Flag.ASSURED, 0.5), (Flag.HAS_ADDRESS, 0.8), (Flag.ONLINE, 0.2)):
        flags |= flag if chance.random() < odds else Flag(0)
    if territory == "country":
        flags |= Flag.SHARED
    shared = {"territory_id": territory, "service_id": key}
    yield (
        Service,
        {
            "id": key,
            "territory_id": territory,
            "organization_id": f"organization-{territory}",
            "name": name,
            "description": prose,
            "shared": territory == "country",
            "extra": {},
        },
    )
    hours = Schedule(byday="MO,TU,WE,TH,FR", opens_at=chance.choice(("08:00", "09:00", "14:00")), closes_at="17:00")
    yield (
        Schedule,
        {
            **shared,
            "id": f"{key}/hours",
            "freq": "WEEKLY",
            "byday": hours.byday,
            "opens_at": hours.opens_at,
            "closes_at": hours.closes_at,
            "extra": {},
        },
    )
    for field, content in (("name", name), ("description", prose)):
        yield (
            Translation,
            {
                **shared,
                "id": f"{key}/{field}",
                "record_type": "service",
                "record_id": key,
                "field": field,
                "language": "it",
                "text": content,
            },
        )
    for position, topic in enumerate(chosen):
        tag = {"id": f"{key}/topic-{position}", "vocabulary": "topics", "code": topic, "position": position}
        yield ServiceTag, shared | tag
        yield (
            ServiceTopic,
            {
                **shared,
                "topic": topic,
                "position": position,
                "standing": standing(flags, position),
                "flags": int(flags),
                "languages": spaced(languages),
                "offers": spaced(offers),
                "latitude": 45 + chance.random() / 5,
                "longitude": 7.6 + chance.random() / 5,
                "points": 1,
                **open_slots([hours]),
            },
        )
    yield ServiceWords, {**shared, "title": fold(name), "body": fold(prose)}


if __name__ == "__main__":
    sys.exit(main())
