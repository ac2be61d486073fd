"""Scores of every label for messages in any language: the trained part of understanding, without Rasa."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Text, Tuple

import numpy as np

from nlu.components import linear
from nlu.components.examples import Example
from nlu.components.ngrams import Grams, Vocabulary


@dataclass
class Spelling:
    """What n-grams of one language say beside the meaning."""

    vocabulary: Vocabulary
    weights: np.ndarray
    constant: np.ndarray

    def scores(self, document: Grams) -> np.ndarray:
        """Return what to add to each label's score."""
        numbers, values = self.vocabulary.vector(document)
        return values @ self.weights[numbers] + self.constant


@dataclass
class Scorer:
    """One model of meaning for all languages, and one of spelling for each."""

    labels: List[Text] = field(default_factory=list)
    shared: Optional[linear.Shared] = None
    spelling: Dict[Text, Spelling] = field(default_factory=dict)

    @classmethod
    def fit(
        cls, examples: Sequence[Example], vectors: np.ndarray, documents: Sequence[Grams], folds: np.ndarray
    ) -> Tuple["Scorer", np.ndarray]:
        """Return a scorer trained on examples, their sentence vectors and n-grams, and honest scores of the examples.

        Args:
            folds: the number of each example's fold; honest scores (rows x labels) come from models of other folds.
        """
        model = cls(sorted({label for example in examples for label in example.labels}))
        wanted = targets(examples, model.labels)
        model.shared, unseen = linear.fit_shared(vectors, wanted, folds)
        # N-grams learn from what meaning leaves open in messages it has not seen: on seen ones it leaves too little.
        rest = wanted - unseen
        for language in sorted({example.language for example in examples}):
            own = [number for number, example in enumerate(examples) if example.language == language]
            chosen = [documents[number] for number in own]
            vocabulary = Vocabulary.learn(chosen)
            weights, constant, more = linear.fit_own(vocabulary.matrix(chosen), rest[own], folds[own])
            unseen[own] += more
            model.spelling[language] = Spelling(vocabulary, weights, constant)
        return model, unseen

    def scores(
        self, vectors: np.ndarray, documents: Sequence[Grams], languages: Sequence[Optional[Text]]
    ) -> np.ndarray:
        """Return rows x labels; a language without examples of its own is scored by meaning alone."""
        assert self.shared is not None
        result = self.shared.scores(vectors)
        for row, (document, language) in enumerate(zip(documents, languages, strict=True)):
            own = self.spelling.get(language or "")
            if own is not None:
                result[row] += own.scores(document)
        return result

    def save(self, folder: Path) -> None:
        """Write the scorer into ``folder``."""
        assert self.shared is not None
        (folder / "labels.json").write_text(json.dumps(self.labels), encoding="utf-8")
        np.savez(folder / "shared.npz", **self.shared.arrays())
        for language, own in self.spelling.items():
            np.savez(
                folder / f"spelling-{language}.npz",
                weights=own.weights.astype(np.float16),
                constant=own.constant,
                rarity=own.vocabulary.weights,
            )
            names = json.dumps(list(own.vocabulary.index), ensure_ascii=False)
            (folder / f"spelling-{language}.json").write_text(names, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Scorer":
        """Return the scorer saved in ``folder``."""
        model = cls(json.loads((folder / "labels.json").read_text(encoding="utf-8")))
        with np.load(folder / "shared.npz", allow_pickle=False) as arrays:
            model.shared = linear.Shared(arrays["landmarks"], arrays["weights"], arrays["constant"])
        for path in sorted(folder.glob("spelling-*.npz")):
            names = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            with np.load(path, allow_pickle=False) as arrays:
                vocabulary = Vocabulary({name: number for number, name in enumerate(names)}, arrays["rarity"])
                model.spelling[path.stem[len("spelling-") :]] = Spelling(
                    vocabulary, arrays["weights"], arrays["constant"]
                )
        return model


def targets(examples: Sequence[Example], labels: Sequence[Text]) -> np.ndarray:
    """Return rows x labels, 1 where an example carries a label (float32)."""
    place = {label: number for number, label in enumerate(labels)}
    result = np.zeros((len(examples), len(labels)), dtype=np.float32)
    for row, example in enumerate(examples):
        result[row, [place[label] for label in example.labels if label in place]] = 1
    return result
