"""What people see of an answer: exact texts and buttons, and limits that hold for every answer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.formatting import LONGEST_TEXT, units
from bot.channels.telegram.keyboards import Button
from bot.channels.telegram.rendering import Part, international, parts
from bot.conversation.messages import Card, Choice, Fact, Link, Message
from bot.conversation.wording import Wording
from tests.fakes.telegram import rules

WORDS = Wording()
CLINIC = Card(
    id="turin-isi",
    title="Ambulatorio ISI",
    title_language="it",
    language="en",
    subtitle="ASL <Torino>",
    summary="Doctors for people\nwithout a health card.",
    alert="Closed in\nAugust",
    facts=(
        Fact("hours", "Opening hours", "Open now, until 17:00", state="open"),
        Fact("hours", "Opening hours", "Monday – Friday: 09:00–17:00"),
        Fact("cost", "Cost", "Free & open"),
    ),
    links=(
        Link("call", "Call 011 7095 1111", "tel:+390117095111"),
        Link("map", "Map", "https://www.openstreetmap.org/search?query=Via"),
        Link("book", "Book an appointment", "https://book.example.org/"),
        Link("web", "Website", "https://isi.example.org/"),
        Link("mail", "Write an e-mail", "mailto:isi%2Bnew@example.org"),
    ),
    freshness="unconfirmed",
    freshness_text="Not yet confirmed by the city.",
    choices=(Choice("More about this", "details:turin-isi"),),
)
POLICE = Card(
    id="number:emergency:112",
    title="Emergency number",
    title_language="en",
    language="en",
    kind="emergency",
    facts=(Fact("cost", "Cost", "free call"), Fact("hours", "Opening hours", "day and night", state="open")),
    links=(Link("call", "Call 112", "tel:112"),),
)


def changed(card: Card, **parts: Any) -> Card:
    return Card(**{**{name: getattr(card, name) for name in Card.__slots__}, **parts})


def message(text: str, *cards: Card, choices: tuple[Choice, ...] = (), **more: Any) -> Message:
    values: dict[str, Any] = {"id": 1, "sender": "bot", "language": "en", "dir": "ltr", "at": datetime.now(UTC), **more}
    shapes = {"cards": [asdict(card) for card in cards], "choices": [asdict(choice) for choice in choices]}
    return Message(text=text, **values, **shapes)


def rows(part: Part) -> list[list[tuple[str, str]]]:
    return [[(button.label, button.data or button.url) for button in row] for row in part.rows]


def test_an_answer_is_one_message_with_its_service_as_a_block() -> None:
    (part,) = parts(message("Here is one:", CLINIC), WORDS)
    assert part.html == (
        "Here is one:\n"
        "\n"
        "<b>Ambulatorio ISI</b>\n"
        "⚠️ <b>Closed in August</b>\n"
        "ASL &lt;Torino&gt;\n"
        "Doctors for people\n"
        "without a health card.\n"
        "Opening hours: Open now, until 17:00\n"
        "• Monday – Friday: 09:00–17:00\n"
        "Cost: Free &amp; open\n"
        "Phone: +39 011 709 5111\n"
        "E-mail: isi+new@example.org\n"
        "<i>Not yet confirmed by the city.</i>"
    )


def test_buttons_of_one_service_and_of_the_answer() -> None:
    choices = (
        Choice("Show more", "more:healthcare"),
        Choice("Not what I need", "wrong"),
        Choice("Talk to a person", "person"),
    )
    (part,) = parts(message("One:", CLINIC, choices=choices), WORDS)
    assert rows(part) == [
        [
            ("Details", "details:turin-isi"),
            ("Map", "https://www.openstreetmap.org/search?query=Via"),
            ("Website", "https://isi.example.org/"),
        ],
        [("Book an appointment", "https://book.example.org/")],
        [("Show more", "more:healthcare"), ("Not what I need", "wrong")],
        [("Talk to a person", "person")],
    ]


def test_several_services_are_numbered_in_text_and_buttons() -> None:
    second = changed(CLINIC, id="other", title="Other", choices=(Choice("More", "details:other"),), links=())
    (part,) = parts(message("Two:", CLINIC, second), WORDS)
    assert "<b>1. Ambulatorio ISI</b>" in part.html and "<b>2. Other</b>" in part.html
    assert [row[0][0] for row in rows(part)] == ["1 · Details", "1 · Book an appointment", "2 · Details"]


def test_emergency_numbers_come_first_and_bold_and_without_number() -> None:
    (part,) = parts(message("Call now.", CLINIC, POLICE), WORDS)
    assert part.html.startswith(
        "Call now.\n\n<b>112</b> · <b>Emergency number</b>\nfree call · day and night\n\n<b>Amb"
    )


def test_full_details_of_one_service_can_be_judged_and_its_phone_saved() -> None:
    full = changed(CLINIC, choices=(), sources=("https://www.asl.example.org/isi?a=1&b=2", "leaflet of the desk"))
    (part,) = parts(message("All I know:", full, choices=(Choice("Talk to a person", "person"),)), WORDS)
    assert (
        'Where this comes from: <a href="https://www.asl.example.org/isi?a=1&amp;b=2">asl.example.org</a>'
        " · leaflet of the desk" in part.html
    )
    assert rows(part)[-2:] == [
        [("Save the phone number", "contact:turin-isi")],
        [("Yes, right", "right:turin-isi"), ("Not right", "not_right:turin-isi")],
    ]


@pytest.mark.parametrize(
    ("what", "card"),
    [
        ("two phones", changed(CLINIC, choices=(), links=(CLINIC.links[0], Link("call", "Call", "tel:1522")))),
        ("no phone", changed(CLINIC, choices=(), links=())),
    ],
)
def test_only_one_phone_can_be_saved(what: str, card: Card) -> None:
    (part,) = parts(message("All:", card), WORDS)
    assert not [label for row in rows(part) for label, _ in row if "Save" in label]


def test_phones_that_were_asked_for_are_shown_once_in_international_form_with_their_notes() -> None:
    facts = (Fact("phone", "Phone", "\u2068011 709 5111\u2069 · mornings · free call"),)
    (part,) = parts(message("", changed(CLINIC, facts=facts, alert=None)), WORDS)
    assert "Phone: +39 011 709 5111 · mornings · free call\n" in part.html
    assert part.html.count("709") == 1


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+390117095111", "+39 011 709 5111"), ("112", "112"), ("1522", "1522"), ("+33140201234", "+33 1 40 20 12 34")],
)
def test_phone_numbers(number: str, shown: str) -> None:
    assert international(number) == shown


@pytest.mark.parametrize(
    "address",
    ["tel:112", "javascript:alert(1)", "mailto:a@b.c", "https://", "http://one two.org", "https://local/", "", "//x.y"],
)
def test_addresses_that_telegram_refuses_become_no_buttons(address: str) -> None:
    card = changed(CLINIC, links=(Link("web", "Website", address),))
    (part,) = parts(message("One:", card), WORDS)
    assert rows(part) == [[("Details", "details:turin-isi")]]


def test_right_to_left_lines_begin_at_the_right_and_keep_latin_names_together() -> None:
    facts = (
        Fact("address", "العنوان", "Via Roma 1, Torino", language="it"),
        Fact("cost", "التكلفة", "\u2068مجانًا\u2069"),
    )
    card = changed(
        CLINIC,
        language="ar",
        alert=None,
        summary=None,
        subtitle=None,
        facts=facts,
        links=CLINIC.links[:1],
        freshness_text=None,
    )
    (part,) = parts(message("هذه خدمة:", card, language="ar", dir="rtl"), WORDS)
    assert part.plain.split("\n") == [
        "\u200fهذه خدمة:",
        "",
        "\u200f\u2068Ambulatorio ISI\u2069",
        "\u200fالعنوان: \u2068Via Roma 1, Torino\u2069",
        "\u200fالتكلفة: \u2068مجانًا\u2069",
        "\u200fالهاتف: \u2068+39 011 709 5111\u2069",
    ]


def test_a_caseworker_is_named_and_files_follow() -> None:
    said = message("Hello", sender="caseworker", author="Ada <3", files=[{"id": "one"}, {"id": "two"}])
    assert [(part.html, part.file) for part in parts(said, WORDS)] == [
        ("<b>Ada &lt;3</b>\n\nHello", ""),
        ("", "one"),
        ("", "two"),
    ]
    nameless = message("", sender="caseworker", files=[{"id": "one"}])
    assert [(part.html, part.file) for part in parts(nameless, WORDS)] == [("<b>Adviser</b>", "one")]


def test_a_message_without_anything_to_show_has_no_parts() -> None:
    assert parts(message(" \n"), WORDS) == []


def test_buttons_stand_under_the_last_part_of_a_long_answer() -> None:
    made = parts(
        message("Hello.", *[changed(CLINIC, summary="word " * 500)] * 3, choices=(Choice("Menu", "menu"),)), WORDS
    )
    assert len(made) == 3
    assert [bool(part.rows) for part in made] == [False, False, True]
    assert made[1].plain.startswith("2. Ambulatorio"), "a part begins with a service"


def test_buttons_that_telegram_would_refuse_are_left_out() -> None:
    choices = tuple(Choice(*pair) for pair in (("Long", "topic:" + "x" * 60), (" ", "person"), ("Good", "menu")))
    (part,) = parts(message("Choose:", choices=choices), WORDS)
    assert part.rows == ((Button("Good", "menu"),),)


ANY_TEXT = st.text(max_size=9000)


@settings(max_examples=60, deadline=None)
@given(text=ANY_TEXT, summary=ANY_TEXT, title=st.text(min_size=1, max_size=300), right=st.booleans())
def test_whatever_a_record_holds_telegram_takes_it(text: str, summary: str, title: str, right: bool) -> None:
    card = changed(CLINIC, title=title, summary=summary)
    for part in parts(message(text, card, dir="rtl" if right else "ltr"), WORDS):
        assert units(part.plain) <= LONGEST_TEXT
        if not part.plain.strip("\u200f\u2068\u2069 \n\x00"):
            continue
        shown, _, doubts = rules.text({"text": part.html, "parse_mode": "HTML"})
        assert doubts == [] and units(shown) <= LONGEST_TEXT
        assert rules.keyboard({"inline_keyboard": [[_button(one) for one in row] for row in part.rows]})


def _button(button: Button) -> dict[str, str]:
    return {"text": button.label, **({"url": button.url} if button.url else {"callback_data": button.data})}
