"""Languages that people also write in Latin letters: each letter's usual ways, to recognise them and to read them back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Sequence, Text

from nlu.components.scripts import script_of

LATIN = "LATIN"
Letters = Mapping[Text, Sequence[Text]]


@dataclass
class Latin:
    """How languages (BCP 47) with letters of their own are written in Latin ones.

    ``letters``: each letter's ways in Latin, the usual way first; ``words``: frequent words as people write them.
    """

    letters: Dict[Text, Dict[Text, List[Text]]] = field(default_factory=dict)
    words: Dict[Text, List[Text]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._back: Dict[Text, Dict[Text, Text]] = {}
        self._pattern: Dict[Text, "re.Pattern[Text]"] = {}
        for language, letters in self.letters.items():
            back: Dict[Text, Text] = {}
            for letter, ways in letters.items():
                for way in ways:
                    back.setdefault(way, letter)
            self._back[language] = back
            longest_first = sorted(filter(None, back), key=lambda way: (-len(way), way))
            self._pattern[language] = re.compile("|".join(map(re.escape, longest_first)))

    def ways(self, text: Text, language: Text) -> List[Text]:
        """Return how people might write ``text`` in Latin letters; empty where nothing is known of that."""
        letters = self.letters.get(language)
        if not letters or script_of(text) == LATIN:
            return []
        most = max(len(ways) for ways in letters.values())
        plain = text.casefold()
        return ["".join(_way(letters, sign, number) for sign in plain) for number in range(most)]

    def read(self, text: Text, language: Text) -> Text:
        """Return ``text`` in the language's own letters where it is in Latin ones; otherwise as it is."""
        pattern = self._pattern.get(language)
        if pattern is None or script_of(text) != LATIN:
            return text
        return pattern.sub(lambda match: self._back[language][match.group()], text.casefold())


def _way(letters: Letters, sign: Text, number: int) -> Text:
    ways = letters.get(sign)
    return sign if ways is None else ways[min(number, len(ways) - 1)]
