"""Training examples as the project keeps them: one folder a language, the intent naming every label."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import FrozenSet, Iterable, Iterator, List, Set, Text, Tuple

import yaml

NEED, CIRCUMSTANCE, SAFETY, ACT = "need", "circumstance", "safety", "act"
OUT_OF_SCOPE = "out_of_scope"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BrokenExamples(ValueError):
    """A file of examples cannot be used; the text names the file and what is wrong."""


@dataclass(frozen=True)
class Example:
    """One message somebody might write, its language (BCP 47) and its labels ("need/housing", "act/greet" …)."""

    text: Text
    language: Text
    labels: FrozenSet[Text]


def read_examples(files: Iterable[Path]) -> List[Example]:
    """Return the examples of label files in Rasa's format; the folder a file lies in is the language.

    Raises:
        BrokenExamples: a file is not YAML of that format.
    """
    rows = [row for path in sorted(files) for row in _rows(path)]
    known = {
        part[len(CIRCUMSTANCE) + 1 :]
        for _, intent, _ in rows
        for part in [intent.split("+")[0]]
        if part.startswith(CIRCUMSTANCE + "/")
    }
    return [Example(text, language, labels_of(intent, known)) for language, intent, text in rows]


def labels_of(intent: Text, circumstances: Set[Text]) -> FrozenSet[Text]:
    """Return the labels that an intent such as "need/healthcare+no_papers" or "ask_hours" stands for.

    Args:
        intent: as written in a file; circumstances: the codes that are circumstances and not topics.
    """
    group, slash, codes = intent.partition("/")
    if not slash:
        return frozenset(f"{ACT}/{act}" for act in intent.split("+"))
    labels = set()
    for code in codes.split("+"):
        labels.add(f"{CIRCUMSTANCE if group == NEED and code in circumstances else group}/{code}")
    return frozenset(labels)


def _rows(path: Path) -> Iterator[Tuple[Text, Text, Text]]:
    try:
        with path.open(encoding="utf-8") as file:
            data = yaml.load(file, Loader=_LOADER) or {}
        for block in data.get("nlu") or []:
            if "intent" not in block:
                continue
            for line in str(block.get("examples") or "").splitlines():
                text = line.strip()[1:].strip()
                if text:
                    yield path.parent.name, str(block["intent"]), text
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        raise BrokenExamples(f"{path}: {error}") from error
