"""Phrase rules that recognise people in danger: before, apart from and without the NLU, in every language there is.

The rules are data (``nlu/<lang>/safety_rules.yml``, format in ``nlu/README.md``). They fail towards showing help.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml

# Words that may stand in the gap of ".."
GAP_WORDS = 5
# Kinds in the order in which they lead when a message holds several.
KINDS = ("danger", "suicide", "violence", "trafficking", "child_alone")

_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": ""})
_SENTENCE = re.compile(r"[.!?؟;。\n]+")
_LETTERS = re.compile(r"[^\W_]+", re.UNICODE)


class BrokenRules(ValueError):
    """A rule file cannot be used; the text names file, kind and rule."""


@dataclass(frozen=True, slots=True)
class Danger:
    """What a rule recognised: the kind of danger, and the language (BCP 47) of the rule."""

    kind: str
    language: str


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    language: str
    parts: tuple[re.Pattern[str], ...]

    def matches(self, sentence: str) -> bool:
        return all(part.search(sentence) for part in self.parts)


class SafetyRules:
    """All languages' rules together: a message is checked against each, for people mix languages."""

    def __init__(self, folder: Path) -> None:
        """Read ``<folder>/*/safety_rules.yml``.

        Raises:
            BrokenRules: a file is not of the format.
        """
        self._rules: list[_Rule] = []
        self._never: list[re.Pattern[str]] = []
        for path in sorted(folder.glob("*/safety_rules.yml")):
            self._read(path)

    def __len__(self) -> int:
        return len(self._rules)

    def danger_in(self, text: str, language: str) -> Danger | None:
        """Return the most urgent danger that a message speaks of, or None.

        Args:
            text: what the person wrote, of any length and script.
            language: that of the talk; it wins where rules of several languages recognise the same.
        """
        found = [rule for sentence in sentences(text) for rule in self._matching(sentence)]
        if not found:
            return None
        first = min(found, key=lambda rule: (KINDS.index(rule.kind), rule.language != language))
        return Danger(first.kind, first.language)

    def _matching(self, sentence: str) -> list[_Rule]:
        matching = [rule for rule in self._rules if rule.matches(sentence)]
        if matching and any(never.search(sentence) for never in self._never):
            return []
        return matching

    def _read(self, path: Path) -> None:
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            words = {name: [str(word) for word in entries] for name, entries in (data.get("words") or {}).items()}
            for kind, rules in (data.get("rules") or {}).items():
                if kind not in KINDS:
                    raise BrokenRules(f"{path}: rules: '{kind}' is not one of {', '.join(KINDS)}")
                self._rules += [_Rule(kind, path.parent.name, _compile(str(rule), words, path)) for rule in rules]
            self._never += [part for rule in data.get("never") or [] for part in _compile(str(rule), words, path)]
        except (yaml.YAMLError, AttributeError, TypeError) as error:
            raise BrokenRules(f"{path}: {error}") from error


def sentences(text: str) -> list[str]:
    """Return a message's sentences as plain lower-case words between single spaces, with a space at both ends."""
    return [plain for part in _SENTENCE.split(text) if (plain := normal(part)).strip()]


def normal(text: str) -> str:
    """Return ``text`` as lower-case words without accents, vowel signs and punctuation, Arabic letters folded."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", "").replace("ʼ", ""))
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " " + " ".join(_LETTERS.findall(bare.translate(_ARABIC))) + " "


def _compile(rule: str, words: dict[str, list[str]], path: Path) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_ordered(part, words, path)) for part in rule.split(" & "))


def _ordered(part: str, words: dict[str, list[str]], path: Path) -> str:
    pattern, gap = "", False
    for token in part.split():
        if token == "..":
            gap = True
            continue
        pattern += (rf"(?:\S+ ){{0,{GAP_WORDS}}}" if gap else "") + _word(token, words, path)
        gap = False
    if not pattern:
        raise BrokenRules(f"{path}: the rule '{part}' holds no word")
    return "(?<= )" + pattern


def _word(token: str, words: dict[str, list[str]], path: Path) -> str:
    if token.startswith("{") and token.endswith("}"):
        name = token[1:-1]
        if name not in words:
            raise BrokenRules(f"{path}: the rule names the list '{name}', which is not under words")
        return "(?:" + "|".join(_literal(entry) for entry in words[name]) + ")"
    return _literal(token)


def _literal(entry: str) -> str:
    # An entry may hold several words; each may end in * for any rest of the word.
    pattern = ""
    for word in entry.split():
        plain = normal(word.rstrip("*")).strip()
        for piece in plain.split()[:-1]:
            pattern += re.escape(piece) + " "
        last = plain.split()[-1] if plain else ""
        pattern += re.escape(last) + (r"\S* " if word.endswith("*") else " ")
    return pattern
