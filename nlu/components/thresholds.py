"""From which score on a label counts: chosen on examples that the scores were not trained on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Text

import numpy as np

from nlu.components.examples import ACT, NEED

# Share of the harmless examples that the classifier may take for danger. Among these every tenth was written to stand
# close to danger, so of what people ordinarily write it is a smaller share.
FALSE_ALARMS = 0.013
# Share of harmless examples of several sentences that may ring an alarm by a sentence looked at by itself.
BY_A_PIECE = 0.005
RAISED = 0.06
_GRID = np.arange(0.12, 0.62, 0.02)
_SHARES = np.arange(0.0, 0.8, 0.05)
_SHIFTS = np.arange(-0.08, 0.09, 0.02)


@dataclass
class Thresholds:
    """A threshold for each label, a shift for each language, and how scores above become confidences.

    ``slope`` and ``offset`` are those of the logistic curve from score minus threshold to the chance of being right;
    a further topic beside the likeliest counts with at least the share ``second`` of its score;
    ``danger`` is the threshold on what the classifier of danger says of a message, by language; ``pieces`` that for a
    sentence of it by itself.
    """

    labels: List[float]
    shifts: Dict[Text, float]
    slope: float
    offset: float
    second: float = 0.0
    danger: Dict[Text, float] = field(default_factory=dict)
    pieces: Dict[Text, float] = field(default_factory=dict)

    def margins(self, scores: np.ndarray, language: Optional[Text]) -> np.ndarray:
        """Return how far above its threshold each label scores."""
        return scores - np.array(self.labels, dtype=np.float32) - self.shifts.get(language or "", 0.0)

    def confidence(self, margin: float) -> float:
        """Return the chance (0 to 1) that a label with this margin is right."""
        return float(1.0 / (1.0 + np.exp(-(self.slope * margin + self.offset))))

    def danger_at(self, language: Optional[Text]) -> float:
        """Return from which score on a message is a cry for help."""
        return _at(self.danger, language)

    def danger_in_a_piece_at(self, language: Optional[Text]) -> float:
        """Return from which score on a sentence by itself makes its message a cry for help."""
        return max(_at(self.pieces, language), self.danger_at(language))


def choose(scores: np.ndarray, truth: np.ndarray, labels: Sequence[Text], languages: Sequence[Text]) -> Thresholds:
    """Return the thresholds that make the labels' F1 best, kept near what is best for all labels together.

    Args:
        scores, truth: rows x labels of examples not trained on; languages: of each row.
    """
    spoken = np.array(languages)
    right = truth > 0
    together = np.array([_f1(right.ravel(), (scores > at).ravel()) for at in _GRID])
    chosen = np.zeros(len(labels), dtype=np.float32)
    for number in range(len(labels)):
        own = np.array([_f1(right[:, number], scores[:, number] > at) for at in _GRID])
        chosen[number] = _GRID[int(np.argmax(own + 0.5 * together))]
    # The model in use learns from more examples than the one measured here, and scores a little higher.
    chosen += np.array([RAISED if label.startswith((NEED, ACT)) else 0.0 for label in labels], dtype=np.float32)
    shifts = {}
    for language in sorted(set(languages)):
        rows = spoken == language
        gains = [_macro(right[rows], scores[rows] - chosen > shift) for shift in _SHIFTS]
        # Half of what looks best here: a part of that is chance.
        shifts[language] = float(_SHIFTS[int(np.argmax(gains))]) / 2
    apart = scores - chosen - np.array([shifts[language] for language in languages], dtype=np.float32)[:, None]
    slope, offset = _curve(apart, right)
    second = _second(scores, apart > 0, right, labels)
    return Thresholds([float(at) for at in chosen], shifts, slope, offset, second)


def alarm_at(scores: np.ndarray, languages: Sequence[Text], share: float) -> Dict[Text, float]:
    """Return by language the score that only ``share`` (0 to 1) of ordinary messages reach.

    Half of each comes from all languages together: a language alone has few messages so near to danger.

    Args:
        scores: one a message, from models that did not see it; languages: of each.
    """
    if not len(scores):
        return {}
    spoken = np.array(languages)
    everywhere = float(np.quantile(scores, 1 - share))
    return {
        language: (float(np.quantile(scores[spoken == language], 1 - share)) + everywhere) / 2
        for language in sorted(set(languages))
    }


def _second(scores: np.ndarray, above: np.ndarray, right: np.ndarray, labels: Sequence[Text]) -> float:
    needs = [number for number, label in enumerate(labels) if label.startswith(NEED + "/")]
    best = scores[:, needs].max(axis=1, keepdims=True)
    gains = [_macro(right[:, needs], above[:, needs] & (scores[:, needs] >= share * best)) for share in _SHARES]
    return float(_SHARES[int(np.argmax(gains))])


def _at(thresholds: Dict[Text, float], language: Optional[Text]) -> float:
    # Nothing is known of a language without examples: the highest of the others, so that it rings no more than they do.
    return thresholds.get(language or "", max(thresholds.values(), default=1.0))


def _f1(right: np.ndarray, taken: np.ndarray) -> float:
    hits = int((right & taken).sum())
    return 2 * hits / max(1, int(right.sum()) + int(taken.sum()))


def _macro(right: np.ndarray, taken: np.ndarray) -> float:
    hits = (right & taken).sum(axis=0)
    return float(np.mean(2 * hits / np.maximum(1, right.sum(axis=0) + taken.sum(axis=0))))


def _curve(margins: np.ndarray, right: np.ndarray) -> "tuple[float, float]":
    from sklearn.linear_model import LogisticRegression

    near = np.abs(margins) < 0.5
    fitted = LogisticRegression(C=1e4).fit(margins[near].reshape(-1, 1), right[near])
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
