from pathlib import Path

import pytest

from nlu.components.names import BrokenNames, read_names
from nlu.components.offers import Offers, read_offers, topic_of_offers
from nlu.components.words import words

NLU = Path(__file__).resolve().parents[3] / "nlu"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my tooth hurts, I need a dentist", ["dentist"]),
        ("dentists near me", ["dentist"]),
        ("A2 course", ["course_a2"]),
        ("nothing of that", []),
        ("course a2, then the dentist", ["dentist"]),
    ],
)
def test_offers(text: str, expected: list) -> None:
    assert Offers([("dentist", "dentist*"), ("course_a2", "a2 course")]).found_in(words(text)) == expected


def test_no_offers_file_means_no_offers(tmp_path: Path) -> None:
    assert read_offers(tmp_path) == []


def test_a_broken_names_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "names.yml").write_text("names_of_languages: [a, b]")
    with pytest.raises(BrokenNames, match="names.yml"):
        read_names(tmp_path)


def test_norwegian_is_no_falsehood(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "names.yml").write_text("names_of_languages: {no: [norwegian]}")
    assert read_names(tmp_path).entries == [("language", "no", "norwegian")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("L'été à Gênes", ["lete", "a", "genes"]), ("إلى المدرسةِ", ["الي", "المدرسه"]), ("Їжа!", ["іжа"])],
)
def test_words_are_made_comparable(text: str, expected: list) -> None:
    assert words(text) == expected


def test_every_offer_of_the_phrase_lists_is_in_the_vocabulary() -> None:
    assert {code for code, _ in read_offers(NLU)} <= set(topic_of_offers())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where can I get food for free", "free"),
        ("a women's centre", "women"),
        ("abogado para personas sin papeles", "no_papers"),
        ("une crèche près de chez moi", "near_me"),
        ("Zahnarzt, der jetzt noch offen hat", "open_now"),
        ("محامي ببلاش", "free"),
        ("лікар для дитини", "children"),
    ],
)
def test_explicit_words_are_enough_for_a_circumstance(text: str, expected: str) -> None:
    assert expected in Offers(sorted(set(read_names(NLU).circumstances))).found_in(words(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shukaju zhytlo", "шукаю житло"),
        ("shukayu zhytlo", "шукаю житло"),
        ("potriben likar", "потрібен лікар"),
        ("шукаю житло", "шукаю житло"),
    ],
)
def test_ukrainian_in_latin_letters_is_read_back(text: str, expected: str) -> None:
    found = read_names(NLU).latin.read(text, "uk")
    assert found.replace("і", "и") == expected.replace("і", "и")


def test_other_languages_stay_as_they_are() -> None:
    assert read_names(NLU).latin.read("I need a doctor", "en") == "I need a doctor"
