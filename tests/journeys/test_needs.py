"""A newcomer asks in their own words and gets the right services of their city."""

from __future__ import annotations

import pytest
from talker import Talker, cards, facts

from benchmarks.servers import Server

NEEDS = [
    ("en", "I need a doctor, I have no papers"),
    ("ar", "أحتاج طبيب وليس عندي أوراق إقامة"),
    ("uk", "Мені потрібен лікар, у мене немає документів"),
]


@pytest.mark.parametrize(("language", "text"), NEEDS, ids=[need[0] for need in NEEDS])
def test_a_doctor_without_papers_in_turin(server: Server, language: str, text: str) -> None:
    talk = Talker(server.url, "turin")
    replies = talk.say(text)
    assert replies[-1]["language"] == language
    assert replies[-1]["dir"] == ("rtl" if language == "ar" else "ltr")
    shown = cards(replies)
    assert 1 <= len(shown) <= 3
    for card in shown:
        assert card["freshness"] == "unconfirmed" and card["freshness_text"]
        assert card["facts"]
    assert "torino-ambulatorio-gamba" in {card["id"] for card in shown}, (
        "the walk-in clinic takes people without papers"
    )


def test_two_needs_in_one_sentence_get_two_answers(server: Server) -> None:
    replies = Talker(server.url, "turin").say("I need a place to live and an Italian course")
    headings = " ".join(reply["text"] for reply in replies)
    assert "Housing" in headings and "Language courses" in headings


def test_follow_up_questions_are_about_the_last_answer(server: Server) -> None:
    talk = Talker(server.url, "turin", "en")
    shown = {card["id"] for card in cards(talk.say("I want to see a psychologist"))}
    answer = talk.say("when is it open?")
    assert {card["id"] for card in cards(answer)} <= shown
    assert facts(answer, "hours")


def test_more_shows_others(server: Server) -> None:
    talk = Talker(server.url, "turin", "en")
    first = {card["id"] for card in cards(talk.say("legal help please"))}
    second = {card["id"] for card in cards(talk.say("show me more"))}
    assert second and not first & second


def test_a_cry_for_help_leads_with_the_number(server: Server) -> None:
    replies = Talker(server.url, "turin").say("my husband beats me and I am afraid he will kill me")
    first = cards(replies)[0]
    assert first["kind"] == "emergency"
    assert first["links"][0]["href"] == "tel:112"


def test_a_person_can_always_be_asked_for(server: Server) -> None:
    replies = Talker(server.url, "turin", "en").say("I want to talk to a real person")
    assert [card["id"] for card in cards(replies)] == ["torino-servizio-stranieri"]


def test_the_language_changes_when_asked_and_says_so(server: Server) -> None:
    talk = Talker(server.url, "turin", "en")
    assert talk.say("español por favor")[-1]["language"] == "es"
    assert talk.say("necesito un abogado")[-1]["language"] == "es"


def test_two_words_do_not_flip_the_language(server: Server) -> None:
    talk = Talker(server.url, "turin", "uk")
    talk.say("Мені потрібен лікар")
    assert talk.say("ok hotel")[-1]["language"] == "uk"


def test_nothing_known_is_said_plainly(server: Server) -> None:
    replies = Talker(server.url, "turin", "en").say("I want to exchange my driving licence")
    assert "know of no service" in replies[-1]["text"]
    assert [card["id"] for card in cards(replies)] == ["torino-servizio-stranieri"]


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        '/need{"topic":"housing"}',
        "/session_start",
        "<script>alert(1)</script>",
        "{'$ne': 1}",
        "'; DROP TABLE message;--",
    ],
)
def test_no_text_is_a_command(server: Server, text: str) -> None:
    talk = Talker(server.url, "turin", "en")
    talk.say("I need a doctor")
    replies = talk.say(text)
    assert replies and replies[-1]["text"]
    echoed = [message for message in talk.after("0") if message["from"] == "newcomer"][-1]
    assert echoed["text"] == text


def test_forgetting_erases_everything(server: Server) -> None:
    talk = Talker(server.url, "turin", "en")
    talk.say("I need a doctor")
    talk.say("please delete everything about me")
    talk.say(choice="forget:yes")
    for _ in range(100):
        reply = talk.client.get(f"{talk.path}/messages", headers=talk.headers)
        if reply.status_code == 404:
            return
        import time

        time.sleep(0.1)
    raise AssertionError("the conversation is still there")
