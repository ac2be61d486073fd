"""Cards made lately, kept for the minute they are true in: opening hours change by the minute, records more rarely."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from datetime import datetime

from bot.conversation.messages import Card

MOST_CARDS = 5000


class Shelf:
    """Cards by key for the present minute. An edited record is shown anew a minute later at the latest."""

    def __init__(self) -> None:
        self._minute = ""
        self._cards: dict[Hashable, Card] = {}
        self._lock = threading.Lock()

    def take(self, key: Hashable, at: datetime) -> Card | None:
        """Return the card of ``key`` if it was made in the minute of ``at``."""
        with self._lock:
            self._turn_to(at)
            return self._cards.get(key)

    def put(self, key: Hashable, card: Card, at: datetime) -> Card:
        """Keep ``card`` for the minute of ``at`` and return it."""
        with self._lock:
            self._turn_to(at)
            if len(self._cards) < MOST_CARDS:
                self._cards[key] = card
        return card

    def _turn_to(self, at: datetime) -> None:
        minute = f"{at:%Y-%m-%dT%H:%M}"
        if minute != self._minute:
            self._minute = minute
            self._cards.clear()
