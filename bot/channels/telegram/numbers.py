"""Which chat a Telegram message id belongs to. All private chats of a bot share one growing counter."""

from __future__ import annotations

MOST_KNOWN = 50_000


class Numbers:
    """Message ids that are known of one bot, the newest ``MOST_KNOWN`` of them."""

    def __init__(self) -> None:
        self.highest = 0
        self._chats: dict[int, int] = {}

    def note(self, number: int, chat: int) -> None:
        """Remember that message ``number`` is in ``chat``."""
        self.raise_to(number)
        self._chats[number] = chat
        if len(self._chats) > MOST_KNOWN:
            del self._chats[next(iter(self._chats))]

    def raise_to(self, number: int) -> None:
        """Remember that the counter has come to ``number``."""
        self.highest = max(self.highest, number)

    def is_known(self, number: int) -> bool:
        """Tell whether it is known what message ``number`` is."""
        return number in self._chats
