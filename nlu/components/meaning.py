"""What a message means, decided from the labels' scores. No Rasa here: this part trains, saves and loads by itself."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Text, Tuple

import numpy as np

from nlu.components import danger, sentences
from nlu.components.bridge import Bridge, read_bridge
from nlu.components.examples import ACT, CIRCUMSTANCE, NEED, OUT_OF_SCOPE, SAFETY, Example
from nlu.components.names import FOLDER
from nlu.components.ngrams import Grams, Vocabulary, grams_of
from nlu.components.offers import Offers, read_offers
from nlu.components.scoring import Scorer, targets
from nlu.components.spelling import Latin
from nlu.components.thresholds import BY_A_PIECE, FALSE_ALARMS, Thresholds, alarm_at, choose
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
# So many ordinary examples of several sentences a language are enough to choose the threshold for a sentence.
STORIES = 300


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
    """Scores and thresholds, missing before training; no ``danger`` where no example is a cry for help."""

    scorer: Optional[Scorer] = None
    thresholds: Optional[Thresholds] = None
    danger: Optional[danger.Danger] = None
    bridge: Bridge = field(default_factory=Bridge)

    def train(self, examples: Sequence[Example], latin: Latin) -> None:
        """Learn from ``examples`` of any number of languages; ``latin`` reads those in Latin letters."""
        folds = np.random.default_rng(SEED).integers(0, FOLDS, len(examples))
        pairs, folds_of_pairs = _pairs(examples, folds)
        everything = list(examples) + pairs
        offers = Offers(read_offers(FOLDER))
        texts = [latin.read(example.text, example.language) for example in everything]
        languages = [example.language for example in everything]
        self.bridge = read_bridge(FOLDER)
        with ThreadPoolExecutor(1) as beside:
            coming = beside.submit(self._vectors, texts, languages)
            plain = [words(text) for text in texts]
            documents = [grams_of(own, offers.found_in(own)) for own in plain]
            vectors = coming.result()
        places = np.concatenate([folds, folds_of_pairs])
        self.scorer, unseen = Scorer.fit(everything, vectors, documents, places)
        wanted = targets(everything, self.scorer.labels)
        self.thresholds = choose(unseen, wanted, self.scorer.labels, languages)
        vocabularies = self._vocabularies

        @lru_cache(maxsize=None)
        def spelt(row: int) -> danger.Spelt:
            return danger.spelt(documents[row], languages[row], vocabularies)

        cries, near = wanted[:, self._kinds].any(axis=1), unseen[:, self._kinds].sum(axis=1)
        sizes = {language: len(own) for language, own in vocabularies.items()}
        stories = _stories(texts, languages, ~cries)
        inside = [(place, piece) for place, row in enumerate(stories) for piece in danger.pieces(texts[row])]
        of, pieces = [place for place, _ in inside], [piece for _, piece in inside]
        spoken = [languages[stories[place]] for place in of]
        with ThreadPoolExecutor(1) as beside:
            coming = beside.submit(self._vectors, pieces, spoken)
            learnt = danger.learn(vectors, spelt, sizes, cries, near, places)
            vectors_of_pieces = coming.result()
        if learnt is not None:
            self.danger = learnt.whole
            ordinary = [language for language, cry in zip(languages, cries, strict=True) if not cry]
            self.thresholds.danger = alarm_at(learnt.unseen[~cries], ordinary, FALSE_ALARMS)
            spelt_pieces = [
                danger.spelt(grams_of(words(text)), language, vocabularies)
                for text, language in zip(pieces, spoken, strict=True)
            ]
            folds_of = places[np.array(stories, dtype=np.int64)[of]] if of else np.zeros(0, dtype=places.dtype)
            scores = _highest(learnt, vectors_of_pieces, spelt_pieces, folds_of, of, len(stories))
            self.thresholds.pieces = alarm_at(scores, [languages[row] for row in stories], BY_A_PIECE)

    def understand(
        self, texts: Sequence[Text], languages: Sequence[Optional[Text]], offers: Sequence[Sequence[Text]]
    ) -> List[Meaning]:
        """Return the meaning of each text.

        Args:
            languages: what each is written in, as far as known; offers: codes of the offers that each names.
        """
        assert self.scorer is not None
        documents = [grams_of(words(text), named) for text, named in zip(texts, offers, strict=True)]
        inside = [danger.pieces(text) if self.danger else [] for text in texts]
        of = [number for number, own in enumerate(inside) for _ in own]
        # The message and its sentences go through the encoder at once: that costs little more than the message alone.
        everything = [*texts, *(piece for own in inside for piece in own)]
        spoken = [*languages, *(languages[number] for number in of)]
        documents += [grams_of(words(piece)) for piece in everything[len(texts) :]]
        vectors = self._vectors(everything, spoken)
        scores = self.scorer.scores(vectors, documents, spoken)
        cries = self._cries(scores, vectors, documents, spoken, len(texts))
        kinds: Dict[int, Text] = {}
        # A sentence by itself tells the kind better than the story around it: it comes after, and stays.
        for row in np.flatnonzero(cries).tolist():
            kinds[row if row < len(texts) else of[row - len(texts)]] = self._kind(scores[row])
        return [
            self.decide(scores[row], language, kinds.get(row)) if any(documents[row]) else Meaning()
            for row, language in enumerate(languages)
        ]

    def decide(self, scores: np.ndarray, language: Optional[Text], safety: Optional[Text]) -> Meaning:
        """Return the meaning that scores (one a label) of a message in ``language`` amount to.

        Args:
            safety: the kind of danger when it is a cry for help.
        """
        assert self.scorer is not None and self.thresholds is not None
        margins = self.thresholds.margins(scores, language)
        groups: Dict[Text, List[Tuple[Text, float]]] = {NEED: [], ACT: [], CIRCUMSTANCE: [], SAFETY: []}
        for number in np.argsort(-margins):
            group, code = self.scorer.labels[number].split("/", 1)
            groups[group].append((code, float(margins[number])))
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

    @property
    def _kinds(self) -> List[int]:
        assert self.scorer is not None
        return [number for number, label in enumerate(self.scorer.labels) if label.startswith(SAFETY + "/")]

    @property
    def _vocabularies(self) -> Dict[Text, Vocabulary]:
        assert self.scorer is not None
        return {language: own.vocabulary for language, own in self.scorer.spelling.items()}

    def _vectors(self, texts: Sequence[Text], languages: Sequence[Optional[Text]]) -> np.ndarray:
        return sentences.vectors([self.bridge.read(text, of) for text, of in zip(texts, languages, strict=True)])

    def _kind(self, scores: np.ndarray) -> Text:
        assert self.scorer is not None
        return self.scorer.labels[max(self._kinds, key=lambda number: float(scores[number]))].split("/", 1)[1]

    def _cries(
        self,
        scores: np.ndarray,
        vectors: np.ndarray,
        documents: Sequence[Grams],
        languages: Sequence[Optional[Text]],
        messages: int,
    ) -> np.ndarray:
        assert self.thresholds is not None
        result = np.zeros(len(scores), dtype=bool)
        if self.danger is None:
            return result
        near = np.flatnonzero(scores[:, self._kinds].sum(axis=1) >= self.danger.near)
        spelt = [danger.spelt(documents[row], languages[row], self._vocabularies) for row in near]
        found = self.danger.scores(vectors[near], spelt)
        for row, score in zip(near.tolist(), found, strict=True):
            at = self.thresholds.danger_at if row < messages else self.thresholds.danger_in_a_piece_at
            result[row] = score >= at(languages[row])
        return result

    def save(self, folder: Path) -> None:
        """Write the model into ``folder``."""
        assert self.scorer is not None and self.thresholds is not None
        self.scorer.save(folder)
        (folder / "thresholds.json").write_text(json.dumps(asdict(self.thresholds)), encoding="utf-8")
        bridge = json.dumps(asdict(self.bridge), ensure_ascii=False)
        (folder / "bridge.json").write_text(bridge, encoding="utf-8")
        if self.danger is not None:
            self.danger.save(folder)

    @classmethod
    def load(cls, folder: Path) -> "MeaningModel":
        """Return the model saved in ``folder``."""
        thresholds = json.loads((folder / "thresholds.json").read_text(encoding="utf-8"))
        bridge = json.loads((folder / "bridge.json").read_text(encoding="utf-8"))
        return cls(Scorer.load(folder), Thresholds(**thresholds), danger.Danger.load(folder), Bridge(**bridge))


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


def _highest(
    learnt: danger.Learnt,
    vectors: np.ndarray,
    spelt: Sequence[danger.Spelt],
    folds: np.ndarray,
    of: Sequence[int],
    stories: int,
) -> np.ndarray:
    """Return the highest score of each story's pieces, from the model that did not see its fold (-1 without a piece)."""
    result = np.full(stories, -1.0, dtype=np.float32)
    for fold, model in learnt.blind.items():
        own = np.flatnonzero(folds == fold)
        scores = model.scores(vectors[own], [spelt[row] for row in own])
        np.maximum.at(result, np.array(of, dtype=np.int64)[own], scores)
    return result


def _stories(texts: Sequence[Text], languages: Sequence[Text], chosen: np.ndarray) -> List[int]:
    several = [row for row in np.flatnonzero(chosen).tolist() if danger.pieces(texts[row])]
    draw = np.random.default_rng(SEED)
    result: List[int] = []
    for language in sorted(set(languages)):
        own = [row for row in several if languages[row] == language]
        result += draw.choice(own, min(STORIES, len(own)), replace=False).tolist() if own else []
    return result
