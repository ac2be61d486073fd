"""Words, languages and choices."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation import choices, languages
from bot.conversation.choices import UnknownChoice
from bot.conversation.wording import Wording

EN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "hello"
msgstr "Hello {name}"

msgid "only.english"
msgstr "Only English"

msgid "n_services"
msgid_plural "n_services"
msgstr[0] "one service"
msgstr[1] "{n} services"
"""
UK = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "hello"
msgstr "Вітаю, {name}"

msgid "n_services"
msgid_plural "n_services"
msgstr[0] "{n} послуга"
msgstr[1] "{n} послуги"
msgstr[2] "{n} послуг"
"""


@pytest.fixture
def wording(tmp_path: Path) -> Wording:
    for language, text in (("en", EN), ("uk", UK)):
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "ventanilla.po").write_text(text, encoding="utf-8")
    return Wording(tmp_path)


def test_gaps_are_filled_once(wording: Wording) -> None:
    assert wording.text("hello", "uk", name="{name}<b>") == "Вітаю, {name}<b>"


def test_a_missing_text_is_english_not_empty(wording: Wording) -> None:
    assert wording.text("only.english", "uk") == "Only English"


@pytest.mark.parametrize(("n", "text"), [(1, "1 послуга"), (3, "3 послуги"), (5, "5 послуг"), (11, "11 послуг")])
def test_plural_forms_follow_the_language(wording: Wording, n: int, text: str) -> None:
    assert wording.plural("n_services", n, "uk") == text


def test_no_english_catalog_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="en/LC_MESSAGES"):
        Wording(tmp_path)


@pytest.mark.parametrize(
    ("label", "wanted", "found"),
    [
        ("exact", "uk", "uk"),
        ("a region falls back to the language", "ar-SY", "ar"),
        ("a header by its weights", "ti,en;q=0.3,ar;q=0.8", "ar"),
        ("underscores as Telegram and Java write", "es_MX", "es"),
        ("nothing fits", "ti", None),
        ("nonsense", ";q=x,,;", None),
        ("nothing", None, None),
    ],
)
def test_the_best_language_is_found(label: str, wanted: str | None, found: str | None) -> None:
    assert languages.best_match(wanted, ["ar", "en", "es", "uk"]) == found, label


@pytest.mark.parametrize(
    ("code", "direction"), [("ar", "rtl"), ("ckb", "rtl"), ("prs", "rtl"), ("ti", "ltr"), ("uk", "ltr")]
)
def test_script_direction(code: str, direction: str) -> None:
    assert languages.direction(code) == direction


@pytest.mark.parametrize(
    ("choice", "command"),
    [
        ("topic:housing", '/need{"topic": "housing"}'),
        ("more", "/more"),
        ("details:dortmund-migrado", '/details{"service": "dortmund-migrado"}'),
        ("forget:yes", '/forget_me{"act": "yes"}'),
    ],
)
def test_choices_become_commands(choice: str, command: str) -> None:
    assert choices.command(choice) == command


@pytest.mark.parametrize(
    "value", ["", "unknown:x", 'topic:x"}', "topic:" + "x" * 64, "/restart", "topic:a b", "person\n"]
)
def test_no_other_value_gets_through(value: str) -> None:
    with pytest.raises(UnknownChoice):
        choices.command(value)
