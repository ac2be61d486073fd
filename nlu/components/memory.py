"""The dialogue's memory between two messages: it comes with each message and goes back with its answer.

Rasa keeps nothing: what lasts stands in the app's own tables, where one retention setting reaches all of it. So a reply
costs the same however long the talk is, and any assistant process can take any message (docs/decisions/0003).
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Text

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker


async def remember(agent: Any, sender: Text, slots: Mapping[Text, Any]) -> None:
    """Begin a tracker for ``sender`` that holds these slots and nothing else; unknown names are passed over."""
    tracker = DialogueStateTracker(sender, agent.domain.slots)
    tracker.update(ActionExecuted(ACTION_SESSION_START_NAME))
    tracker.update(SessionStarted())
    for name, value in slots.items():
        if name in tracker.slots and value is not None:
            tracker.update(SlotSet(name, value))
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
    await agent.tracker_store.save(tracker)


async def take_back(agent: Any, sender: Text) -> Dict[Text, Any]:
    """Return the slots that ``sender``'s tracker holds now, and forget the tracker."""
    tracker = await agent.tracker_store.retrieve(sender)
    forget(agent, sender)
    if tracker is None:
        return {}
    return {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None}


def forget(agent: Any, sender: Text) -> None:
    """Drop ``sender``'s tracker."""
    store = agent.tracker_store
    # Rasa wraps the store in one that survives failures, and offers no way to delete.
    getattr(store, "_tracker_store", store).store.pop(sender, None)
