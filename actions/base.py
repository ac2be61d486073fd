"""What all our actions share: they read a turn, decide in one database session, and hand replies and slots to Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions.say import Say
from actions.turn import Turn, read_turn
from knowledge.store import Store


@dataclass(frozen=True, slots=True)
class Decision:
    """What an action decided: replies in order, and slots to set."""

    replies: tuple[Say, ...]
    slots: Mapping[str, Any] = field(default_factory=dict)


class KnowledgeAction(Action):
    """An action that looks into the knowledge base. Subclasses name themselves and decide."""

    action: str

    def __init__(self, store: Store) -> None:
        self._store = store

    def name(self) -> str:
        """Return the name used in the domain."""
        return self.action

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return what to say and remember. Runs in a worker thread, inside one session."""
        raise NotImplementedError

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Run the action for Rasa: decide, dispatch the replies by name, return the slots as events.

        Every rule ends with its action, so the next thing is to listen: said here, Rasa need not ask its policies.
        """
        turn = read_turn({"latest_message": tracker.latest_message, "slots": tracker.slots, "events": tracker.events})
        decision = await self._store.read(self.decide, turn)
        for reply in decision.replies:
            dispatcher.utter_message(response=reply.response, **reply.arguments())
        slots = [SlotSet(name, value) for name, value in decision.slots.items()]
        return [*slots, FollowupAction("action_listen")]
