from pathlib import Path

import pytest

from nlu.components import danger, linear, meaning
from nlu.components.bridge import BrokenBridge, read_bridge
from nlu.components.examples import read_examples
from nlu.components.meaning import MeaningModel
from nlu.components.offers import Offers, read_offers
from nlu.components.spelling import Latin
from nlu.components.words import words

NLU = Path(__file__).resolve().parents[3] / "nlu"
ORDINARY = (
    "Good morning, I came here in March with my wife and our two sons. We live with a cousin near the river. "
    "The boys go to school already and they like it. I worked as a baker at home for eleven years. "
)
MORE = "My wife wants to learn the language in the evening. We also look for a cheap bicycle for the older boy."


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> MeaningModel:
    patch = pytest.MonkeyPatch()
    patch.setattr(linear, "LANDMARKS", 800)
    patch.setattr(meaning, "PAIRS", 150)
    names = ("topics", "acts", "circumstances", "safety")
    trained = MeaningModel()
    trained.train(read_examples([path for name in names for path in NLU.glob(f"en/{name}.yml")]), Latin())
    folder = tmp_path_factory.mktemp("model")
    trained.save(folder)
    patch.undo()
    return MeaningModel.load(folder)


def kind_of(model: MeaningModel, *texts: str) -> list[str | None]:
    offers = Offers(read_offers(NLU))
    named = [offers.found_in(words(text)) for text in texts]
    return [found.safety for found in model.understand(texts, ["en"] * len(texts), named)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my stepfather punched me in the face again last night and I hide in the cellar", "violence"),
        ("the boss keeps our passports and locks us in the farm at night without pay", "trafficking"),
        ("I have the pills ready and tonight I want to end my life", "suicide"),
        ("my daughter of six did not come back from the playground, we can't find her", "child_alone"),
        ("my father lies on the ground and does not breathe any more", "danger"),
    ],
)
def test_a_cry_is_heard_and_its_kind_told(model: MeaningModel, text: str, kind: str) -> None:
    assert kind_of(model, text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "where can I learn the language in the evening",
        "I look for a dentist near the station",
        "what does the swimming course cost for my kids",
        "how can I get my diploma recognised",
    ],
)
def test_ordinary_messages_ring_no_alarm(model: MeaningModel, text: str) -> None:
    assert kind_of(model, text) == [None]


def test_one_sentence_of_a_long_story_is_enough(model: MeaningModel) -> None:
    story = ORDINARY + "My husband hits me every night and says he will kill me. " + MORE
    assert kind_of(model, story) == ["violence"]


def test_danger_beyond_what_the_encoder_reads_at_once_is_found(model: MeaningModel) -> None:
    story = (ORDINARY + MORE) * 3 + " I have the pills ready and tonight I want to end my life."
    assert kind_of(model, story) == ["suicide"]


def test_many_messages_at_once_are_judged_as_each_alone(model: MeaningModel) -> None:
    texts = ["good morning", ORDINARY + "My husband hits me every night and says he will kill me.", "a dentist please"]
    assert kind_of(model, *texts) == [kind_of(model, text)[0] for text in texts] == [None, "violence", None]


def test_without_examples_of_danger_everything_else_is_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "LANDMARKS", 200)
    monkeypatch.setattr(meaning, "PAIRS", 30)
    trained = MeaningModel()
    trained.train(read_examples([NLU / "en" / "acts.yml", NLU / "en" / "topics.yml"])[::6], Latin())
    assert trained.danger is None
    assert kind_of(trained, "he will kill me") == [None]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I need a doctor", []),
        ("I need a doctor.", []),
        ("He came back. I am afraid. Now", ["He came back", "I am afraid"]),
        ("", []),
    ],
)
def test_pieces_are_sentences_that_say_something(text: str, found: list[str]) -> None:
    assert danger.pieces(text) == found


def test_a_story_without_full_stops_is_read_through_a_window() -> None:
    story = " ".join(f"w{number}" for number in range(60))
    found = [piece.split() for piece in danger.pieces(story)]
    assert max(map(len, found)) < 20
    assert {word for piece in found for word in piece} == set(story.split())


def test_what_the_encoder_does_not_know_is_said_in_words_it_knows(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "bridge.yml").write_text('letters: {q: k}\nwords: {"help me": [допомож*], "I": [Я]}\n')
    bridge = read_bridge(tmp_path)
    assert bridge.read("Я, ДОПОМОЖІТЬ! Qwa", "xx") == "I, help me! kwa"
    assert bridge.read("Я, ДОПОМОЖІТЬ! Qwa", "en") == "Я, ДОПОМОЖІТЬ! Qwa"
    assert bridge.read("Я", None) == "Я"


def test_a_broken_bridge_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "bridge.yml").write_text("words: [a, b]\n")
    with pytest.raises(BrokenBridge, match=r"bridge\.yml"):
        read_bridge(tmp_path)
