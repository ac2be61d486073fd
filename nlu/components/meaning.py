"""The model behind ``NeedClassifier``, without Rasa: trains, saves, loads and understands."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Text, Tuple

import numpy as np

from nlu.components import linear, sentences
from nlu.components.examples import ACT, CIRCUMSTANCE, NEED, OUT_OF_SCOPE, SAFETY, Example
from nlu.components.ngrams import Vocabulary, grams_of
from nlu.components.words import words

FOLDS = 5
SEED = 7
TOPIC_AT, ACT_AT, CIRCUMSTANCE_AT, SAFETY_AT = 0.33, 0.4, 0.33, 0.45


@dataclass(frozen=True)
class Meaning:
    """What a message means: codes without their group, topics and intents with confidence, most certain first."""

    topics: Tuple[Tuple[Text, float], ...] = ()
    acts: Tuple[Text, ...] = ()
    circumstances: Tuple[Text, ...] = ()
    safety: Optional[Text] = None
    intents: Tuple[Tuple[Text, float], ...] = ((OUT_OF_SCOPE, 0.0),)


@dataclass
class _Language:
    vocabulary: Vocabulary
    weights: linear.Weights


@dataclass
class MeaningModel:
    """One linear model a language."""

    labels: List[Text] = field(default_factory=list)
    languages: Dict[Text, _Language] = field(default_factory=dict)

    def train(self, examples: Sequence[Example]) -> None:
        """Learn from ``examples`` of any number of languages."""
        self.labels = sorted({label for example in examples for label in example.labels})
        place = {label: number for number, label in enumerate(self.labels)}
        vectors = sentences.vectors([example.text for example in examples])
        for language in sorted({example.language for example in examples}):
            chosen = [number for number, example in enumerate(examples) if example.language == language]
            documents = [grams_of(words(examples[number].text)) for number in chosen]
            vocabulary = Vocabulary.learn(documents)
            targets = np.zeros((len(chosen), len(self.labels)), dtype=np.float32)
            for row, number in enumerate(chosen):
                targets[row, [place[label] for label in examples[number].labels]] = 1
            folds = np.random.default_rng(SEED).integers(0, FOLDS, len(chosen))
            weights, _ = linear.fit(vocabulary.matrix(documents), vectors[chosen], targets, folds)
            self.languages[language] = _Language(vocabulary, weights)

    def understand(self, texts: Sequence[Text], languages: Sequence[Optional[Text]]) -> List[Meaning]:
        """Return the meaning of each text; ``languages`` names what each is written in, as far as known."""
        vectors = sentences.vectors(texts)
        return [
            self._decide(self._scores(text, language, vector))
            for text, language, vector in zip(texts, languages, vectors)
        ]

    def _scores(self, text: Text, language: Optional[Text], vector: np.ndarray) -> np.ndarray:
        part = self.languages.get(language or "") or self.languages.get("en") or next(iter(self.languages.values()))
        numbers, values = part.vocabulary.vector(grams_of(words(text)))
        return part.weights.scores(numbers, values, vector)

    def _decide(self, scores: np.ndarray) -> Meaning:
        by_group: Dict[Text, List[Tuple[Text, float]]] = {NEED: [], ACT: [], CIRCUMSTANCE: [], SAFETY: []}
        for number in np.argsort(-scores):
            group, code = self.labels[number].split("/", 1)
            by_group.setdefault(group, []).append((code, float(np.clip(scores[number], 0, 1))))
        topics = tuple(pair for pair in by_group[NEED] if pair[1] >= TOPIC_AT)
        acts = tuple(pair for pair in by_group[ACT] if pair[1] >= ACT_AT)
        circumstances = tuple(code for code, score in by_group[CIRCUMSTANCE] if score >= CIRCUMSTANCE_AT)
        safety = by_group[SAFETY][0] if by_group[SAFETY] and by_group[SAFETY][0][1] >= SAFETY_AT else None
        intents: List[Tuple[Text, float]] = []
        if safety:
            intents.append(("safety", safety[1]))
        if topics:
            intents.append((NEED, topics[0][1]))
        intents += acts
        if circumstances and not topics:
            intents.append(("inform", 0.5))
        if not intents:
            intents.append((OUT_OF_SCOPE, 0.5))
        return Meaning(topics, tuple(code for code, _ in acts), circumstances, safety and safety[0], tuple(intents))

    def save(self, folder: Path) -> None:
        """Write the model into ``folder``."""
        (folder / "labels.json").write_text(json.dumps(self.labels), encoding="utf-8")
        for language, part in self.languages.items():
            np.savez(folder / f"{language}.npz", idf=part.vocabulary.weights, **part.weights.arrays())
            names = json.dumps(list(part.vocabulary.index), ensure_ascii=False)
            (folder / f"{language}.json").write_text(names, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "MeaningModel":
        """Return the model saved in ``folder``."""
        model = cls(json.loads((folder / "labels.json").read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.npz")):
            names = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            with np.load(path, allow_pickle=False) as arrays:
                vocabulary = Vocabulary({name: number for number, name in enumerate(names)}, arrays["idf"])
                weights = linear.Weights(arrays["grams"], arrays["sentence"], arrays["constant"])
            model.languages[path.stem] = _Language(vocabulary, weights)
        return model
