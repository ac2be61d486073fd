"""Many people at once on Telegram, a tenth of all calls going wrong, and the program killed in the middle.

The full size (200 people, 2,000 messages, 20 kills) is ``python -m benchmarks.telegram``.
"""

from __future__ import annotations

from benchmarks.telegram import load


def test_while_telegram_fails_nothing_is_lost_doubled_or_out_of_order() -> None:
    found, _, faults = load(chats=20, each=4, seconds=4, wait=60)
    assert faults > 5
    assert dict(found) == dict.fromkeys(found, 0)


def test_a_program_killed_again_and_again_loses_nothing_and_doubles_nothing() -> None:
    found, _, _ = load(chats=20, each=4, seconds=8, wait=60, kills=3)
    assert dict(found) == dict.fromkeys(found, 0)
