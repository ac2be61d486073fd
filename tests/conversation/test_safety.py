"""The phrase rules: the matcher's language, and what it must never do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.safety import BrokenRules, SafetyRules, is_other_language, normal

RULES = """
words:
  partner: [husband, boyfriend, my man]
  hits: [hit, hits, beat*]
rules:
  violence:
    - "{partner} .. {hits} me"
    - "afraid of my {partner}"
    - "{hits} & {partner}"
  suicide:
    - "kill myself"
never:
  - "deadline .. kill"
"""
ARABIC = """
words: {}
rules:
  violence:
    - "زوجي .. يضرب*"
"""


@pytest.fixture
def rules(tmp_path: Path) -> SafetyRules:
    for language, text in (("en", RULES), ("ar", ARABIC)):
        (tmp_path / language).mkdir()
        (tmp_path / language / "safety_rules.yml").write_text(text, encoding="utf-8")
    return SafetyRules(tmp_path)


@pytest.mark.parametrize(
    ("label", "text", "kind"),
    [
        ("words in order with a gap", "My husband, he often beats me!", "violence"),
        ("accents and capitals do not matter", "HÚSBAND HITS ME", "violence"),
        ("a list entry of two words", "my man hit me yesterday", "violence"),
        ("directly after", "I am afraid of my boyfriend", "violence"),
        ("any order in one sentence", "he beat me, that husband of mine", "violence"),
        ("not across sentences", "They beat the drum. My husband sings.", None),
        ("too wide a gap", "my husband bought a car and then a house which one day hit the market for me", "violence"),
        ("the most urgent kind leads", "my husband hits me and I want to kill myself", "suicide"),
        ("silenced by an ordinary sentence", "this deadline will kill myself", None),
        ("Arabic letters are folded, vowel signs dropped", "زَوْجى كل يوم يضربني", "violence"),
        ("nothing", "", None),
        ("signs only", "🙂🙂 ???", None),
        ("a long text is no problem", "word " * 4000, None),
    ],
)
def test_recognises(rules: SafetyRules, label: str, text: str, kind: str | None) -> None:
    found = rules.danger_in(text, "en")
    assert (found.kind if found else None) == kind, label


def test_tells_the_language_of_the_rule(rules: SafetyRules) -> None:
    found = rules.danger_in("زوجي يضربني", "en")
    assert found is not None and found.language == "ar"


@pytest.mark.parametrize(
    ("label", "text", "says"),
    [
        ("unknown kind", "rules: {fire: ['x']}", "fire"),
        ("unknown list", "rules: {danger: ['{nobody} here']}", "nobody"),
        ("no word", "rules: {danger: ['..']}", "no word"),
        ("no YAML", "rules: [", "safety_rules.yml"),
    ],
)
def test_a_broken_rule_is_named_with_its_file(tmp_path: Path, label: str, text: str, says: str) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "safety_rules.yml").write_text(text, encoding="utf-8")
    with pytest.raises(BrokenRules, match=says):
        SafetyRules(tmp_path)


class Look:
    def __init__(self, detected: str | None, language_confidence: float) -> None:
        self.detected = detected
        self.language_confidence = language_confidence


@pytest.mark.parametrize(
    ("label", "look", "dropped"),
    [
        ("nobody could look: help is shown", None, False),
        ("the same language", Look("ar", 0.99), False),
        ("surely another language", Look("es", 0.99), True),
        ("perhaps another language: help is shown", Look("es", 0.6), False),
        ("no language at all: help is shown", Look(None, 0.0), False),
    ],
)
def test_the_second_look(rules: SafetyRules, label: str, look: Look | None, dropped: bool) -> None:
    found = rules.danger_in("زوجي يضربني", "ar")
    assert found is not None
    assert is_other_language(found, look) is dropped, label


def test_normal_form() -> None:
    assert normal("L'été, «ÇA»—va?") == " lete ca va "
