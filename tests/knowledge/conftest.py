"""A small knowledge base: Italy, Piemonte and Turin, each with services of its own."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.migrations import upgrade
from knowledge.seed import load
from knowledge.store import Store

MONDAY = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.UTC)
TERRITORIES: dict[str, dict[str, Any]] = {
    "it": {
        "name": {"it": "Italia", "en": "Italy"},
        "kind": "country",
        "chat": False,
        "emergency": [
            {"kinds": ["danger", "violence"], "service": "emergency", "number": "112", "free": True, "hours": "always"},
            {"kinds": ["violence"], "service": "violence_helpline", "number": "1522", "free": True, "hours": "always"},
        ],
    },
    "piemonte": {"name": {"it": "Piemonte"}, "kind": "region", "parent": "it"},
    "turin": {
        "name": {"it": "Torino", "en": "Turin"},
        "kind": "city",
        "parent": "piemonte",
        "subdivision": "TO",
        "holidays": ["06-24"],
        "desk": "turin-desk",
        "emergency": [
            {"kinds": ["violence"], "service": "violence_helpline", "number": "011 4429411", "hours": "always"}
        ],
        "first_steps": [{"step": "register_address", "services": ["turin-registry"]}],
    },
}
SHARED = {"country": "IT", "timezone": "Europe/Rome", "official_languages": ["it"], "currency": "EUR"}
WEEK = [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}]
SOURCE = {"sources": [{"url": "https://example.org/page", "supports": "address"}]}
SERVICES: dict[str, dict[str, dict[str, Any]]] = {
    "it": {
        "it-1522": {
            "name": {"it": "Numero antiviolenza", "en": "Violence helpline"},
            "topics": ["women_support"],
            "for": ["women"],
            "phones": [{"number": "1522", "short": True, "free": True, "note": {"en": "day and night"}}],
            "come": ["phone"],
            "costs": [{"code": "free"}],
            "holidays": "open",
            "hours": [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "24:00"}],
        },
        "it-housing": {"name": {"en": "National housing help"}, "topics": ["housing"], "languages": ["ti"], **SOURCE},
        "it-hidden": {"name": {"en": "Hidden office"}, "topics": ["housing"], "shared": False},
    },
    "piemonte": {},
    "turin": {
        "turin-desk": {"name": {"it": "Servizio Stranieri"}, "topics": ["one_stop_shop"], **SOURCE},
        "turin-registry": {
            "name": {"it": "Anagrafe", "en": "Registry office"},
            "topics": ["registration"],
            "offers": ["address_registration"],
            "papers": "needed",
            "bring": ["identity_document"],
            "costs": [{"code": "amount", "amount": 16, "note": {"en": "certificate"}}],
            "phones": [{"number": "011 4429411"}],
            "description": {"it": "Iscrizione della residenza.", "en": "Registers where people live."},
            "places": [{"address": "Via della Consolata 23", "city": "Torino", "hours": WEEK}],
            "closed": ["2026-12-24"],
            **SOURCE,
        },
        "turin-homes": {
            "name": {"it": "Casa per tutti", "en": "Homes for everyone"},
            "topics": ["housing"],
            "for": ["everyone"],
            "phones": [{"number": "011 4429412"}],
            "languages": ["ar", "it"],
            "costs": [{"code": "free"}],
            "places": [{"address": "Via Po 1", "latitude": 45.07, "longitude": 7.69, "hours": WEEK}],
            **SOURCE,
        },
        "turin-women-homes": {
            "name": {"en": "House of women"},
            "topics": ["housing"],
            "for": ["women"],
            "interpreters": "yes",
            "places": [{"address": "Via Nizza 1", "latitude": 45.03, "longitude": 7.67}],
            **SOURCE,
        },
        "turin-men-homes": {"name": {"en": "House of men"}, "topics": ["housing"], "for": ["men"], **SOURCE},
        "turin-rent": {
            "name": {"en": "Rent office"},
            "topics": ["social_assistance", "housing"],
            "offers": ["rent_subsidy"],
            "for": ["registered_residents"],
            "costs": [{"code": "paid"}],
            **SOURCE,
        },
        "turin-recalled": {"name": {"en": "Old housing board"}, "topics": ["housing"], "confidence": "recalled"},
    },
}


def write_record(folder: Path, territory: str, service: str, record: dict[str, Any]) -> Path:
    """Writes a service file and returns its path."""
    path = folder / territory / "services" / f"{service}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"id": service, "organization": "Città di Torino", **record}
    path.write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def write_territory(folder: Path, territory: str, record: dict[str, Any]) -> Path:
    """Writes a territory file and returns its path."""
    path = folder / territory / "territory.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"id": territory, **SHARED, **record}, allow_unicode=True, sort_keys=False))
    return path


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A folder of seed records."""
    folder = tmp_path / "territories"
    for territory, record in TERRITORIES.items():
        write_territory(folder, territory, record)
        for service, values in SERVICES[territory].items():
            write_record(folder, territory, service, values)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An upgraded, empty database."""
    made = Store(f"sqlite:///{tmp_path / 'knowledge.db'}")
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def filled(store: Store, seeds: Path) -> Store:
    """A database with the seed records."""
    load(store, seeds)
    return store


@pytest.fixture
def rewrite(seeds: Path) -> Callable[..., Path]:
    """Changes fields of one of Turin's seed records."""

    def change(service: str, **fields: Any) -> Path:
        return write_record(seeds, "turin", service, SERVICES["turin"].get(service, {}) | fields)

    return change
