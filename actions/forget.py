"""The newcomer wants everything erased: asked once, then done."""

from __future__ import annotations

from sqlalchemy.orm import Session

from actions.base import Decision, KnowledgeAction
from actions.say import Say
from actions.turn import Turn


class ForgetMe(KnowledgeAction):
    """``forget_me``: a question with two buttons; the button itself erases."""

    action = "action_forget_me"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return the question, or after the button the confirmation with the effect."""
        if turn.entity("act") == "yes":
            return Decision((Say("utter_forgotten", effects={"erase": True}),), {"question": None})
        reply = Say("utter_forget_question", choices=("forget:yes", "no"))
        return Decision((reply,), {"question": "forget"})
