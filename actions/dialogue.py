"""Turning points of the talk: a missed answer, yes and no to an open question, and talk that no service is for."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from actions.base import Decision, KnowledgeAction
from actions.find_service import ask_for_need, search, services_reply
from actions.person import offer_person, request_person
from actions.say import Say
from actions.turn import LastAnswer, Turn

MISSES_BEFORE_PERSON = 2
SHORTEST_SEARCH = 3


class WrongAnswer(KnowledgeAction):
    """``wrong_answer``: apologise, ask again; after two misses offer a person."""

    action = "action_wrong_answer"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return the apology with other topics, or the offer of a person."""
        misses = turn.misses + 1
        if misses >= MISSES_BEFORE_PERSON:
            return offer_person(misses)
        return Decision((Say("utter_wrong_answer", choices=("main",)),), {"misses": misses, "question": None})


class Confirm(KnowledgeAction):
    """``affirm``: yes to the question that is open; otherwise asks for the need."""

    action = "action_confirm"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return what the open question promised."""
        if turn.question == "person":
            return request_person(session, turn, reason="asked")
        if turn.question == "forget":
            return Decision((Say("utter_forgotten", effects={"erase": True}),), {"question": None})
        return Decision((ask_for_need(turn),), {"question": None})


class Decline(KnowledgeAction):
    """``deny``: no to the question that is open."""

    action = "action_decline"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return the way on."""
        if turn.question == "forget":
            return Decision((Say("utter_not_forgotten", choices=("menu",)),), {"question": None})
        return Decision((ask_for_need(turn),), {"question": None})


class OutOfScope(KnowledgeAction):
    """``out_of_scope``: search the words in names and prose; honest when nothing fits."""

    action = "action_out_of_scope"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return services whose words fit, else say what can be asked here."""
        answer = LastAnswer(words=turn.text)
        if len(turn.text.strip()) >= SHORTEST_SEARCH:
            findings = search(session, turn.territory, None, answer, limit=3)
            if findings.results:
                found = tuple(result.service_id for result in findings.results)
                answer = LastAnswer(words=turn.text, shown=found, last=found)
                reply = services_reply(session, turn.territory, None, answer, findings)
                return Decision((reply,), {"answer": answer.write(), "misses": 0})
        misses = turn.misses + 1
        if misses >= MISSES_BEFORE_PERSON:
            return offer_person(misses)
        effects: dict[str, Any] = {"unmet": {"topic": None, "circumstances": []}}
        return Decision((Say("utter_out_of_scope", choices=("main",), effects=effects),), {"misses": misses})
