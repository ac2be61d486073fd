"""Known message ids are kept as few ranges, and told for as long as something may be on its way."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.numbers import Numbers


@given(st.lists(st.integers(1, 60)))
def test_what_was_noted_is_known_and_nothing_else(noted: list[int]) -> None:
    numbers = Numbers()
    for number in noted:
        numbers.note(number)
    assert [number for number in range(62) if numbers.is_known(number)] == sorted(set(noted))
    assert numbers.highest == max(noted, default=0)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9))))
def test_ranges_join(noted: list[tuple[int, int]]) -> None:
    numbers = Numbers()
    numbers.begin(5, 0)
    for first, length in noted:
        numbers.note_range((first, first + length))
    ranges = numbers.above_marks()
    assert all(left[1] + 1 < right[0] for left, right in pairwise(ranges))
    kept = Numbers()
    kept.note_all(ranges)
    assert [kept.is_known(number) for number in range(80)] == [numbers.is_known(number) for number in range(80)]


def test_only_what_matters_for_the_oldest_mark_is_told() -> None:
    numbers = Numbers()
    for number in (1, 2, 4, 7, 8):
        numbers.note(number)
    assert numbers.above_marks() == []
    numbers.begin(5, 6)
    numbers.begin(6, 3)
    assert numbers.above_marks() == [(1, 2), (4, 4), (7, 8)]
    numbers.end(6)
    assert numbers.above_marks() == [(4, 4), (7, 8)]
    numbers.end(5)
    assert numbers.above_marks() == []
