"""Questions about services shown before: when, where, how much, what to bring, in which languages, for whom, details."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from actions.base import Decision, KnowledgeAction
from actions.find_service import FindService, ask_for_need
from actions.say import Say
from actions.turn import Turn

FACTS: dict[str, tuple[str, ...]] = {
    "ask_hours": ("hours", "phone"),
    "ask_place": ("address",),
    "ask_cost": ("cost",),
    "ask_documents": ("documents",),
    "ask_languages": ("languages",),
    "ask_audience": ("audience", "conditions"),
    "ask_phone": ("phone",),
}
SERVICES_AT_ONCE = 3


class AskAboutService(KnowledgeAction):
    """``ask_…``: the one fact asked for, of the service named or of those shown last."""

    action = "action_ask_about_service"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return a reply with that fact; asks for the need when nothing was shown yet."""
        services = asked_about(turn)
        if not services:
            return FindService(self._store).decide(session, turn) if turn.topics else Decision((ask_for_need(turn),))
        facts = FACTS.get(turn.intent, ("short",))
        reply = Say(f"utter_{turn.intent}", services=services, show=facts, choices=_choices(services))
        return Decision((reply,), {"answer": replace(turn.answer, last=services).write(), "misses": 0})


class Details(KnowledgeAction):
    """``details``: everything known about the service named or those shown last."""

    action = "action_details"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return the full card of one service, or of the last ones."""
        services = asked_about(turn)
        if not services:
            return Decision((ask_for_need(turn),))
        reply = Say("utter_details", services=services, show=("full",), choices=("wrong", "person"))
        return Decision((reply,), {"answer": replace(turn.answer, last=services).write()})


def asked_about(turn: Turn) -> tuple[str, ...]:
    """Return the ids of the services a question is about: the one named, else those shown last."""
    named = turn.entities.get("service", ())
    return tuple(named or turn.answer.last)[:SERVICES_AT_ONCE]


def _choices(services: tuple[str, ...]) -> tuple[str, ...]:
    return ((f"details:{services[0]}",) if len(services) == 1 else ()) + ("person",)
