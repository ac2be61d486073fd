"""Character and word n-grams of a message, and their weights in one language's vocabulary."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Dict, Iterable, List, Sequence, Text, Tuple

import numpy as np
from scipy import sparse

from nlu.components.offers import topic_of_offers

SHORTEST, LONGEST = 2, 5
Grams = Tuple[Counter, Counter, Counter]


def grams_of(words: Sequence[Text], offers: Sequence[Text] = ()) -> Grams:
    """Return how often each character n-gram (2 to 5 signs within words) and each word or pair of words occurs.

    Args:
        words: of the message; offers: codes of the offers that it names: signs of the offers and of their topics.
    """
    inside: Counter = Counter()
    for word in words:
        padded = f" {word} "
        size = len(padded)
        for length in range(SHORTEST, LONGEST + 1):
            if length >= size:
                inside[padded] += 1
                break
            for start in range(size - length + 1):
                inside[padded[start : start + length]] += 1
    # The mark keeps whole words apart from equal n-grams.
    between: Counter = Counter(f"={word}" for word in words)
    between.update(f"={first} {second}" for first, second in pairwise(words))
    named: Counter = Counter(f"@{offer}" for offer in offers)
    named.update({f"@@{topic_of_offers()[offer]}" for offer in offers if offer in topic_of_offers()})
    return inside, between, named


class Vocabulary:
    """The n-grams known in one language, with inverse document frequencies."""

    def __init__(self, index: Dict[Text, int], weights: np.ndarray) -> None:
        """Keep n-gram numbers and their weights (float32, one a number)."""
        self.index = index
        self.weights = weights

    @classmethod
    def learn(cls, documents: Iterable[Grams], *, at_least: int = 2) -> "Vocabulary":
        """Return the n-grams that occur in ``at_least`` documents."""
        seen: Counter = Counter()
        count = 0
        for document in documents:
            count += 1
            for block in document:
                seen.update(block.keys())
        kept = sorted(gram for gram, times in seen.items() if times >= at_least)
        weights = np.array([math.log((1 + count) / (1 + seen[gram])) + 1 for gram in kept], dtype=np.float32)
        return cls({gram: number for number, gram in enumerate(kept)}, weights)

    def __len__(self) -> int:
        return len(self.index)

    def vector(self, document: Grams) -> Tuple[np.ndarray, np.ndarray]:
        """Return numbers and weights of a document's known n-grams; each of the blocks has length 1."""
        numbers: List[int] = []
        values: List[np.ndarray] = []
        for block in document:
            known = [(self.index[gram], times) for gram, times in block.items() if gram in self.index]
            if not known:
                continue
            own = np.array([number for number, _ in known])
            weights = (1 + np.log(np.array([times for _, times in known], dtype=np.float32))) * self.weights[own]
            numbers.extend(own.tolist())
            values.append(weights / np.linalg.norm(weights))
        if not numbers:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        return np.array(numbers), np.concatenate(values).astype(np.float32)

    def matrix(self, documents: Sequence[Grams]) -> sparse.csr_matrix:
        """Return one row a document."""
        rows = [self.vector(document) for document in documents]
        edges = np.cumsum([0] + [len(numbers) for numbers, _ in rows])
        return sparse.csr_matrix(
            (
                np.concatenate([values for _, values in rows]).astype(np.float32),
                np.concatenate([numbers for numbers, _ in rows]).astype(np.int32),
                edges,
            ),
            shape=(len(rows), len(self)),
        )
