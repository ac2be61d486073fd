"""Which Telegram message ids are known to be something: all private chats of a bot share one growing counter."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

# Gaps are few, for nearly every id is somebody's message or one of ours; the oldest ones are forgotten first.
MOST_RANGES = 1000
Range = tuple[int, int]


class Numbers:
    """Message ids that are known of one bot, as ranges, and the marks that they matter for.

    A mark is a part whose sending was begun after a certain id: what is known above it narrows down where it can be.
    """

    def __init__(self) -> None:
        self.highest = 0
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._marks: dict[int, int] = {}

    def note(self, number: int) -> None:
        """Remember that ``number`` is a message that is known."""
        self.note_range((number, number))

    def note_range(self, known: Range) -> None:
        """Remember that all ids from the first to the last are known."""
        first, last = known
        self.raise_to(last)
        left = bisect_right(self._starts, first)
        if left and self._ends[left - 1] >= first - 1:
            left -= 1
        right = bisect_right(self._starts, last + 1)
        if left < right:
            first = min(first, self._starts[left])
            last = max(last, self._ends[right - 1])
        self._starts[left:right] = [first]
        self._ends[left:right] = [last]
        if len(self._starts) > MOST_RANGES:
            del self._starts[0], self._ends[0]

    def raise_to(self, number: int) -> None:
        """Remember that the counter has come to ``number``."""
        self.highest = max(self.highest, number)

    def is_known(self, number: int) -> bool:
        """Tell whether it is known what message ``number`` is."""
        place = bisect_right(self._starts, number)
        return place > 0 and self._ends[place - 1] >= number

    def begin(self, chat: int, after: int) -> None:
        """Remember that a part is on its way to ``chat``, which got an id above ``after`` if it has arrived."""
        self._marks[chat] = after

    def end(self, chat: int) -> None:
        """Remember that nothing is on its way to ``chat`` any more."""
        self._marks.pop(chat, None)

    def above_marks(self) -> list[Range]:
        """Return the ranges known above the oldest mark, to be kept for the next start; none when there is no mark."""
        if not self._marks:
            return []
        place = max(0, bisect_right(self._starts, min(self._marks.values())) - 1)
        return list(zip(self._starts[place:], self._ends[place:], strict=True))

    def note_all(self, ranges: Iterable[Range]) -> None:
        """Remember ranges that were kept."""
        for first, last in ranges:
            self.note_range((int(first), int(last)))
