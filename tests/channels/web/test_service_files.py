"""A service as a contact and as a calendar entry, asked over HTTP, from real records."""

from __future__ import annotations

import datetime
from dataclasses import replace
from zoneinfo import ZoneInfo

import httpx
import pytest
from icalendar import Calendar

from bot.channels.web.opening_event import event, next_opening
from knowledge.detail import load_view
from knowledge.store import Store
from knowledge.views import ServiceView
from tests.channels.web.chat_server import ChatServer
from tests.channels.web.chat_words import EnglishWords

ROME = ZoneInfo("Europe/Rome")
MONDAY = datetime.datetime(2026, 11, 23, tzinfo=ROME)


def lines_of(contact: str) -> dict[str, str]:
    """Return the lines of a vCard by name, long ones joined again (RFC 2425, 5.8.1)."""
    whole = contact.replace("\r\n ", "").rstrip("\r\n").split("\r\n")
    return dict(line.split(":", 1) for line in whole)


def test_a_contact_holds_what_a_phone_keeps(client: httpx.Client) -> None:
    found = client.get("/chat/turin/services/turin-isi.vcf?language=en")
    assert found.status_code == 200
    assert found.headers["content-type"] == "text/vcard; charset=utf-8"
    assert found.headers["content-disposition"] == 'inline; filename="turin-isi.vcf"'
    lines = lines_of(found.text)
    assert (lines["BEGIN"], lines["VERSION"], lines["END"]) == ("VCARD", "3.0", "VCARD")
    assert lines["FN"] == "ISI clinic\\, for everyone\\; free"
    assert lines["TEL;TYPE=WORK,VOICE"] == "+3901170951111"
    assert lines["EMAIL;TYPE=WORK,INTERNET"] == "isi@example.org"
    assert lines["ADR;TYPE=WORK"] == ";;Via Monginevro 130;Torino;;10141;Italy"
    assert lines["NOTE"].endswith("health card.\\nNo papers needed.")
    assert all(len(line.encode()) <= 75 for line in found.text.split("\r\n"))


def test_a_contact_is_in_the_newcomers_language(client: httpx.Client) -> None:
    lines = lines_of(client.get("/chat/turin/services/turin-isi.vcf?language=uk").text)
    assert lines["ADR;TYPE=WORK"].endswith(";Італія")


def test_the_next_opening_goes_into_the_calendar(client: httpx.Client) -> None:
    found = client.get("/chat/turin/services/turin-isi.ics?language=en")
    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    (entry,) = Calendar.from_ical(found.text).events
    starts, ends = entry.start.astimezone(ROME), entry.end.astimezone(ROME)
    assert starts > datetime.datetime.now(datetime.UTC)
    assert (starts.hour, ends.hour, ends.date()) == (9, 17, starts.date())
    assert starts.weekday() < 5
    assert str(entry["summary"]) == "ISI clinic, for everyone; free"
    assert str(entry["location"]) == "Via Monginevro 130, 10141 Torino"
    assert "Please call" in str(entry["description"])


MOMENTS = [
    ("before it opens", MONDAY.replace(hour=7), MONDAY.replace(hour=9)),
    ("while it is open", MONDAY.replace(hour=10), MONDAY.replace(day=24, hour=9)),
    ("on Friday night", MONDAY.replace(day=27, hour=20), MONDAY.replace(day=30, hour=9)),
]


@pytest.mark.parametrize(("label", "now", "starts"), MOMENTS)
def test_which_opening_is_the_next(store: Store, label: str, now: datetime.datetime, starts: datetime.datetime) -> None:
    with store.session() as session:
        found = next_opening(lambda at: load_view(session, "turin-isi", "en", at), now)
    assert found is not None
    assert (found.starts, found.ends) == (starts, starts.replace(hour=17)), label


def test_hours_of_a_telephone_send_nobody_anywhere(store: Store) -> None:
    with store.session() as session:
        view = load_view(session, "turin-isi", "en", MONDAY.replace(hour=7))
    assert view is not None

    def by_phone(at: datetime.datetime) -> ServiceView:
        ends = None if at.hour < 9 else MONDAY.replace(hour=12)
        return replace(view, opening=replace(view.opening, state="phone" if ends else "closed", until=ends))

    found = next_opening(by_phone, MONDAY.replace(hour=7))
    assert found is not None
    (entry,) = Calendar.from_ical(event(found, EnglishWords(), "en", MONDAY)).events
    assert str(entry["location"]) == "011 7095 1111"


REFUSED = [
    ("no hours known", "turin-line.ics", "no opening hours to save"),
    ("no such service", "turin-nothing.ics", "no opening hours to save"),
    ("no such contact", "turin-nothing.vcf", "nothing at this address"),
    ("a trick", "..%2F..%2Fetc.vcf", "nothing at this address"),
]


@pytest.mark.parametrize(("label", "name", "words"), REFUSED)
def test_what_cannot_be_kept_says_so(client: httpx.Client, label: str, name: str, words: str) -> None:
    found = client.get(f"/chat/turin/services/{name}?language=en")
    assert found.status_code == 404, label
    if name.startswith("turin"):
        assert words in found.text


def test_without_records_nothing_is_offered() -> None:
    with ChatServer() as server, httpx.Client(base_url=server.url) as client:
        client.post("/chat/turin", data={"client_id": "a", "text": "doctor"})
        assert "Ambulatorio ISI" in (page := client.get("/chat/turin").text)
        assert ".vcf" not in page
        assert client.get("/chat/turin/services/turin-isi.vcf").status_code == 404
