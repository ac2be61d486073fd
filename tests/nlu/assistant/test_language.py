from pathlib import Path

import pytest

from nlu.components.evidence import Evidence
from nlu.components.examples import read_examples
from nlu.components.names import read_names
from nlu.components.tongues import Tongues
from nlu.components.words import words

NLU = Path(__file__).resolve().parents[3] / "nlu"
OTHERS = {"ro": {"script": "LATIN"}, "ru": {"script": "CYRILLIC"}, "am": {"script": "ETHIOPIC"}}
OTHERS["ti"] = {"script": "ETHIOPIC", "letters": "ኣ"}


@pytest.fixture(scope="module")
def tongues() -> Tongues:
    files = [path for name in ("topics", "acts") for path in NLU.glob(f"*/{name}.yml")]
    names = read_names(NLU)
    proper = [name for entity, _, name in names.entries if entity in ("territory", "language")]
    return Tongues.learn(read_examples(files), OTHERS, proper, names.latin)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I need a doctor for my daughter", "en"),
        ("necesito un médico para mi hija", "es"),
        ("j'ai besoin d'un médecin pour ma fille", "fr"),
        ("ich brauche einen Arzt für meine Tochter", "de"),
        ("أحتاج طبيب لابنتي من فضلك", "ar"),
        ("мені потрібен лікар для доньки", "uk"),
        ("meni potriben likar dlya dytyny", "uk"),
        ("ana 3ayez doctor le benti", "ar"),
        ("shukaju kvartyru dlja simji", "uk"),
        ("wach kayn chi 7aja 9riba", "ar"),
        ("ለልጄ ሐኪም እፈልጋለሁ", "am"),
        ("ንውላደይ ሓኪም የድልየኒ ኣሎ", "ti"),
        ("Мне нужен врач для ребёнка", "ru"),
    ],
)
def test_the_language_of_a_sentence(tongues: Tongues, text: str, expected: str) -> None:
    assert tongues.guess(text)[0][0] == expected


@pytest.mark.parametrize(
    ("text", "conversation", "turn", "expected", "evidence"),
    [
        ("ok", "uk", 5, "uk", "conversation"),
        ("hotel", "ar", 5, "ar", "conversation"),
        ("112", None, 0, "en", "default"),
        ("visa Torino", "es", 4, "es", "conversation"),
        ("danke schön", "en", 6, "en", "conversation"),
        ("ich brauche dringend eine neue Wohnung", "en", 6, "de", "text"),
        ("", "fr", 2, "fr", "conversation"),
        ("🙂🙂", "fr", 2, "fr", "conversation"),
    ],
)
def test_two_words_never_change_the_language(
    tongues: Tongues, text: str, conversation: str | None, turn: int, expected: str, evidence: str
) -> None:
    plain = words(text)
    settled = Evidence(conversation, None, turn).settle(plain, tongues.telling(plain), tongues.guess(text))
    assert (settled["code"], settled["evidence"]) == (expected, evidence)


def test_a_greeting_of_one_language_opens_in_it() -> None:
    settled = Evidence(None, None, 0, greetings={"hola": ["es"]}).settle(["hola"], ["hola"], [("en", 0.6)])
    assert settled["code"] == "es"


def test_a_greeting_that_two_languages_share_does_not() -> None:
    settled = Evidence(None, "ti", 0, greetings={"selam": ["am", "tr"]}).settle(["selam"], ["selam"], [("am", 0.5)])
    assert settled["code"] == "ti"
