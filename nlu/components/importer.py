"""Reads the training files for Rasa: examples keep all their labels and their language, and load in a second."""

from __future__ import annotations

from pathlib import Path
from typing import List, Optional, Text

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.examples import ACT, Example, read_examples

LANGUAGE, LABELS = "example_language", "example_labels"


class ExampleImporter(RasaFileImporter):
    """Rasa's own reader drops what stands behind the slash of an intent and takes ten times as long."""

    def get_nlu_data(self, language: Optional[Text] = "en") -> TrainingData:
        """Return every example as a message that carries its labels and its language."""
        examples = read_examples(Path(path) for path in self._nlu_files)
        return TrainingData(training_examples=[_message(example) for example in examples])


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
    return Message({TEXT: example.text, INTENT: intent, LANGUAGE: example.language, LABELS: sorted(example.labels)})
