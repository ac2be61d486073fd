"""QR codes as one SVG path."""

from __future__ import annotations

from dataclasses import dataclass

import segno

QUIET = 4


@dataclass(frozen=True, slots=True)
class Code:
    """A code in a square of ``size`` modules, quiet zone included; ``path`` is the dark part in these units."""

    path: str
    size: int


def code(text: str) -> Code:
    """Return the QR code of a text. It stays readable with a seventh of it dirty or torn."""
    made = segno.make(text, error="m", micro=False, boost_error=True)
    rows = [list(row) for row in made.matrix_iter(border=QUIET)]
    path = "".join(
        f"M{start} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for start, length in _dark_runs(row)
    )
    return Code(path, len(rows))


def _dark_runs(modules: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    start = None
    for place, dark in enumerate([*modules, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            runs.append((start, place - start))
            start = None
    return runs
