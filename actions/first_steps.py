"""The ordered first steps of a territory for someone who has just arrived."""

from __future__ import annotations

from sqlalchemy.orm import Session

from actions.base import Decision, KnowledgeAction
from actions.find_service import ask_for_need
from actions.say import Say
from actions.turn import LastAnswer, Turn
from knowledge import territories


class FirstSteps(KnowledgeAction):
    """``first_steps``: what to do first, second, third, each with where it is done."""

    action = "action_first_steps"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return the steps as cards, in the territory's order."""
        steps = territories.first_steps(session, turn.territory)
        if not steps:
            return Decision((ask_for_need(turn),))
        first = tuple(step.service_ids[0] for step in steps if step.service_ids)
        reply = Say(
            "utter_first_steps",
            {"territory": turn.territory},
            steps=tuple((step.step, tuple(step.service_ids[:1])) for step in steps),
            choices=("menu:all", "person"),
        )
        return Decision((reply,), {"answer": LastAnswer(shown=first, last=first[:1]).write(), "misses": 0})
