from pathlib import Path

import pytest

from nlu.components.names import BrokenNames, read_names
from nlu.components.offers import Offers, read_offers
from nlu.components.words import words


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
