"""What a message means, decided from the labels' scores. No Rasa here: this part trains, saves and loads by itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Text, Tuple

import numpy as np

from nlu.components import sentences
from nlu.components.examples import ACT, CIRCUMSTANCE, NEED, OUT_OF_SCOPE, SAFETY, Example
from nlu.components.names import FOLDER
from nlu.components.ngrams import grams_of
from nlu.components.offers import Offers, read_offers
from nlu.components.scoring import Scorer, targets
from nlu.components.spelling import Latin
from nlu.components.thresholds import Thresholds, choose
from nlu.components.words import words

SEED = 7
# Thresholds are chosen on scores from models that did not see the example: each leaves out one of so many parts.
FOLDS = 3
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

    def train(self, examples: Sequence[Example], latin: Latin) -> None:
        """Learn from ``examples`` of any number of languages; ``latin`` reads those in Latin letters."""
        folds = np.random.default_rng(SEED).integers(0, FOLDS, len(examples))
        pairs, folds_of_pairs = _pairs(examples, folds)
        everything = list(examples) + pairs
        offers = Offers(read_offers(FOLDER))
        texts = [latin.read(example.text, example.language) for example in everything]
        plain = [words(text) for text in texts]
        documents = [grams_of(own, offers.found_in(own)) for own in plain]
        vectors = sentences.vectors(texts)
        self.scorer, unseen = Scorer.fit(everything, vectors, documents, np.concatenate([folds, folds_of_pairs]))
        languages = [example.language for example in everything]
        self.thresholds = choose(unseen, targets(everything, self.scorer.labels), self.scorer.labels, languages)

    def understand(
        self, texts: Sequence[Text], languages: Sequence[Optional[Text]], offers: Sequence[Sequence[Text]]
    ) -> List[Meaning]:
        """Return the meaning of each text.

        Args:
            languages: what each is written in, as far as known; offers: codes of the offers that each names.
        """
        assert self.scorer is not None
        documents = [grams_of(words(text), named) for text, named in zip(texts, offers, strict=True)]
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
        topics, acts = self._topics(groups[NEED], scores), _above(groups[ACT])
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

    def _topics(self, ranked: Sequence[Tuple[Text, float]], scores: np.ndarray) -> List[Tuple[Text, float]]:
        assert self.scorer is not None and self.thresholds is not None
        own = {label: float(score) for label, score in zip(self.scorer.labels, scores, strict=True)}
        least = self.thresholds.second * max((own[f"{NEED}/{code}"] for code, _ in ranked), default=0.0)
        return [pair for pair in _above(ranked) if own[f"{NEED}/{pair[0]}"] >= least]

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


def _pairs(examples: Sequence[Example], folds: np.ndarray) -> Tuple[List[Example], np.ndarray]:
    # Both parts of a pair are of one fold, so that no model is judged by words it learnt from.
    draw = np.random.default_rng(SEED)
    result, places = [], []
    for language in sorted({example.language for example in examples}):
        for fold in range(FOLDS):
            short = [
                example
                for example, own in zip(examples, folds, strict=True)
                if own == fold
                and example.language == language
                and len(example.text) < PAIR_LETTERS
                and all(label.split("/")[0] in (NEED, CIRCUMSTANCE) for label in example.labels)
            ]
            for _ in range(PAIRS // FOLDS if len(short) > 1 else 0):
                one, other = (short[number] for number in draw.choice(len(short), 2, replace=False))
                text = one.text + JOINS[draw.integers(len(JOINS))] + other.text
                result.append(Example(text, language, one.labels | other.labels))
                places.append(fold)
    return result, np.array(places, dtype=folds.dtype)
