"""What a message means, decided from the labels' scores. No Rasa here: this part trains, saves and loads by itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Text, Tuple

import numpy as np

from nlu.components import sentences
from nlu.components.examples import ACT, CIRCUMSTANCE, NEED, OUT_OF_SCOPE, SAFETY, Example
from nlu.components.ngrams import grams_of
from nlu.components.scoring import Scorer, targets
from nlu.components.thresholds import Thresholds, choose
from nlu.components.words import words

SEED = 7
# One example in so many is kept back at first, to choose thresholds on.
KEPT_BACK = 4
# Messages with several needs are rarer in the examples than in life: pairs of examples stand in for them.
PAIRS = 500
PAIR_LETTERS = 90
JOINS = (". ", ", ", " ", " + ", "\n")
# Without any label above its threshold the nearest one is taken, unless it is further below than this.
REACH = 0.2
CLEAR = 0.1
INFORM = "inform"


@dataclass(frozen=True)
class Meaning:
    """What a message means: codes without their group; topics and intents with confidence, most certain first."""

    topics: Tuple[Tuple[Text, float], ...] = ()
    acts: Tuple[Text, ...] = ()
    circumstances: Tuple[Text, ...] = ()
    safety: Optional[Text] = None
    intents: Tuple[Tuple[Text, float], ...] = ((OUT_OF_SCOPE, 0.0),)


@dataclass
class MeaningModel:
    """Scores and thresholds; both missing before training."""

    scorer: Optional[Scorer] = None
    thresholds: Optional[Thresholds] = None

    def train(self, examples: Sequence[Example]) -> None:
        """Learn from ``examples`` of any number of languages."""
        everything = list(examples) + _pairs(examples)
        vectors = sentences.vectors([example.text for example in everything])
        documents = [grams_of(words(example.text)) for example in everything]
        back = np.zeros(len(everything), dtype=bool)
        back[: len(examples)] = np.random.default_rng(SEED).integers(0, KEPT_BACK, len(examples)) == 0
        # Pairs hold words of examples that were kept back: they wait for the second training.
        first = ~back
        first[len(examples) :] = False
        trial = Scorer.fit(*_chosen(everything, vectors, documents, first))
        checked, checked_vectors, checked_documents = _chosen(everything, vectors, documents, back)
        languages = [example.language for example in checked]
        scores = trial.scores(checked_vectors, checked_documents, languages)
        self.thresholds = choose(scores, targets(checked, trial.labels), trial.labels, languages)
        self.scorer = Scorer.fit(everything, vectors, documents)

    def understand(self, texts: Sequence[Text], languages: Sequence[Optional[Text]]) -> List[Meaning]:
        """Return the meaning of each text; ``languages`` names what each is written in, as far as known."""
        assert self.scorer is not None
        documents = [grams_of(words(text)) for text in texts]
        scores = self.scorer.scores(sentences.vectors(texts), documents, languages)
        return [
            self.decide(row, language) if any(document) else Meaning()
            for row, language, document in zip(scores, languages, documents, strict=True)
        ]

    def decide(self, scores: np.ndarray, language: Optional[Text]) -> Meaning:
        """Return the meaning that scores (one a label) of a message in ``language`` amount to."""
        assert self.scorer is not None and self.thresholds is not None
        margins = self.thresholds.margins(scores, language)
        groups: Dict[Text, List[Tuple[Text, float]]] = {NEED: [], ACT: [], CIRCUMSTANCE: [], SAFETY: []}
        for number in np.argsort(-margins):
            group, code = self.scorer.labels[number].split("/", 1)
            groups[group].append((code, float(margins[number])))
        safety = self._danger(scores, language)
        topics, acts = _above(groups[NEED]), _above(groups[ACT])
        circumstances = tuple(code for code, _ in _above(groups[CIRCUMSTANCE]))
        if not (topics or acts or circumstances or safety):
            topics, acts = _nearest(groups[NEED], groups[ACT])
        if topics or safety:
            # What is near a need in words ("in Turin" to a change of city) must be clear to stand beside it.
            acts = [pair for pair in acts if pair[0] != OUT_OF_SCOPE and pair[1] > CLEAR]
        sure = self.thresholds.confidence
        intents = [("safety", 1.0)] if safety else []
        ranked = ([(NEED, topics[0][1])] if topics else []) + acts
        intents += [(name, sure(margin)) for name, margin in sorted(ranked, key=lambda pair: -pair[1])]
        if circumstances and not topics and not acts:
            intents.append((INFORM, 0.5))
        return Meaning(
            tuple((code, sure(margin)) for code, margin in topics),
            tuple(code for code, _ in acts),
            circumstances,
            safety,
            tuple(intents) or ((OUT_OF_SCOPE, 0.5),),
        )

    def _danger(self, scores: np.ndarray, language: Optional[Text]) -> Optional[Text]:
        assert self.scorer is not None and self.thresholds is not None
        kinds = [number for number, label in enumerate(self.scorer.labels) if label.startswith(SAFETY + "/")]
        if not kinds or scores[kinds].sum() < self.thresholds.danger_at(language):
            return None
        return self.scorer.labels[max(kinds, key=lambda number: scores[number])].split("/", 1)[1]

    def save(self, folder: Path) -> None:
        """Write the model into ``folder``."""
        assert self.scorer is not None and self.thresholds is not None
        self.scorer.save(folder)
        (folder / "thresholds.json").write_text(json.dumps(asdict(self.thresholds)), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "MeaningModel":
        """Return the model saved in ``folder``."""
        thresholds = json.loads((folder / "thresholds.json").read_text(encoding="utf-8"))
        return cls(Scorer.load(folder), Thresholds(**thresholds))


def _above(ranked: Sequence[Tuple[Text, float]]) -> List[Tuple[Text, float]]:
    return [pair for pair in ranked if pair[1] > 0]


def _nearest(
    topics: Sequence[Tuple[Text, float]], acts: Sequence[Tuple[Text, float]]
) -> Tuple[List[Tuple[Text, float]], List[Tuple[Text, float]]]:
    topic, act = topics[:1], acts[:1]
    if topic and topic[0][1] > -REACH and (not act or topic[0][1] >= act[0][1]):
        return list(topic), []
    if act and act[0][1] > -REACH:
        return [], list(act)
    return [], [(OUT_OF_SCOPE, -REACH)]


def _chosen(examples: List[Example], vectors: np.ndarray, documents: List, rows: np.ndarray):  # type: ignore[no-untyped-def]
    numbers = np.flatnonzero(rows)
    return [examples[number] for number in numbers], vectors[numbers], [documents[number] for number in numbers]


def _pairs(examples: Sequence[Example]) -> List[Example]:
    draw = np.random.default_rng(SEED)
    result = []
    for language in sorted({example.language for example in examples}):
        short = [
            example
            for example in examples
            if example.language == language
            and len(example.text) < PAIR_LETTERS
            and all(label.split("/")[0] in (NEED, CIRCUMSTANCE) for label in example.labels)
        ]
        for _ in range(PAIRS if len(short) > 1 else 0):
            one, other = (short[number] for number in draw.choice(len(short), 2, replace=False))
            text = one.text + JOINS[draw.integers(len(JOINS))] + other.text
            result.append(Example(text, language, one.labels | other.labels))
    return result
