"""A person in danger: the territory's numbers first, then services that help, then a person."""

from __future__ import annotations

from sqlalchemy.orm import Session

from actions.base import Decision, KnowledgeAction
from actions.say import Say
from actions.turn import LastAnswer, Turn
from knowledge import danger


class Safety(KnowledgeAction):
    """``safety``: what the NLU recognised although no phrase rule did."""

    action = "action_safety"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return the numbers of the territory for this kind of danger."""
        kind = turn.safety or turn.entity("act") or "danger"
        kind = kind if kind in danger.KINDS else "danger"
        services = danger.helping_services(session, turn.territory, kind)
        values = {"territory": turn.territory}
        reply = Say(f"utter_safety_{kind}", values, emergency=kind, services=services, choices=("person",))
        return Decision((reply,), {"answer": LastAnswer(shown=services, last=services).write()})
