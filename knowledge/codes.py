"""The vocabularies of codes that records are written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

VOCABULARY_FOLDER = Path(__file__).parent / "vocabulary"
NAMES = (
    "topics",
    "offers",
    "audiences",
    "costs",
    "documents",
    "ways",
    "accessibility",
    "circumstances",
    "safety",
)


class MissingVocabulary(Exception):
    """A vocabulary file is absent or unreadable. Remedy: restore it from the release."""


@dataclass(frozen=True)
class Vocabulary:
    """The codes of each vocabulary, in the order of its file.

    `offer_topics` names, for each offer, the topic that it stands under.
    """

    codes: Mapping[str, tuple[str, ...]]
    offer_topics: Mapping[str, str]

    def knows(self, name: str, code: str) -> bool:
        """Whether `code` stands in vocabulary `name`."""
        return code in self.codes[name]


@lru_cache(maxsize=4)
def load_vocabulary(folder: Path = VOCABULARY_FOLDER) -> Vocabulary:
    """Reads every vocabulary in `folder`.

    Raises:
        MissingVocabulary: a file is absent, empty or not valid YAML.
    """
    codes: dict[str, tuple[str, ...]] = {}
    offer_topics: dict[str, str] = {}
    for name in NAMES:
        entries = _entries(folder / f"{name}.yml")
        if name == "offers":
            for topic, offers in entries.items():
                for offer in offers or ():
                    offer_topics.setdefault(str(offer), str(topic))
            codes[name] = tuple(offer_topics)
        else:
            codes[name] = tuple(str(code) for code in entries)
    return Vocabulary(codes=codes, offer_topics=offer_topics)


def _entries(path: Path) -> dict[str, list[str] | None]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingVocabulary(f"{path} cannot be read: restore it from the release") from error
    except yaml.YAMLError as error:
        raise MissingVocabulary(f"{path} is not valid YAML: restore it from the release") from error
    if not isinstance(found, dict) or not found:
        raise MissingVocabulary(f"{path} holds no codes: restore it from the release")
    return found
