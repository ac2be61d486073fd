"""Particular offers named in a message ("dentist", "A2 course"): phrases of nlu/<language>/offers.yml."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Sequence, Text, Tuple

import yaml

from nlu.components.words import words

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
VOCABULARY = Path(__file__).resolve().parents[2] / "knowledge" / "vocabulary" / "offers.yml"
# A phrase is looked for only where a word begins with its first so many letters.
START = 3
Phrases = Sequence[Sequence[Text]]


class BrokenOffers(ValueError):
    """A file of offers cannot be used; the text names the file and what is wrong."""


def read_offers(folder: Path) -> Phrases:
    """Return (offer, phrase) of all languages; a word of a phrase may end in * for any rest.

    Raises:
        BrokenOffers: a file is not a mapping of codes to lists.
    """
    found: List[Tuple[Text, Text]] = []
    for path in sorted(folder.glob("*/offers.yml")):
        try:
            with path.open(encoding="utf-8") as file:
                data = yaml.load(file, Loader=_LOADER) or {}
            found += [(str(code), str(phrase)) for code, phrases in data.items() for phrase in phrases or []]
        except (yaml.YAMLError, AttributeError, TypeError) as error:
            raise BrokenOffers(f"{path}: {error}") from error
    return sorted(set(found))


@lru_cache(maxsize=1)
def topic_of_offers() -> Dict[Text, Text]:
    """Return the topic of each offer, from the knowledge base's vocabulary.

    Raises:
        BrokenOffers: the vocabulary is not a mapping of topics to lists.
    """
    try:
        with VOCABULARY.open(encoding="utf-8") as file:
            topics = yaml.load(file, Loader=_LOADER)
        return {str(offer): str(topic) for topic, offers in topics.items() for offer in offers}
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise BrokenOffers(f"{VOCABULARY}: {error}") from error


class Offers:
    """Finds offers in a message's words."""

    def __init__(self, phrases: Phrases) -> None:
        """Compile the phrases, filed under the first letters of their first word: one pattern for a code and start."""
        filed: Dict[Text, Dict[Text, List[Text]]] = {}
        for code, phrase in phrases:
            parts = phrase.split()
            plain = [" ".join(words(part)) for part in parts]
            if not plain or not all(plain):
                continue
            pattern = " ".join(
                re.escape(word) + (r"\S*" if part.endswith("*") else "")
                for word, part in zip(plain, parts, strict=True)
            )
            start = plain[0][:START] if len(plain[0]) >= START else ""
            filed.setdefault(start, {}).setdefault(code, []).append(pattern)
        self._by_start = {
            start: [(code, re.compile(f"(?<= )(?:{'|'.join(patterns)})(?= )")) for code, patterns in codes.items()]
            for start, codes in filed.items()
        }

    def found_in(self, plain: Sequence[Text]) -> List[Text]:
        """Return the codes of the offers named, in the order of the message."""
        text = " " + " ".join(plain) + " "
        hits: Dict[Text, int] = {}
        for start in {"", *(word[:START] for word in plain)}:
            for code, pattern in self._by_start.get(start, ()):
                match = pattern.search(text)
                if match and match.start() < hits.get(code, len(text)):
                    hits[code] = match.start()
        return sorted(hits, key=lambda code: (hits[code], code))
