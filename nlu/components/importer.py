"""Reads the training files for Rasa: examples keep all their labels and their language, and load in a second."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Dict, List, Optional, Text

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.examples import ACT, Example, read_examples

LANGUAGE, LABELS = "example_language", "example_labels"


class ExampleMessage(Message):
    """An example as Rasa wants it. Rasa copies and hashes each one many times: none ever changes, so both cost nothing."""

    def __deepcopy__(self, memo: Dict[int, Any]) -> "ExampleMessage":
        """Return the example itself."""
        return self

    def fingerprint(self) -> Text:
        """Return a hash of the text, the language and the labels."""
        if self._cached_fingerprint is None:
            parts = [self.get(TEXT), self.get(LANGUAGE), *self.get(LABELS)]
            self._cached_fingerprint = hashlib.md5("\n".join(parts).encode("utf-8")).hexdigest()
        return str(self._cached_fingerprint)


class ExampleImporter(RasaFileImporter):
    """Rasa's own reader drops what stands behind the slash of an intent and takes ten times as long."""

    _messages: Optional[List[Message]] = None

    def get_nlu_data(self, language: Optional[Text] = "en") -> TrainingData:
        """Return every example as a message that carries its labels and its language."""
        if self._messages is None:
            examples = read_examples(Path(path) for path in self._nlu_files)
            self._messages = [_message(example) for example in examples]
        return TrainingData(training_examples=list(self._messages))


def examples_of(data: TrainingData) -> List[Example]:
    """Return the examples in training data made by ``ExampleImporter``."""
    return [
        Example(message.get(TEXT), message.get(LANGUAGE), frozenset(message.get(LABELS)))
        for message in data.training_examples
        if message.get(LABELS)
    ]


def _message(example: Example) -> Message:
    first = sorted(example.labels)[0]
    intent = first.split("/")[1] if first.startswith(ACT + "/") else first.split("/")[0]
    labels = sorted(example.labels)
    return ExampleMessage({TEXT: example.text, INTENT: intent, LANGUAGE: example.language, LABELS: labels})
