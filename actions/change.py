"""Changing the language of the talk and the city it is about."""

from __future__ import annotations

from sqlalchemy.orm import Session

from actions.base import Decision, KnowledgeAction
from actions.find_service import FindService
from actions.say import Say
from actions.turn import Turn
from knowledge import territories


class ChangeLanguage(KnowledgeAction):
    """``change_language``: at once when the language is spoken here; else says so and lists the languages."""

    action = "action_change_language"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return the confirmation in the new language, or the list of languages."""
        wanted = turn.entity("language")
        everything = tuple(f"language:{code}" for code in turn.languages)
        if wanted is None:
            return Decision((Say("utter_which_language", choices=everything),))
        if wanted not in turn.languages:
            return Decision((Say("utter_language_not_spoken", {"language": wanted}, choices=(*everything, "person")),))
        reply = Say(
            "utter_language_changed",
            {"language": wanted},
            choices=("menu",),
            effects={"language": wanted},
            language=wanted,
        )
        return Decision((reply,))


class ChangeTerritory(KnowledgeAction):
    """``change_territory``: at once when the city is one of ours; else lists the cities."""

    action = "action_change_territory"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return the confirmation, or the list of cities."""
        if turn.topics:
            # "I need a home in Turin" names a city, but a home is what it is about.
            return FindService(self._store).decide(session, turn)
        wanted = turn.entity("territory")
        if wanted and territories.is_chat_territory(session, wanted):
            reply = Say(
                "utter_territory_changed",
                {"territory": wanted},
                choices=("menu", "steps"),
                effects={"territory": wanted},
            )
            return Decision((reply,), {"answer": None})
        choices = tuple(f"territory:{territory.id}" for territory in territories.list_territories(session))
        return Decision((Say("utter_which_territory", choices=choices),))
