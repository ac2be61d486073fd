"""The lead's figures, and the table that is taken home."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from bot.desk.lead import harmless
from bot.records import desk_statistics, handoffs
from bot.records.handoffs import Handoff
from tests.desk.desk_server import DeskServer
from tests.desk.newcomer import Newcomer
from tests.desk.test_queue import fill

At = Callable[[int], httpx.Client]


def test_times_are_told_against_the_targets() -> None:
    told = desk_statistics.spread([1, 2, 3, 4, 50], 10)
    assert (told.n, told.median, told.p90, told.kept) == (5, 3, 50, 0.8)
    assert desk_statistics.spread([], 10) == desk_statistics.Spread(0)


def test_the_overview_counts_what_happened(server: DeskServer, at: At) -> None:
    fill(server, closed=60, waiting=6)
    page = at(server.add_staff("Lena", role="lead")).get("/desk/lead?days=7")
    assert page.status_code == 200
    figures = page.text.split("<svg")[0]
    assert "<strong>66</strong>" in figures and "<strong>6</strong>" in figures
    assert "<strong>4 mins</strong>" in figures and "<strong>17 mins</strong>" in figures
    assert page.text.count('role="img"') == 2


def test_the_table_cannot_run_formulas(
    server: DeskServer, marta: int, at: At, newcomer: Callable[..., Newcomer]
) -> None:
    guest = newcomer().ask()
    with server.parts.store.write() as session:
        row = handoffs.latest(session, guest.id)
        assert row is not None
        row.rating, row.rating_word, row.labels = 5, '=HYPERLINK("http://x")', ["+1", "kind"]
        row.replied_at = datetime.now(UTC)
    sent = at(server.add_staff("Lena", role="lead")).get("/desk/lead.csv")
    assert sent.content.startswith(b"\xef\xbb\xbf")
    assert sent.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(sent.content.decode("utf-8-sig"))))
    assert len(rows) == 1
    assert rows[0]["guest"] == handoffs.pseudonym(guest.id)
    assert rows[0]["rating_word"] == '\'=HYPERLINK("http://x")'
    assert rows[0]["labels"] == "'+1; kind"
    assert guest.id not in sent.text


def test_every_beginning_of_a_formula_is_taken_off() -> None:
    for cell in ("=1", "+1", "-1", "@a", "\t=1", " =1", "\r1"):
        assert harmless(cell).startswith("'")
    assert [harmless(cell) for cell in ("a=1", 5, None)] == ["a=1", "5", ""]


def test_search_finds_by_guest_topic_and_words_in_ones_own_territory(
    server: DeskServer, marta: int, at: At, newcomer: Callable[..., Newcomer]
) -> None:
    guest = newcomer("uk")
    guest.send("Мені потрібен лікар")
    guest.wait(lambda: len(guest.texts("bot")) > 1)
    guest.ask()
    with server.parts.store.write() as session:
        row = handoffs.latest(session, guest.id)
        assert isinstance(row, Handoff)
        row.topic = "healthcare"
    name = f"Guest {handoffs.pseudonym(guest.id)}"
    desk, there = at(marta), at(server.add_staff("Uwe", territory="dortmund"))
    for words in (handoffs.pseudonym(guest.id), name, "health", "ЛІКАР", "потрібен"):
        assert name in desk.get("/desk/search", params={"q": words}).text, words
        assert name not in there.get("/desk/search", params={"q": words}).text.split('<ul class="rows">')[-1], words
    for words in ("%", "_", "lawyer"):
        assert "0 conversations found" in desk.get("/desk/search", params={"q": words}).text
