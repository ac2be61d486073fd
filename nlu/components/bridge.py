"""Words that the sentence encoder never learnt, said in words that it knows: nlu/<language>/bridge.yml.

The encoder was made for 16 languages. What is written in another one, or in a dialect, it reads like a misspelling. Said
word by word in a language near by it is understood far better, though no sentence of it is well formed: cross-validated,
the meaning of Ukrainian alone (without n-grams) finds labels with a mean average precision of 0.74 instead of 0.42.
Only the encoder sees this wording; n-grams, names and offers are read as the person wrote them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Optional, Text

import yaml

from nlu.components.words import folded

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# An apostrophe inside is a part of the word.
_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
SHORTEST_STEM = 3


class BrokenBridge(ValueError):
    """A file of words for the encoder cannot be used; the text names the file and what is wrong."""


@dataclass
class Bridge:
    """For each language (BCP 47): folded words, folded beginnings of words, and letters, with what stands for them."""

    words: Dict[Text, Dict[Text, Text]] = field(default_factory=dict)
    stems: Dict[Text, Dict[Text, Text]] = field(default_factory=dict)
    letters: Dict[Text, Dict[Text, Text]] = field(default_factory=dict)

    def read(self, text: Text, language: Optional[Text]) -> Text:
        """Return ``text`` as the encoder is to see it; as it is where nothing is known of its language."""
        if language is None or language not in self.words:
            return text
        letters = str.maketrans(self.letters.get(language, {}))

        def said(match: "re.Match[Text]") -> Text:
            return self._known(folded(match.group()), language) or match.group().lower().translate(letters)

        return _WORD.sub(said, text)

    def _known(self, word: Text, language: Text) -> Optional[Text]:
        exact = self.words[language].get(word)
        if exact is not None:
            return exact
        stems = self.stems.get(language, {})
        for length in range(len(word), SHORTEST_STEM - 1, -1):
            if word[:length] in stems:
                return stems[word[:length]]
        return None


def read_bridge(folder: Path) -> Bridge:
    """Return the words of every language that has such a file.

    Raises:
        BrokenBridge: a file is not of the format that this module's tests show.
    """
    bridge = Bridge()
    for path in sorted(folder.glob("*/bridge.yml")):
        language = path.parent.name
        try:
            with path.open(encoding="utf-8") as file:
                data: Dict[Text, Any] = yaml.load(file, Loader=_LOADER) or {}
            bridge.letters[language] = {str(own): str(other) for own, other in (data.get("letters") or {}).items()}
            bridge.words[language], bridge.stems[language] = {}, {}
            for said, forms in (data.get("words") or {}).items():
                for form in map(str, forms):
                    known = bridge.stems if form.endswith("*") else bridge.words
                    known[language].setdefault(folded(form.rstrip("*")), str(said))
        except (yaml.YAMLError, AttributeError, TypeError) as error:
            raise BrokenBridge(f"{path}: {error}") from error
    return bridge
