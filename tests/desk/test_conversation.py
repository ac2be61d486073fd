"""A conversation at the desk: answering, asking back, phrases, cards, notes, handing on, closing, files."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import select

from bot.records import handoffs
from bot.records.audit import AuditEntry
from bot.records.handoffs import Handoff
from bot.records.model import StoredMessage
from tests.desk.desk_server import DeskServer
from tests.desk.newcomer import Newcomer
from tests.desk.test_queue import number_of

At = Callable[[int], httpx.Client]
Guests = Callable[..., Newcomer]
TRICKY = '<script>alert(1)</script> "quoted" & {{ 7 * 7 }}'


def png() -> bytes:
    """Return a picture of one dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


@pytest.fixture
def taken(server: DeskServer, marta: int, at: At, newcomer: Guests) -> tuple[httpx.Client, Newcomer, str]:
    """Marta's client, an English-speaking newcomer whom she has, and the conversation's path."""
    return take(server, at(marta), newcomer("en"))


def take(server: DeskServer, desk: httpx.Client, guest: Newcomer) -> tuple[httpx.Client, Newcomer, str]:
    number = number_of(server, guest.ask())
    assert desk.post(f"/desk/conversations/{number}/claim").status_code == 303
    return desk, guest, f"/desk/conversations/{number}"


def test_what_is_written_arrives_and_stands_escaped_on_both_sides(
    taken: tuple[httpx.Client, Newcomer, str],
) -> None:
    desk, guest, path = taken
    guest.send(TRICKY)
    guest.wait(lambda: "alert(1)" in desk.get(path).text)
    page = desk.get(path).text
    assert "<script>alert" not in page and "{{ 7 * 7 }}" in page and "&lt;script&gt;" in page
    assert desk.post(f"{path}/say", data={"text": "Come to us on Monday."}).status_code == 303
    last = guest.heard()[-1]
    assert (last["from"], last["author"], last["text"]) == ("caseworker", "Marta", "Come to us on Monday.")
    assert guest.texts("bot")[-1].startswith("Marta"), "the assistant is silent"


def test_nobody_else_writes_in_a_conversation(
    server: DeskServer, taken: tuple[httpx.Client, Newcomer, str], at: At
) -> None:
    _, guest, path = taken
    other = at(server.add_staff("Ali", presence="available"))
    assert other.post(f"{path}/say", data={"text": "Hello there, my friend"}).status_code == 409
    assert guest.texts("caseworker") == []


def test_a_text_in_another_script_is_asked_back_once(server: DeskServer, marta: int, at: At, newcomer: Guests) -> None:
    desk, guest, path = take(server, at(marta), newcomer("ar"))
    asked = desk.post(f"{path}/say", data={"text": "Come to us on Monday."})
    assert asked.status_code == 422
    assert "This looks like: English. The newcomer uses: Arabic." in asked.text
    assert "Come to us on Monday." in asked.text, "the draft is kept"
    assert guest.texts("caseworker") == []
    assert desk.post(f"{path}/say", data={"text": "Come to us on Monday.", "sure": "1"}).status_code == 303
    last = guest.heard()[-1]
    assert (last["language"], last["dir"]) == ("en", "ltr")
    assert desk.post(f"{path}/say", data={"text": "مرحبا بك"}).status_code == 303
    assert guest.heard()[-1]["dir"] == "rtl"


async def _italian(text: str) -> str | None:
    return "it" if "ciao" in text else None


class TestDetection:
    @pytest.fixture
    def server(self, database: str):  # type: ignore[no-untyped-def]
        from bot.desk import DeskSettings

        with DeskServer(database, DeskSettings(detect=_italian)) as running:
            yield running

    def test_a_language_that_shares_the_script_is_asked_back_too(
        self, server: DeskServer, taken: tuple[httpx.Client, Newcomer, str]
    ) -> None:
        desk, guest, path = taken
        assert "Italian" in desk.post(f"{path}/say", data={"text": "ciao come stai oggi"}).text
        assert desk.post(f"{path}/say", data={"text": "ciao"}).status_code == 303, "one word tells no language"
        assert guest.texts("caseworker") == ["ciao"]


def test_a_service_card_is_found_by_words_and_sent_in_the_newcomers_language(
    server: DeskServer, marta: int, at: At, newcomer: Guests
) -> None:
    desk, guest, path = take(server, at(marta), newcomer("de"))
    assert "ISI clinic" in desk.get(f"{path}/services?q=clinic").text
    assert desk.post(f"{path}/card", data={"service": "turin-isi"}).status_code == 303
    last = guest.heard()[-1]
    assert (last["from"], last["language"]) == ("caseworker", "de")
    assert [card["id"] for card in last["cards"]] == ["turin-isi"]
    assert desk.post(f"{path}/card", data={"service": "nothing"}).status_code == 404


def test_an_interpreter_is_one_click_away(taken: tuple[httpx.Client, Newcomer, str]) -> None:
    desk, _, path = taken
    assert 'href="tel:+390114429400"' in desk.get(f"{path}/interpreters").text


def test_notes_and_labels_are_for_colleagues_only(
    server: DeskServer, taken: tuple[httpx.Client, Newcomer, str], at: At
) -> None:
    desk, guest, path = taken
    desk.post(f"{path}/notes", data={"note": TRICKY})
    desk.post(f"{path}/labels", data={"label": "needs  interpreter"})
    other = at(server.add_staff("Ali"))
    page = other.get(path).text
    assert "&lt;script&gt;" in page and "needs interpreter" in page and "<bdi>Marta</bdi>" in page
    assert "needs interpreter" in other.get("/desk/search?q=needs").text
    desk.post(f"{path}/labels/remove", data={"label": "needs interpreter"})
    assert "needs interpreter" not in other.get(path).text
    assert not any("script" in str(message) or "interpreter" in str(message) for message in guest.heard())


def test_closing_tells_what_was_agreed_and_gives_the_assistant_back(taken: tuple[httpx.Client, Newcomer, str]) -> None:
    desk, guest, path = taken
    closed = desk.post(
        f"{path}/close", data={"outcome": "appointment", "agreed": "Monday 9:00", "service": "turin-isi"}
    )
    assert closed.headers["location"] == "/desk?said=closed"
    said = guest.heard()
    assert any("Monday 9:00" in message["text"] and message["cards"] for message in said)
    assert said[-1]["choices"][0]["value"] == "rate:5"
    guest.send(choice="rate:5")
    guest.wait(lambda: "5 / 5" in desk.get(path).text)
    count = len(guest.texts("bot"))
    guest.send("Where is a doctor?")
    guest.wait(lambda: len(guest.texts("bot")) > count)
    assert desk.post(f"{path}/say", data={"text": "One more thing for you"}).status_code == 409
    assert desk.post(f"{path}/close", data={"outcome": "nonsense"}).status_code == 422


def test_a_second_handover_of_the_same_newcomer_shows_the_first(
    server: DeskServer, taken: tuple[httpx.Client, Newcomer, str]
) -> None:
    desk, guest, path = taken
    desk.post(f"{path}/close", data={"outcome": "answered", "agreed": "Bring the rent contract"})
    again = number_of(server, guest.ask())
    assert not path.endswith(f"/{again}")
    page = desk.get(f"/desk/conversations/{again}").text
    assert path in page and "Bring the rent contract" in page and "Question answered" in page


def test_handing_on_to_a_colleague_to_a_topic_and_to_another_city(
    server: DeskServer, taken: tuple[httpx.Client, Newcomer, str], at: At
) -> None:
    desk, guest, path = taken
    ali = server.add_staff("Ali", presence="available")
    server.add_staff("Uwe", territory="dortmund", presence="available")
    assert desk.post(f"{path}/transfer", data={"colleague": str(ali)}).headers["location"] == "/desk?said=transferred"
    assert desk.post(f"{path}/say", data={"text": "Are you there?"}).status_code == 409
    theirs = at(ali)
    assert theirs.post(f"{path}/transfer", data={"topic": "housing"}).status_code == 303
    assert "Housing" in desk.get("/desk").text
    desk.post(f"{path}/claim")
    assert desk.post(f"{path}/transfer", data={"territory": "dortmund"}).status_code == 303
    assert "Dortmund" in guest.texts("bot")[-1]
    guest.send(choice="handoff:move")
    guest.wait(lambda: desk.get(path).status_code == 404)
    assert desk.post(f"{path}/transfer", data={"topic": "no-topic"}).status_code in (404, 422)


def test_files_go_both_ways_and_never_as_something_that_runs(
    server: DeskServer, taken: tuple[httpx.Client, Newcomer, str], at: At
) -> None:
    desk, guest, path = taken
    refused = desk.post(f"{path}/say", files={"file": ("page.png", b"<html><script>1</script></html>", "image/png")})
    assert refused.status_code == 422 and "kind of file" in refused.text
    sent = desk.post(f"{path}/say", data={"text": "Look here"}, files={"file": ("map.exe", png(), "text/html")})
    assert sent.status_code == 303
    last = guest.heard()[-1]
    assert (last["text"], last["files"][0]["media_type"], last["files"][0]["name"]) == (
        "Look here",
        "image/png",
        "map.png",
    )
    address = re.search(r'<img src="(/desk/files/[^"]+)"', desk.get(path).text)
    assert address
    given = desk.get(address[1])
    assert given.content == png()
    assert given.headers["content-disposition"].startswith("inline")
    assert given.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in given.headers["content-security-policy"]
    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    assert desk.post(f"{path}/say", files={"file": ("form.pdf", pdf, "")}).status_code == 303
    address = re.search(r'href="(/desk/files/[^"]+)" download', desk.get(path).text)
    assert address
    assert desk.get(address[1]).headers["content-disposition"].startswith("attachment")
    there = at(server.add_staff("Uwe", territory="dortmund", role="administrator"))
    assert there.get(address[1]).status_code == 404


def test_every_look_and_step_is_in_the_audit_without_any_text(
    server: DeskServer, taken: tuple[httpx.Client, Newcomer, str]
) -> None:
    desk, guest, path = taken
    desk.get(path)
    desk.post(f"{path}/say", data={"text": "A secret for you"})
    desk.post(f"{path}/notes", data={"note": "secret too"})
    desk.post(f"{path}/close", data={"outcome": "solved"})
    with server.parts.store.session() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["claim", "look", "say", "note", "close"]
    assert {entry.about for entry in entries} == {handoffs.pseudonym(guest.id)}
    assert "secret" not in str([vars(entry) for entry in entries])


def test_reading_is_noted_for_who_has_it_alone(
    server: DeskServer, taken: tuple[httpx.Client, Newcomer, str], at: At
) -> None:
    desk, guest, path = taken
    desk.get(path)
    guest.send("Are you there?")
    guest.wait(lambda: "1 new message" in desk.get("/desk").text)
    at(server.add_staff("Ali")).get(path)
    assert "1 new message" in desk.get("/desk").text
    desk.get(path)
    assert "1 new message" not in desk.get("/desk").text
    with server.parts.store.session() as session:
        newest = session.scalars(select(StoredMessage.id).order_by(StoredMessage.id.desc())).first()
        assert session.scalars(select(Handoff.read_by_staff)).one() == newest
