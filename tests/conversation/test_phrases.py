"""The sentences that caseworkers send: whole and right in every language, whatever stands in their gaps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session

from bot.commands.migrate import RECORDS_MIGRATIONS
from bot.conversation.wording import Wording
from bot.desk import gaps
from bot.desk.phrasebook import GAPS, Phrase, Phrasebook
from knowledge import seed
from knowledge.migrations import upgrade
from knowledge.store import Store
from knowledge.territories import desk_service

ROOT = Path(__file__).parents[2]
WORDING = Wording()
BOOK = Phrasebook()
PHRASES = [phrase for group in BOOK.groups for phrase in group.phrases]
# A message that a phone shows without scrolling, with everything filled in but names, which may be long.
LONGEST = 220
ASKED_NEVER = re.compile(
    r"\b(papers?|passport|permit|visa|status|asylum|refugee|legal|illegal|religion|pray|church|mosque|ill|sick|disease"
    r"|pregnant|health|gay|lesbian|sex|husband|wife|country|nationality)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("phrases") / "filled.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store, [RECORDS_MIGRATIONS])
    seed.load(store, ROOT / "knowledge" / "territories")
    store.close()
    return path


@pytest.fixture
def session(filled: Path):  # type: ignore[no-untyped-def]
    store = Store(f"sqlite:///{filled}")
    with store.session() as session:
        yield session
    store.close()


@pytest.fixture
def picked(session: Session) -> dict[str, list[str]]:
    """Return what a caseworker picks, for every gap there is."""
    return {
        "date": ["2026-12-01"],
        "time": ["10:30"],
        "place": ["Corso XI Febbraio 22, 10152 Torino"],
        "service": [str(desk_service(session, "turin"))],
        "documents": ["passport", "proof_of_address"],
        "phone": ["+39 011 1234567"],
        "name": ["Giulia"],
        "amount": ["80.46"],
    }


def said(session: Session, phrase: Phrase, picked: dict[str, list[str]], language: str) -> str:
    values = gaps.worded(session, WORDING, {gap: picked[gap] for gap in phrase.gaps}, language, "turin")
    return WORDING.text(phrase.id, language, **values)


@pytest.mark.parametrize("language", WORDING.languages)
def test_every_sentence_is_whole_in_every_language(
    session: Session, picked: dict[str, list[str]], language: str
) -> None:
    for phrase in PHRASES:
        text = said(session, phrase, picked, language)
        assert not re.search(r"[{}]", text), f"{phrase.id}: {text}"
        assert not re.search(r"\.\u2069?\.|[,،]\u2069?[.,،]|  | \n|:$", text), f"{phrase.id}: {text}"
        assert len(text) <= LONGEST, f"{phrase.id}: {len(text)} signs"


@pytest.mark.parametrize("language", [code for code in WORDING.languages if code != "en"])
def test_no_sentence_is_left_in_english(language: str) -> None:
    for phrase in PHRASES:
        assert WORDING.text(phrase.id, language) != WORDING.text(phrase.id, "en"), phrase.id


def test_caseworkers_see_a_name_for_every_occasion_and_gap() -> None:
    assert {group.name for group in BOOK.groups} >= {"greeting", "appointment", "bring", "question", "safety"}
    for name in (*(f"desk.group.{group.name}" for group in BOOK.groups), *(f"desk.gap.{gap}" for gap in GAPS)):
        assert WORDING.has(name), name
    assert {gap for phrase in PHRASES for gap in phrase.gaps} == set(GAPS)


@pytest.mark.parametrize(
    ("language", "day", "money"),
    [
        ("en", "December", "€80.46"),
        ("es", "martes, 1 de diciembre", "80,46\xa0€"),
        ("fr", "mardi 1 décembre", "80,46\xa0€"),
        ("de", "Dienstag, 1. Dezember", "80,46\xa0€"),
        ("ar", "ديسمبر", "€"),
        ("uk", "вівторок, 1 грудня", "80,46\xa0EUR"),
    ],
)
def test_dates_and_money_are_written_as_the_newcomer_writes_them(
    session: Session, picked: dict[str, list[str]], language: str, day: str, money: str
) -> None:
    appointment, cost = BOOK.get("phrase.appointment.made"), BOOK.get("phrase.place.cost")
    assert appointment is not None and cost is not None
    assert day in said(session, appointment, picked, language)
    assert money in said(session, cost, picked, language)


def test_an_address_stays_in_order_inside_a_language_from_right_to_left(
    session: Session, picked: dict[str, list[str]]
) -> None:
    address = BOOK.get("phrase.place.address")
    assert address is not None
    assert f"\u2068{picked['place'][0]}\u2069" in said(session, address, picked, "ar")


def test_questions_never_ask_what_nobody_must_ask() -> None:
    asked = [WORDING.text(phrase.id, "en") for phrase in PHRASES]
    assert not [text for text in asked if "?" in text and ASKED_NEVER.search(text)]


@pytest.mark.parametrize("language", WORDING.languages)
def test_the_words_that_erase_the_chat_are_ones_the_assistant_learned(language: str) -> None:
    told = WORDING.text("phrase.safety.erase", language).rpartition(":")[2].strip()
    acts = yaml.safe_load((ROOT / "nlu" / language / "acts.yml").read_text(encoding="utf-8"))["nlu"]
    learned = next(one["examples"] for one in acts if one.get("intent") == "forget_me")
    assert told.casefold() in {line.removeprefix("- ").strip().casefold() for line in learned.splitlines()}
