"""What actions decide, in codes: no text and no language is involved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from actions.about_service import AskAboutService, Details
from actions.change import ChangeLanguage, ChangeTerritory
from actions.dialogue import Confirm, Decline, OutOfScope, WrongAnswer
from actions.find_service import FindService
from actions.first_steps import FirstSteps
from actions.forget import ForgetMe
from actions.more import More
from actions.person import TalkToPerson
from actions.registry import ACTIONS
from actions.safety import Safety
from actions.turn import LastAnswer, Turn, read_turn
from bot.commands.migrate import RECORDS_MIGRATIONS
from bot.environments import ROOT
from knowledge import seed
from knowledge.migrations import upgrade
from knowledge.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path_factory.mktemp('actions') / 'test.db'}")
    upgrade(made, [RECORDS_MIGRATIONS])
    seed.load(made, ROOT / "knowledge" / "territories")
    yield made
    made.close()


def turn(intent: str = "need", **given: object) -> Turn:
    return Turn(
        **{"intent": intent, "text": "", "territory": "turin", "language": "en", "languages": ("ar", "en"), **given}
    )  # type: ignore[arg-type]


def decide(store: Store, action: type, given: Turn):  # type: ignore[no-untyped-def]
    with store.session() as session:
        return action(store).decide(session, given)


def test_every_need_gets_an_answer_of_its_own(store: Store) -> None:
    decision = decide(store, FindService, turn(topics=("healthcare", "housing")))
    assert [say.values["topic"] for say in decision.replies] == ["healthcare", "housing"]
    assert all(1 <= len(say.services) <= 2 for say in decision.replies)


def test_one_need_gets_three_services_at_most(store: Store) -> None:
    (say,) = decide(store, FindService, turn(topics=("legal_aid",))).replies
    assert 1 <= len(say.services) <= 3
    assert say.choices[-2:] == ("wrong", "person")


def test_more_shows_what_was_not_shown(store: Store) -> None:
    first = decide(store, FindService, turn(topics=("legal_aid",)))
    answer = LastAnswer.read(first.slots["answer"])
    more = decide(store, More, turn("more", answer=answer))
    assert more.replies[0].services
    assert not set(more.replies[0].services) & set(answer.shown)


def test_nothing_known_leads_to_the_one_stop_shop_and_is_counted(store: Store) -> None:
    (say,) = decide(store, FindService, turn(topics=("driving_licence",))).replies
    assert say.response == "utter_nothing_known"
    assert say.services == ("torino-servizio-stranieri",)
    assert say.effects["unmet"]["topic"] == "driving_licence"
    assert "person" in say.choices


def test_a_circumstance_refines_the_last_answer(store: Store) -> None:
    answer = LastAnswer(topics=("healthcare",), circumstances=("free",))
    decision = decide(store, FindService, turn("inform", circumstances=("no_papers",), answer=answer))
    assert decision.slots["answer"]["topics"] == ["healthcare"]
    assert decision.slots["answer"]["circumstances"] == ["free", "no_papers"]


def test_a_city_named_with_a_need_is_answered_for_and_said(store: Store) -> None:
    entities = {"territory": ("dortmund",)}
    decision = decide(store, FindService, turn(topics=("housing",), entities=entities))
    assert decision.replies[0].effects == {"territory": "dortmund"}
    assert decision.replies[0].choices == ("territory:turin",)
    assert decision.replies[1].values["territory"] == "dortmund"


@pytest.mark.parametrize("named", ["it", "atlantis", "turin"])
def test_other_names_change_nothing(store: Store, named: str) -> None:
    decision = decide(store, FindService, turn(topics=("housing",), entities={"territory": (named,)}))
    assert all("territory" not in say.effects for say in decision.replies)


@pytest.mark.parametrize(
    ("intent", "shown"),
    [
        ("ask_hours", ("hours", "phone")),
        ("ask_documents", ("documents",)),
        ("ask_cost", ("cost",)),
        ("ask_phone", ("phone",)),
    ],
)
def test_a_question_is_about_what_was_shown_last(store: Store, intent: str, shown: tuple[str, ...]) -> None:
    answer = LastAnswer(topics=("mental_health",), last=("torino-fanon",))
    (say,) = decide(store, AskAboutService, turn(intent, answer=answer)).replies
    assert (say.services, say.show) == (("torino-fanon",), shown)


@pytest.mark.parametrize("action", [AskAboutService, Details, More])
def test_without_an_answer_before_the_need_is_asked_for(store: Store, action: type) -> None:
    assert decide(store, action, turn("details")).replies[0].response == "utter_ask_need"


def test_two_misses_offer_a_person_and_yes_calls_one(store: Store) -> None:
    assert decide(store, WrongAnswer, turn("wrong_answer")).replies[0].response == "utter_wrong_answer"
    offer = decide(store, WrongAnswer, turn("wrong_answer", misses=1))
    assert offer.slots["question"] == "person"
    accepted = decide(store, Confirm, turn("affirm", question="person"))
    assert accepted.replies[0].effects == {"person": "asked"}
    assert decide(store, Decline, turn("deny", question="person")).replies[0].response == "utter_ask_need"


def test_a_person_is_never_refused(store: Store) -> None:
    (say,) = decide(store, TalkToPerson, turn("talk_to_person")).replies
    assert say.services == ("torino-servizio-stranieri",) and say.effects == {"person": "asked"}


def test_forgetting_asks_once_and_then_erases(store: Store) -> None:
    assert decide(store, ForgetMe, turn("forget_me")).slots["question"] == "forget"
    assert decide(store, ForgetMe, turn("forget_me", entities={"act": ("yes",)})).replies[0].effects == {"erase": True}
    assert decide(store, Confirm, turn("affirm", question="forget")).replies[0].effects == {"erase": True}
    assert decide(store, Decline, turn("deny", question="forget")).replies[0].response == "utter_not_forgotten"


def test_first_steps_follow_the_territory(store: Store) -> None:
    (say,) = decide(store, FirstSteps, turn("first_steps")).replies
    assert [step for step, _ in say.steps][:2] == ["welcome", "residence_permit"]


@pytest.mark.parametrize(
    ("wanted", "response", "effects"),
    [
        ("ar", "utter_language_changed", {"language": "ar"}),
        ("ti", "utter_language_not_spoken", {}),
        (None, "utter_which_language", {}),
    ],
)
def test_changing_the_language(store: Store, wanted: str | None, response: str, effects: dict[str, str]) -> None:
    entities = {"language": (wanted,)} if wanted else {}
    (say,) = decide(store, ChangeLanguage, turn("change_language", entities=entities)).replies
    assert (say.response, say.effects) == (response, effects)


def test_changing_the_city_without_a_name_lists_all(store: Store) -> None:
    (say,) = decide(store, ChangeTerritory, turn("change_territory")).replies
    assert len(say.choices) == 15


@pytest.mark.parametrize("kind", ["danger", "violence", "trafficking", "child_alone", "suicide"])
def test_danger_leads_with_numbers(store: Store, kind: str) -> None:
    (say,) = decide(store, Safety, turn("safety", safety=kind)).replies
    assert (say.response, say.emergency) == (f"utter_safety_{kind}", kind)
    assert kind != "danger" or say.services == ()


def test_nonsense_is_not_answered_with_a_random_record(store: Store) -> None:
    (say,) = decide(store, OutOfScope, turn("out_of_scope", text="qwrtzpsdfg")).replies
    assert say.response == "utter_out_of_scope" and say.services == ()


def test_names_are_found_by_words(store: Store) -> None:
    (say,) = decide(store, OutOfScope, turn("out_of_scope", text="frantz fanon")).replies
    assert say.services[0] == "torino-fanon"


def test_all_actions_of_the_domain_exist() -> None:
    domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
    for action in ACTIONS:
        assert f"- {action.action}\n" in domain


@pytest.mark.parametrize("slot", [None, "x", 3, {"topics": None}, {"last": ["a"], "unknown": 1}])
def test_an_unreadable_memory_is_an_empty_one(slot: object) -> None:
    assert LastAnswer.read(slot).topics == ()


def test_a_turn_is_read_from_a_tracker() -> None:
    tracker = {
        "latest_message": {
            "intent": {"name": "need"},
            "text": "x",
            "language": {"code": "ar"},
            "entities": [{"entity": "topic", "value": "housing"}, {"entity": "topic", "value": "housing"}],
        },
        "events": [{"event": "user", "metadata": {"territory": "turin", "language": "en", "languages": ["ar", "en"]}}],
        "slots": {"misses": 1},
    }
    read = read_turn(tracker)
    assert (read.topics, read.language, read.territory, read.misses) == (("housing",), "ar", "turin", 1)


def test_a_language_that_is_not_spoken_keeps_the_talks_language(tmp_path: Path) -> None:
    tracker = {
        "latest_message": {"language": {"code": "ti"}},
        "events": [{"event": "user", "metadata": {"language": "uk", "languages": ["uk"]}}],
    }
    assert read_turn(tracker).language == "uk"
