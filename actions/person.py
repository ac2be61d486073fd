"""A newcomer wants a person: shown is the one-stop shop's contact, and the request is recorded."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from actions.base import Decision, KnowledgeAction
from actions.say import Say
from actions.turn import Turn
from knowledge import territories


class TalkToPerson(KnowledgeAction):
    """``talk_to_person``: always possible, without questions."""

    action = "action_talk_to_person"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return the contact of the territory's one-stop shop."""
        return request_person(session, turn, reason="missed" if turn.misses else "asked")


def request_person(session: Session, turn: Turn, *, reason: str) -> Decision:
    """Return the contact of the one-stop shop and have the request recorded with its reason (asked, missed, safety)."""
    desk = territories.desk_service(session, turn.territory)
    services = (desk,) if desk else ()
    reply = Say("utter_person", {"territory": turn.territory}, services=services, effects={"person": reason})
    slots = {"misses": 0, "question": None, "answer": _about(turn, services)}
    return Decision((reply,), slots)


def offer_person(misses: int) -> Decision:
    """Return the question whether a person shall be asked, after answers that missed."""
    reply = Say("utter_offer_person", choices=("person", "menu"))
    return Decision((reply,), {"misses": misses, "question": "person"})


def _about(turn: Turn, services: tuple[str, ...]) -> dict[str, object]:
    return replace(turn.answer, last=services or turn.answer.last).write()
