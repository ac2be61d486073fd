"""Canned replies: typed gaps in the newcomer's own way of writing dates, times and amounts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot.desk import gaps
from bot.desk.phrasebook import FILE, Phrasebook
from tests.desk.desk_server import DeskServer
from tests.desk.newcomer import Newcomer
from tests.desk.test_conversation import take

BOOK = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "phrase.greeting.hello"
msgstr "Hello, I am {name}."

msgid "phrase.appointment.when"
msgstr "Your appointment: {date}, {time}. Address: {place}"

msgid "phrase.question.other"
msgstr "How are you {mood}?"
"""


def test_the_book_lists_phrases_by_group_with_their_gaps(tmp_path: Path) -> None:
    file = tmp_path / "phrases.po"
    file.write_text(BOOK, encoding="utf-8")
    book = Phrasebook(file)
    assert [group.name for group in book.groups] == ["greeting", "appointment", "question"]
    found = book.get("phrase.appointment.when")
    assert found is not None and found.gaps == ("date", "time", "place")
    other = book.get("phrase.question.other")
    assert other is not None and other.gaps == ()
    assert book.get("utter_welcome") is None


@pytest.mark.parametrize(
    ("gap", "value", "language", "shown"),
    [
        ("date", "2026-11-23", "de", "Montag, 23. November 2026"),
        ("date", "2026-11-23", "uk", "понеділок, 23 листопада 2026\u202fр."),
        ("date", "23.11.2026", "de", None),
        ("time", "09:30", "fr", "09:30"),
        ("amount", "16", "de", "16,00\u00a0€"),
        ("amount", "much", "de", None),
        ("place", "Via Po 1", "ar", "\u2068Via Po 1\u2069"),
        ("service", "turin-isi", "it", "\u2068Ambulatorio ISI\u2069"),
        ("service", "nothing", "it", None),
        ("documents", "passport", "en", "Passport"),
        ("documents", "nonsense", "en", None),
    ],
)
def test_gaps_are_worded_in_the_readers_language(
    server: DeskServer, gap: str, value: str, language: str, shown: str | None
) -> None:
    with server.parts.store.session() as session:
        found = gaps.worded(session, server.parts.wording, {gap: [value]}, language, "turin")
    assert found.get(gap) == shown


@pytest.mark.skipif(not FILE.exists(), reason="the phrasebook's texts are not there")
def test_a_phrase_is_shown_in_both_languages_and_sent_in_the_newcomers(
    server: DeskServer, marta: int, at: Callable[[int], httpx.Client], newcomer: Callable[..., Newcomer]
) -> None:
    desk, guest, path = take(server, at(marta), newcomer("de"))
    phrase = next(one for group in Phrasebook().groups for one in group.phrases if {"date", "time"} <= set(one.gaps))
    assert phrase.id in desk.get(f"{path}/phrases").text
    values = {"date": "2026-11-23", "time": "09:30", "place": "Via Po 1", "service": "turin-isi", "name": "Marta"}
    picked = {gap: values.get(gap, "x") for gap in phrase.gaps}
    shown = desk.get(f"{path}/phrases/{phrase.id}", params=picked).text
    assert "Montag, 23. November 2026" in shown and "Monday" in shown
    assert desk.post(f"{path}/phrases/{phrase.id}", data={"date": "2026-11-23"}).status_code == 422
    assert guest.texts("caseworker") == []
    assert desk.post(f"{path}/phrases/{phrase.id}", data=picked).status_code == 303
    last = guest.heard()[-1]
    assert last["language"] == "de" and "Montag, 23. November 2026" in last["text"]
