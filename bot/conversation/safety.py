"""Phrase rules that recognise people in danger: before, apart from and without the NLU, in every language there is.

The rules are data (``nlu/<lang>/safety_rules.yml``, format in ``nlu/README.md``). They fail towards showing help.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol

import yaml

# Words that may stand in the gap of ".."
GAP_WORDS = 5
START_LETTERS = 3
# From here on the language of a message counts as certain.
SURE = 0.9
# Kinds in the order in which they lead when a message holds several.
KINDS = ("danger", "suicide", "violence", "trafficking", "child_alone")

_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": ""})
# The loader in C reads these long files ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SENTENCE = re.compile(r"[.!?؟;。\n]+")
_LETTERS = re.compile(r"[^\W_]+", re.UNICODE)


class BrokenRules(ValueError):
    """A rule file cannot be used; the text names file, kind and rule."""


@dataclass(frozen=True, slots=True)
class Danger:
    """What a rule recognised: the kind of danger, and the language (BCP 47) of the rule."""

    kind: str
    language: str


@dataclass(frozen=True)
class _Rule:
    kind: str
    language: str
    words: tuple[frozenset[str], ...]
    sources: tuple[str, ...]

    @cached_property
    def parts(self) -> tuple[re.Pattern[str], ...]:
        # Compiled when first needed: all of the thousands at once would take seconds of every start.
        return tuple(map(re.compile, self.sources))

    def matches(self, sentence: str) -> bool:
        return all(part.search(sentence) for part in self.parts)


@dataclass(frozen=True)
class _Never:
    sources: list[str]

    @cached_property
    def parts(self) -> list[re.Pattern[str]]:
        # Needed only where a rule matched: compiled at the start, they took more than half of it.
        return [re.compile(source) for source in self.sources]

    def matches(self, sentence: str) -> bool:
        return any(part.search(sentence) for part in self.parts)


class SafetyRules:
    """All languages' rules together: a message is checked against each, for people mix languages."""

    def __init__(self, folder: Path) -> None:
        """Read ``<folder>/*/safety_rules.yml``.

        Raises:
            BrokenRules: a file is not of the format.
        """
        self._rules: list[_Rule] = []
        self._by_start: defaultdict[str, list[_Rule]] = defaultdict(list)
        self._never: dict[str, _Never] = {}
        for path in sorted(folder.glob("*/safety_rules.yml")):
            self._read(path, path.parent.name)
        self._file()

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
        # Rules are filed under the letters that one of their words begins with: a message meets a few of thousands.
        keys = {"", *(word[:START_LETTERS] for word in sentence.split())}
        rules = {id(rule): rule for key in keys for rule in self._by_start.get(key, ())}
        matching = [rule for rule in rules.values() if rule.matches(sentence)]
        silent = {
            language for language in {rule.language for rule in matching} if self._never[language].matches(sentence)
        }
        return [rule for rule in matching if rule.language not in silent]

    def _read(self, path: Path, language: str) -> None:
        try:
            data = yaml.load(path.read_text(encoding="utf-8"), _LOADER) or {}
            lists = {name: [_entry(str(word)) for word in words] for name, words in (data.get("words") or {}).items()}
            for kind, rules in (data.get("rules") or {}).items():
                if kind not in KINDS:
                    raise BrokenRules(f"{path}: rules: '{kind}' is not one of {', '.join(KINDS)}")
                for rule in rules:
                    words = _words(str(rule), lists, path)
                    self._rules.append(_Rule(kind, language, words, _sources(str(rule), lists, path)))
            never = [part for rule in data.get("never") or [] for part in _sources(str(rule), lists, path)]
            self._never[language] = _Never(never)
        except (yaml.YAMLError, AttributeError, TypeError) as error:
            raise BrokenRules(f"{path}: {error}") from error

    def _file(self) -> None:
        # Every word of a rule has to be there, so it is filed under the one that is rarest among the rules:
        # "my" or "he" would bring it up for nearly every message.
        often = Counter(start for rule in self._rules for word in rule.words for start in word)
        for rule in self._rules:
            rarest = min(rule.words, key=lambda word: ("" in word, sum(often[start] for start in word)))
            for start in rarest:
                self._by_start[start].append(rule)


class Understood(Protocol):
    """What the second look needs to know of a message."""

    @property
    def detected(self) -> str | None:
        """BCP 47 code of the message's own language, None when it carries none."""

    @property
    def language_confidence(self) -> float:
        """How sure that is, 0 to 1."""


def is_other_language(danger: Danger, understood: Understood | None) -> bool:
    """Tell whether a message is surely of another language than the rule that recognised danger in it.

    Args:
        understood: what the NLU says of the message; None when nobody could look: then help is shown.
    """
    if understood is None or understood.detected is None:
        return False
    return understood.detected != danger.language and understood.language_confidence >= SURE


def sentences(text: str) -> list[str]:
    """Return a message's sentences as plain lower-case words between single spaces, with a space at both ends."""
    return [plain for part in _SENTENCE.split(text) if (plain := normal(part)).strip()]


def normal(text: str) -> str:
    """Return ``text`` as lower-case words without accents, vowel signs and punctuation, Arabic letters folded."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", "").replace("ʼ", ""))
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " " + " ".join(_LETTERS.findall(bare.translate(_ARABIC))) + " "


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a word list or one word of a rule, ready to be used: entries stand in hundreds of rules."""

    pattern: str
    start: str


def _sources(rule: str, lists: dict[str, list[_Entry]], path: Path) -> tuple[str, ...]:
    return tuple(_ordered(part, lists, path) for part in rule.split(" & "))


def _words(rule: str, lists: dict[str, list[_Entry]], path: Path) -> tuple[frozenset[str], ...]:
    tokens = [token for token in rule.split() if token not in ("..", "&")]
    return tuple(frozenset(entry.start for entry in _entries(token, lists, path)) for token in tokens)


def _ordered(part: str, lists: dict[str, list[_Entry]], path: Path) -> str:
    pattern, gap = "", False
    for token in part.split():
        if token == "..":
            gap = True
            continue
        words = "|".join(entry.pattern for entry in _entries(token, lists, path))
        pattern += (rf"(?:\S+ ){{0,{GAP_WORDS}}}" if gap else "") + f"(?:{words})"
        gap = False
    if not pattern:
        raise BrokenRules(f"{path}: the rule '{part}' holds no word")
    return "(?<= )" + pattern


def _entries(token: str, lists: dict[str, list[_Entry]], path: Path) -> list[_Entry]:
    if not (token.startswith("{") and token.endswith("}")):
        return [_entry(token)]
    name = token[1:-1]
    if name not in lists:
        raise BrokenRules(f"{path}: the rule names the list '{name}', which is not under words")
    return lists[name]


@cache
def _entry(text: str) -> _Entry:
    # An entry may hold several words; each may end in * for any rest of the word.
    pattern, start = "", None
    for word in text.split():
        stem = word.endswith("*")
        plain = normal(word.rstrip("*")).split()
        if start is None:
            first = plain[0] if plain else ""
            # A stem shorter than the key could begin any word: such a rule is always tried.
            start = "" if stem and len(first) < START_LETTERS else first[:START_LETTERS]
        pattern += "".join(re.escape(piece) + " " for piece in plain[:-1])
        pattern += re.escape(plain[-1] if plain else "") + (r"\S* " if stem else " ")
    return _Entry(pattern, start or "")
