"""Whether a message is a cry for help: a classifier of its own, which knows only danger and ordinary.

It is a least-squares model on two likenesses to examples: of meaning, shared by all languages (a Gaussian kernel on
sentence vectors), and of n-grams, each language's own. It learns from every cry and from the ordinary examples that come
nearest to one: what is far away anyway says nothing about the border. Cross-validated with near-duplicates in one fold,
on examples written to be hard, it caught 78 % of the cries at 1 % false alarms, the sum of the labels' scores 70 %. A
support vector machine was no better; logistic loss and maxima over the encoder's words were worse.

Danger may be half a sentence of a long story: the pieces of a message are scored too, against a threshold of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Text, Tuple

import numpy as np
from scipy import linalg, sparse

from nlu.components import linear
from nlu.components.ngrams import Grams, Vocabulary

# Found by cross-validation. Landmarks drawn from among these examples (2,500 of 13,000) lost all that is gained here.
WIDTH = 1.2
OWN_WEIGHT = 0.15
PENALTY = 0.1
# Ordinary examples to learn from: those nearest to danger, and some of all others so that far ones stay far.
NEAREST, OTHERS = 4000, 800
# Half of the directions of sentence vectors are enough for likeness, and cost half.
DIRECTIONS = 256
# Messages less near to danger than nearly all cries are not looked at: that saves time on two ordinary ones of three.
CRIES_LEFT_OUT = 0.005
SEED = 7
CHUNK = 2048

_ENDS = re.compile(r"[.!?؟؛;。…\n]+")
# Shorter pieces say too little; longer ones without a full stop (voice messages) are read through a window.
SHORTEST, LONGEST, WINDOW = 3, 24, 14
MOST = 48

Spelt = Tuple[Optional[Text], np.ndarray, np.ndarray]


@dataclass
class Danger:
    """Examples (count x directions) with their weights, and each language's weights of n-grams by vocabulary number.

    ``directions`` (512 x directions) are those of the sentence vectors that matter; what is less ``near`` to danger than
    that need not be scored.
    """

    directions: np.ndarray
    examples: np.ndarray
    weights: np.ndarray
    constant: float
    near: float
    spelling: Dict[Text, np.ndarray]
    squares: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.squares = _squares(self.examples)

    def scores(self, vectors: np.ndarray, spelt: Sequence[Spelt]) -> np.ndarray:
        """Return about 1 where a message is a cry for help, about -1 where it is ordinary.

        Args:
            vectors: rows x 512, each of length 1; spelt: each row's language and n-grams, from ``spelt``.
        """
        result = np.full(len(vectors), self.constant, dtype=np.float32)
        for start in range(0, len(vectors), CHUNK):
            chosen = slice(start, start + CHUNK)
            result[chosen] += _likeness(vectors[chosen] @ self.directions, self.examples, self.squares) @ self.weights
        for row, (language, numbers, values) in enumerate(spelt):
            if language in self.spelling:
                result[row] += values @ self.spelling[language][numbers]
        return result

    def save(self, folder: Path) -> None:
        """Write the classifier into ``folder``."""
        own = {f"spelling-{language}": weights.astype(np.float16) for language, weights in self.spelling.items()}
        np.savez(
            folder / "danger.npz",
            directions=self.directions,
            examples=self.examples.astype(np.float16),
            weights=self.weights,
            numbers=np.array([self.constant, self.near]),
            **own,
        )

    @classmethod
    def load(cls, folder: Path) -> Optional["Danger"]:
        """Return the classifier saved in ``folder``, None if that model learnt from no cry."""
        path = folder / "danger.npz"
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as arrays:
            own = {name[len("spelling-") :]: arrays[name] for name in arrays.files if name.startswith("spelling-")}
            constant, near = arrays["numbers"].tolist()
            examples = arrays["examples"].astype(np.float32)
            return cls(arrays["directions"], examples, arrays["weights"], constant, near, own)


@dataclass(frozen=True)
class Learnt:
    """The classifier to use, one for each fold that never saw it, and what each row gets from that one."""

    whole: Danger
    blind: Mapping[int, Danger]
    unseen: np.ndarray


def learn(
    vectors: np.ndarray,
    spelt: Callable[[int], Spelt],
    sizes: Mapping[Text, int],
    danger: np.ndarray,
    near: np.ndarray,
    folds: np.ndarray,
) -> Optional[Learnt]:
    """Return the classifier trained on rows, None where no row is a cry.

    Args:
        vectors: as in ``Danger.scores``; spelt: gives a row's language and n-grams, asked for only where they are needed;
        sizes: of each language's vocabulary; danger: which rows are cries;
        near: how near to danger each row seemed to a model that had not seen it; folds: the number of each row's fold.
    """
    if not danger.any() or danger.all():
        return None
    rows = _telling(danger, near)
    directions = _directions(vectors[rows])
    examples = np.ascontiguousarray(vectors[rows] @ directions)
    grams = _grams([spelt(row) for row in rows.tolist()], sizes)
    wanted = np.where(danger[rows], 1.0, -1.0).astype(np.float32)
    kernel = _likeness(examples, examples, _squares(examples))
    kernel += OWN_WEIGHT * (grams @ grams.T).toarray()
    least = float(np.quantile(near[danger], CRIES_LEFT_OUT))

    def trained(chosen: np.ndarray) -> Danger:
        square = kernel[np.ix_(chosen, chosen)]
        square[np.diag_indices(len(chosen))] += PENALTY
        middle = float(wanted[chosen].mean())
        duals = linear.solved(square, wanted[chosen] - middle)
        own = _by_language(OWN_WEIGHT * (grams[chosen].T @ duals), sizes)
        return Danger(directions, examples[chosen], duals, middle, least, own)

    blind = {int(fold): trained(np.flatnonzero(folds[rows] != fold)) for fold in sorted(set(folds.tolist()))}
    unseen = np.full(len(vectors), -1.0, dtype=np.float32)
    for fold, model in blind.items():
        own = np.flatnonzero((folds == fold) & (near >= least))
        unseen[own] = model.scores(vectors[own], [spelt(row) for row in own.tolist()])
    return Learnt(trained(np.arange(len(rows))), blind, unseen)


def spelt(document: Grams, language: Optional[Text], vocabularies: Mapping[Text, Vocabulary]) -> Spelt:
    """Return a message's language with the numbers and weights of its n-grams; none where no vocabulary is known."""
    vocabulary = vocabularies.get(language or "")
    if vocabulary is None:
        return None, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    return (language, *vocabulary.vector(document))


def pieces(text: Text) -> List[Text]:
    """Return what is to be looked at by itself: sentences, and windows over long ones; empty where that is the whole."""
    found: List[Text] = []
    sentences = [sentence.split() for sentence in _ENDS.split(text)]
    sentences = [sentence for sentence in sentences if len(sentence) >= SHORTEST]
    if len(sentences) == 1 and len(sentences[0]) <= LONGEST and len(sentences[0]) == len(text.split()):
        return []
    for own in sentences:
        if len(own) <= LONGEST:
            found.append(" ".join(own))
            continue
        starts = range(0, len(own) - WINDOW // 2, WINDOW // 2)
        found += [" ".join(own[start : start + WINDOW]) for start in starts]
    return found[:MOST]


def _telling(danger: np.ndarray, near: np.ndarray) -> np.ndarray:
    ordinary = np.flatnonzero(~danger)
    ordinary = ordinary[np.argsort(-near[ordinary], kind="stable")]
    nearest, others = ordinary[:NEAREST], ordinary[NEAREST:]
    if len(others) > OTHERS:
        others = np.random.default_rng(SEED).choice(others, OTHERS, replace=False)
    return np.sort(np.concatenate([np.flatnonzero(danger), nearest, others]))


def _directions(vectors: np.ndarray) -> np.ndarray:
    _, directions = linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(directions[:, ::-1][:, :DIRECTIONS], dtype=np.float32)


def _grams(rows: Sequence[Spelt], sizes: Mapping[Text, int]) -> sparse.csr_matrix:
    starts = _starts(sizes)
    edges = np.cumsum([0] + [len(numbers) for _, numbers, _ in rows])
    columns = [numbers + starts[language] for language, numbers, _ in rows if language is not None]
    values = [weights for language, _, weights in rows if language is not None]
    return sparse.csr_matrix(
        (
            np.concatenate([np.zeros(0, dtype=np.float32), *values]),
            np.concatenate([np.zeros(0, dtype=np.int64), *columns]),
            edges,
        ),
        shape=(len(rows), sum(sizes.values())),
    )


def _by_language(weights: np.ndarray, sizes: Mapping[Text, int]) -> Dict[Text, np.ndarray]:
    return {
        language: weights[start : start + sizes[language]].astype(np.float32)
        for language, start in _starts(sizes).items()
    }


def _starts(sizes: Mapping[Text, int]) -> Dict[Text, int]:
    edges = np.cumsum([0, *sizes.values()]).tolist()
    return dict(zip(sizes, edges[:-1], strict=True))


def _likeness(vectors: np.ndarray, examples: np.ndarray, squares: np.ndarray) -> np.ndarray:
    # Minus the distances squared, written so that the large product stands in one place.
    products = vectors @ examples.T
    products *= 2.0
    products -= _squares(vectors)[:, None]
    products -= squares
    products *= WIDTH
    return np.exp(products, out=products)


def _squares(rows: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("ij,ij->i", rows, rows), dtype=np.float32)
