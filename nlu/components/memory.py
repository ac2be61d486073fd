"""The dialogue's memory between two messages: it comes with each message and goes back with its answer.

Rasa keeps nothing: what lasts stands in the app's own tables, where one retention setting reaches all of it. So a reply
costs the same however long the talk is, and any assistant process can take any message (docs/decisions/0003-memory-travels.md).
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, Mapping, Optional, Text

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker


class ExchangeTrackerStore(TrackerStore):
    """Holds the trackers of the exchanges that are being answered right now, and nothing else.

    ``begin`` and ``end`` enclose an exchange. The tracker itself is handed on: no copy, no serialising.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._trackers: Dict[Text, DialogueStateTracker] = {}
        super().__init__(domain=None)

    def begin(self, sender: Text, slots: Mapping[Text, Any]) -> None:
        """Begin a tracker for ``sender`` that holds these slots and nothing else; unknown names are passed over."""
        tracker = DialogueStateTracker(sender, self.domain.slots)
        tracker.update(ActionExecuted(ACTION_SESSION_START_NAME))
        tracker.update(SessionStarted())
        for name, value in slots.items():
            if name in tracker.slots and value is not None:
                tracker.update(SlotSet(name, value))
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        self._trackers[sender] = tracker

    def end(self, sender: Text) -> Dict[Text, Any]:
        """Forget ``sender``'s tracker and return the slots that it held."""
        tracker = self._trackers.pop(sender, None)
        if tracker is None:
            return {}
        return {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None}

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker while its exchange lasts."""
        self._trackers[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """Return the tracker of the exchange that is being answered."""
        return self._trackers.get(sender_id)

    async def keys(self) -> Iterable[Text]:
        """Return the senders whose exchanges are being answered."""
        return list(self._trackers)
