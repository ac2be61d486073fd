"""What is shown of a service and of a territory."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import event

from knowledge.detail import load_view, load_views
from knowledge.freshness import freshness
from knowledge.store import Store
from knowledge.territories import (
    UnknownTerritory,
    desk_service,
    emergency_numbers,
    first_steps,
    get_territory,
    list_territories,
)
from knowledge.texts import set_text
from tests.knowledge.conftest import MONDAY


def test_a_service_whole(filled: Store) -> None:
    with filled.session() as session:
        view = load_view(session, "turin-registry", "ar", MONDAY)
    assert view is not None
    assert (view.name.text, view.name.language) == ("Registry office", "en")
    assert view.official_name.text == "Anagrafe"
    assert (view.phones[0].number, view.phones[0].shown) == ("+390114429411", "011 442 9411")
    assert (view.costs[0].amount, view.costs[0].currency) == (16, "EUR")
    assert view.documents == ("identity_document",)
    assert view.places[0].address == "Via della Consolata 23"
    assert view.opening.state == "open"
    assert (view.freshness, view.confidence) == ("unconfirmed", "sourced")
    assert view.closures[0].date == datetime.date(2026, 12, 24)


def test_a_text_in_the_wanted_language_comes_first(filled: Store) -> None:
    with filled.write() as session:
        set_text(session, "service", "turin-registry", "description", "ar", "تسجيل السكن")
    with filled.session() as session:
        view = load_view(session, "turin-registry", "ar", MONDAY)
    assert view is not None and view.description is not None
    assert view.description.language == "ar"


def test_a_changed_original_makes_its_translations_outdated(filled: Store) -> None:
    with filled.write() as session:
        set_text(session, "service", "turin-registry", "description", "it", "Altro testo.")
    with filled.session() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT language, state FROM translation WHERE record_id = 'turin-registry' AND field = 'description'"
        )
        assert dict(tuple(row) for row in rows) == {"it": "source", "en": "outdated"}


def test_many_services_take_no_more_queries_than_one(filled: Store) -> None:
    counts = []
    for ids in (["turin-registry"], ["turin-homes", "turin-registry", "turin-rent", "nobody"]):
        statements: list[str] = []

        def note(_c: object, _k: object, statement: str, *_: object, into: list[str] = statements) -> None:
            into.append(statement)

        event.listen(filled.engine, "before_cursor_execute", note)
        with filled.session() as session:
            views = load_views(session, ids, "en", MONDAY)
        event.remove(filled.engine, "before_cursor_execute", note)
        assert [view.id for view in views] == [each for each in ids if each != "nobody"]
        counts.append(len(statements))
    assert counts[1] <= counts[0], "the first one also reads the territory, which is kept then"


def test_a_line_that_never_closes(filled: Store) -> None:
    with filled.session() as session:
        view = load_view(session, "it-1522", "it", datetime.datetime(2026, 12, 25, 3, tzinfo=datetime.UTC))
    assert view is not None
    assert (view.opening.state, view.opening.until) == ("open", None)


def test_own_emergency_numbers_before_the_country_s(filled: Store) -> None:
    with filled.session() as session:
        numbers = emergency_numbers(session, "turin", "violence")
        assert [(entry.number, entry.territory) for entry in numbers] == [
            ("+390114429411", "turin"),
            ("112", "it"),
            ("1522", "it"),
        ]
        assert emergency_numbers(session, "turin", "suicide") == []


def test_first_steps_desk_and_chain(filled: Store) -> None:
    with filled.session() as session:
        assert [(entry.step, entry.service_ids) for entry in first_steps(session, "turin")] == [
            ("register_address", ("turin-registry",))
        ]
        assert desk_service(session, "turin") == "turin-desk"
        assert desk_service(session, "piemonte") is None
        assert get_territory(session, "turin").chain == ("turin", "piemonte", "it")
        assert [entry.id for entry in list_territories(session)] == ["piemonte", "turin"]
        assert get_territory(session, "turin").name("en") == "Turin"
        with pytest.raises(UnknownTerritory):
            get_territory(session, "atlantis")


TODAY = datetime.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("assured", "days", "state"),
    [
        pytest.param(None, 180, "unconfirmed", id="never"),
        pytest.param(TODAY - datetime.timedelta(180), 180, "confirmed", id="on the last day"),
        pytest.param(TODAY - datetime.timedelta(181), 180, "stale", id="a day too long"),
        pytest.param(TODAY - datetime.timedelta(31), 30, "stale", id="by the territory's own setting"),
    ],
)
def test_freshness(assured: datetime.date | None, days: int, state: str) -> None:
    assert freshness(assured, TODAY, days) == state
