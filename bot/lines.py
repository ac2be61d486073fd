"""JSON lines from standard input, each checked: bad ones are named by number and do not stop the rest."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, TextIO


def read_lines(stream: TextIO) -> Iterator[dict[str, Any]]:
    """Yield the objects of a stream of JSON lines.

    A line that is no JSON object with a string ``text`` is reported on standard error with its number and passed over.
    """
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            shape = json.loads(line)
        except ValueError as error:
            print(f"line {number}: no JSON ({error})", file=sys.stderr)
            continue
        if not isinstance(shape, dict) or not isinstance(shape.get("text"), str):
            print(f'line {number}: an object with a string "text" is expected', file=sys.stderr)
            continue
        yield shape
