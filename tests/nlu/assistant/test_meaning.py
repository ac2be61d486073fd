from pathlib import Path

import pytest

from nlu.components import linear, meaning
from nlu.components.examples import read_examples
from nlu.components.meaning import Meaning, MeaningModel
from nlu.components.offers import Offers, read_offers
from nlu.components.spelling import Latin
from nlu.components.words import words

NLU = Path(__file__).resolve().parents[3] / "nlu"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> MeaningModel:
    patch = pytest.MonkeyPatch()
    patch.setattr(linear, "LANDMARKS", 800)
    patch.setattr(meaning, "PAIRS", 50)
    names = ("topics", "acts", "circumstances", "safety")
    trained = MeaningModel()
    # One language is enough to see decisions; figures of all come from `bot check --nlu`.
    trained.train(read_examples([path for name in names for path in NLU.glob(f"en/{name}.yml")]), Latin())
    folder = tmp_path_factory.mktemp("model")
    trained.save(folder)
    patch.undo()
    return MeaningModel.load(folder)


def understood(model: MeaningModel, text: str, language: str | None = "en") -> Meaning:
    offers = Offers(read_offers(NLU)).found_in(words(text))
    return model.understand([text], [language], [offers])[0]


@pytest.mark.parametrize(
    ("text", "topics", "circumstances"),
    [
        ("a doctor for children", {"healthcare"}, {"children"}),
        ("I need a flat and a job", {"housing", "employment"}, set()),
        ("a lawyer for people without papers", {"legal_aid"}, {"no_papers"}),
    ],
)
def test_needs(model: MeaningModel, text: str, topics: set, circumstances: set) -> None:
    found = understood(model, text)
    assert {code for code, _ in found.topics} == topics
    assert circumstances <= set(found.circumstances)
    assert found.intents[0][0] == "need"


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("what time does it open on saturday?", "ask_hours"),
        ("I want to talk to a real person", "talk_to_person"),
        ("delete everything you know about me", "forget_me"),
        ("what is the weather like tomorrow", "out_of_scope"),
    ],
)
def test_acts(model: MeaningModel, text: str, act: str) -> None:
    assert understood(model, text).intents[0][0] == act


def test_danger_leads(model: MeaningModel) -> None:
    found = understood(model, "my husband hits me every night and says he will kill me")
    assert (found.safety, found.intents[0][0]) == ("violence", "safety")


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "!!!", "a" * 10_000, "\x00\x01"])
def test_nothing_said_breaks_nothing(model: MeaningModel, text: str) -> None:
    assert understood(model, text, None).safety is None
