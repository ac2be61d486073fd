"""A linear model over n-grams and sentence vectors: regularised least squares, all labels of a language at once.

Least squares gives what a held-out part of the examples would have scored without training again, so thresholds and
confidences come from examples that the model did not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Text

import numpy as np
from scipy import linalg, sparse

# Weight of the sentence vector against the n-grams, and of the penalty: found by cross-validation over six languages.
SENTENCE_WEIGHT = 1.0
PENALTY = 1.0


@dataclass(frozen=True)
class Weights:
    """Weights of n-grams (vocabulary x labels), sentence vector (512 x labels) and the constant (labels), float32."""

    grams: np.ndarray
    sentence: np.ndarray
    constant: np.ndarray

    def scores(self, numbers: np.ndarray, values: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """Return one score a label: about 1 where the label fits, about 0 where it does not."""
        return values @ self.grams[numbers] + vector @ self.sentence + self.constant

    def arrays(self) -> Dict[Text, np.ndarray]:
        """Return the weights by name, for saving."""
        return {"grams": self.grams, "sentence": self.sentence, "constant": self.constant}


def fit(grams: sparse.csr_matrix, vectors: np.ndarray, targets: np.ndarray, folds: np.ndarray):
    """Return the weights, and the scores each row would have got from a model trained without its fold.

    Args:
        grams: rows x vocabulary; vectors: rows x 512; targets: rows x labels, 0 or 1;
        folds: the fold of each row, from 0 on; rows that share words must share a fold.
    """
    rows = len(targets)
    kernel = (grams @ grams.T).toarray().astype(np.float32)
    kernel += SENTENCE_WEIGHT**2 * (vectors @ vectors.T) + 1.0
    kernel[np.diag_indices(rows)] += PENALTY
    inverse = linalg.inv(kernel, overwrite_a=True, check_finite=False)
    duals = inverse @ targets.astype(np.float32)
    unseen = np.zeros_like(duals)
    for fold in range(int(folds.max()) + 1):
        own = np.flatnonzero(folds == fold)
        missed = linalg.solve(inverse[np.ix_(own, own)], duals[own], assume_a="pos", check_finite=False)
        unseen[own] = targets[own] - missed
    weights = Weights(
        np.asarray(grams.T @ duals, dtype=np.float32),
        (SENTENCE_WEIGHT**2 * vectors.T @ duals).astype(np.float32),
        duals.sum(axis=0).astype(np.float32),
    )
    return weights, unseen
