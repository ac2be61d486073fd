"""Steps shown to the person at the terminal: what is being done, and how long it took. Standard library only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """Something the person at the terminal has to mend. Its text is one line: what is wrong and the remedy."""


class Step:
    """One running step: ``note`` adds what came out of it to its closing line."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Add ``text`` to the line that closes the step."""
        self.notes.append(text)


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Print ``title`` when entered and its duration in seconds when left.

    Args:
        title: what is being done, in a few words.

    Yields:
        the step, to which results can be noted.
    """
    started = time.monotonic()
    print(f"  {title} …", end="\n" if not sys.stdout.isatty() else "", flush=True)
    current = Step()
    try:
        yield current
    except BaseException:
        print(f"{_back()}✗ {title} ({time.monotonic() - started:.1f} s)", flush=True)
        raise
    notes = ": " + ", ".join(current.notes) if current.notes else ""
    print(f"{_back()}✓ {title}{notes} ({time.monotonic() - started:.1f} s)", flush=True)


def _back() -> str:
    return "\r\x1b[K" if sys.stdout.isatty() else ""
