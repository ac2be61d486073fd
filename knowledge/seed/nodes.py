"""Reads YAML into plain values and remembers on which line each of them stands."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

Place = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"[-+]?(0|[1-9]\d*)$")
_DECIMAL = re.compile(r"[-+]?\d+\.\d+$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")
# YAML 1.1 would read `no` (Norwegian), `yes` and 09:00 as false, true and 540: only these words are special here.
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class BrokenYaml(Exception):
    """The text is not YAML as these files use it. `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


@dataclass
class Document:
    """The value of a YAML file and the line (from 1) of every key and item, by its path from the root."""

    value: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest thing around it that the file holds."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(text: str) -> Document:
    """Reads one YAML document.

    Raises:
        BrokenYaml: broken syntax, a key given twice, an alias or more than one document.
    """
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BrokenYaml(mark.line + 1 if mark else 1, error.problem or "broken YAML") from error
    except yaml.YAMLError as error:
        raise BrokenYaml(1, str(error).splitlines()[0]) from error
    finally:
        loader.dispose()
    document = Document(None)
    if node is not None:
        document.value = _value(node, (), document.lines, set())
    return document


def _value(node: yaml.Node, place: Place, lines: dict[Place, int], above: set[int]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if id(node) in above:
        raise BrokenYaml(node.start_mark.line + 1, "an alias to something it stands in")
    inside = above | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*place, index), lines, inside) for index, item in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise BrokenYaml(line, "a key that is not a word")
        key = str(key_node.value)
        if key in result:
            raise BrokenYaml(line, f"{key} stands twice")
        lines[(*place, key)] = line
        result[key] = _value(value_node, (*place, key), lines, inside)
    return result


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return float(text)
    if _DATE.match(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return text
    return text
