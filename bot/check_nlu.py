"""How well messages are understood: measured on held-out examples that nothing was trained on, worst language first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bot.conversation.assistant import Assistant, Understanding
from bot.conversation.safety import SafetyRules, is_other_language, normal
from bot.environments import ROOT

BATCH = 64
# From so many words on a message is expected to tell its language.
TELLING_WORDS = 3
CONFUSIONS = 12
OUT_OF_SCOPE = "out_of_scope"


class BrokenHeldout(ValueError):
    """A held-out file cannot be used; the text names file and line."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One held-out message and what a careful human understands by it."""

    language: str
    text: str
    topics: frozenset[str]
    acts: frozenset[str]
    circumstances: frozenset[str]
    safety: str | None


@dataclass(slots=True)
class Counts:
    """Labels expected and found, and both."""

    right: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)

    def add(self, expected: frozenset[str], found: frozenset[str]) -> None:
        """Count one message."""
        self.right.update(expected & found)
        self.expected.update(expected)
        self.found.update(found)

    def of(self, label: str) -> dict[str, float | int]:
        """Return precision, recall and F1 of a label, and how often it was expected."""
        right, expected, found = self.right[label], self.expected[label], self.found[label]
        return {
            "precision": right / found if found else 0.0,
            "recall": right / expected if expected else 0.0,
            "f1": 2 * right / (expected + found) if expected + found else 0.0,
            "expected": expected,
        }

    def summary(self) -> dict[str, Any]:
        """Return macro-F1 over the labels expected, precision and recall over all, and each label's own figures."""
        labels = sorted(self.expected)
        each = {label: self.of(label) for label in labels}
        right = self.right.total()
        return {
            "macro_f1": sum(float(one["f1"]) for one in each.values()) / len(each) if each else None,
            "precision": right / self.found.total() if self.found else None,
            "recall": right / self.expected.total() if self.expected else None,
            "labels": each,
        }


@dataclass(slots=True)
class LanguageReport:
    """Everything counted for one language."""

    messages: int = 0
    topics: Counts = field(default_factory=Counts)
    acts: Counts = field(default_factory=Counts)
    circumstances: Counts = field(default_factory=Counts)
    exact: int = 0
    danger: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures; shares are None where nothing could be counted."""
        return {
            "messages": self.messages,
            "topics": self.topics.summary(),
            "topics_exactly_right": _share(self.exact, self.messages),
            "acts": self.acts.summary(),
            "circumstances": self.circumstances.summary(),
            "safety_caught": _share(self.danger["caught"], self.danger["danger"]),
            "safety_false_alarms": _share(self.danger["alarms"], self.danger["ordinary"]),
            "language_right": _share(self.told["right"], self.told["all"]),
            "confusions": [[*pair, times] for pair, times in self.confusions.most_common(CONFUSIONS)],
        }


@dataclass(frozen=True, slots=True)
class NluReport:
    """Figures of every language, worst macro-F1 of topics first; ``danger`` counts over all languages together.

    ``danger`` has messages in danger and those caught, ordinary ones and false alarms.
    """

    languages: Mapping[str, Mapping[str, Any]]
    danger: Mapping[str, int]

    @property
    def worst_by_best(self) -> float | None:
        """Macro-F1 of topics in the worst language, divided by that in the best."""
        scores = [own["topics"]["macro_f1"] or 0.0 for own in self.languages.values()]
        return scores[0] / scores[-1] if scores and scores[-1] else None

    def as_dict(self) -> dict[str, Any]:
        """Return the report for JSON."""
        together = {"safety_caught": self.caught, "safety_false_alarms": self.false_alarms}
        return {"languages": dict(self.languages), "worst_by_best": self.worst_by_best, **together}

    @property
    def caught(self) -> float | None:
        """The share of messages in danger that were caught, over all languages."""
        return _share(self.danger["caught"], self.danger["danger"])

    @property
    def false_alarms(self) -> float | None:
        """The share of ordinary messages that were taken for danger, over all languages."""
        return _share(self.danger["alarms"], self.danger["ordinary"])

    def __str__(self) -> str:
        return table(self)


async def check_nlu(assistant: Assistant, heldout: Path) -> NluReport:
    """Return the report on every ``<language>.jsonl`` in a folder.

    Args:
        assistant: one that is up; heldout: the folder.

    Returns:
        the report; phrase rules and classifier together decide what counts as danger.

    Raises:
        BrokenHeldout: a line is not of the format.
    """
    rules = SafetyRules(ROOT / "nlu")
    reports: dict[str, LanguageReport] = {}
    for language, samples in read_all(heldout).items():
        report = reports.setdefault(language, LanguageReport())
        for start in range(0, len(samples), BATCH):
            batch = samples[start : start + BATCH]
            for sample, meaning in zip(batch, await assistant.understand(_messages(batch)), strict=True):
                _count(report, sample, meaning, rules)
    figures = {code: report.as_dict() for code, report in reports.items()}
    ordered = sorted(figures, key=lambda code: figures[code]["topics"]["macro_f1"] or 0.0)
    danger = sum((report.danger for report in reports.values()), Counter[str]())
    return NluReport({code: figures[code] for code in ordered}, danger)


def read_all(folder: Path) -> dict[str, list[Sample]]:
    """Return the samples of every ``<language>.jsonl`` in a folder, by language, without those that are trained on."""
    return {
        path.stem: [sample for sample in read_samples(path) if _bare(sample.text) not in trained_on(path.stem)]
        for path in sorted(folder.glob("*.jsonl"))
    }


@cache
def trained_on(language: str) -> frozenset[str]:
    """Return the bare words of every training example of a language: short messages may be written by two people."""
    lines: set[str] = set()
    for path in (ROOT / "nlu" / language).glob("*.yml"):
        found = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
        lines.update(_bare(line[2:]) for line in found if line.startswith("- "))
    return frozenset(lines)


def _bare(text: str) -> str:
    return " ".join(normal(text).split())


def read_samples(path: Path) -> list[Sample]:
    """Return the samples of one file.

    Raises:
        BrokenHeldout: a line is not of the format.
    """
    samples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            shape = json.loads(line)
            samples.append(
                Sample(
                    path.stem,
                    str(shape["text"]),
                    frozenset(shape.get("topics") or ()),
                    frozenset(shape.get("acts") or ()) - {OUT_OF_SCOPE},
                    frozenset(shape.get("circumstances") or ()),
                    shape.get("safety"),
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BrokenHeldout(f"{path}: line {number}: {error!r}") from error
    return samples


def table(report: NluReport) -> str:
    """Return the report as plain text."""
    rows = ["language  messages  topics F1  acts F1  circumst. F1  danger caught  false alarms  language right"]
    for code, own in report.languages.items():
        rows.append(
            f"{code:8}  {own['messages']:8}  {_figure(own['topics']['macro_f1']):>9}  "
            f"{_figure(own['acts']['macro_f1']):>7}  {_figure(own['circumstances']['macro_f1']):>12}  "
            f"{_percent(own['safety_caught']):>13}  {_percent(own['safety_false_alarms']):>12}  "
            f"{_percent(own['language_right']):>14}"
        )
    rows.append(f"worst language by best: {_figure(report.worst_by_best)}")
    rows.append(f"together: danger caught {_percent(report.caught)}, false alarms {_percent(report.false_alarms)}")
    for code, own in report.languages.items():
        rows += ["", f"{code}: topics, weakest first          precision  recall  expected"]
        labels = own["topics"]["labels"]
        for label in sorted(labels, key=lambda name: labels[name]["f1"]):
            one = labels[label]
            rows.append(f"  {label:34} {one['precision']:9.2f}  {one['recall']:6.2f}  {one['expected']:8}")
        rows += [f"  {expected} taken for {found}: {times}" for expected, found, times in own["confusions"]]
    return "\n".join(rows)


def _messages(samples: Iterable[Sample]) -> list[dict[str, Any]]:
    return [{"text": sample.text, "metadata": {}} for sample in samples]


def _count(report: LanguageReport, sample: Sample, meaning: Understanding, rules: SafetyRules) -> None:
    topics = frozenset(topic for topic, _ in meaning.topics)
    report.messages += 1
    if sample.safety is None:
        # What else a message in danger is about does not matter: help leads.
        report.topics.add(sample.topics, topics)
        report.acts.add(sample.acts, frozenset(meaning.acts) - {OUT_OF_SCOPE})
        report.circumstances.add(sample.circumstances, frozenset(meaning.circumstances))
        report.confusions.update(_confused(sample, topics, meaning.acts))
    report.exact += topics == sample.topics or sample.safety is not None
    _count_danger(report, sample, meaning, rules)
    if len(sample.text.split()) >= TELLING_WORDS:
        report.told["all"] += 1
        report.told["right"] += meaning.language == sample.language


def _count_danger(report: LanguageReport, sample: Sample, meaning: Understanding, rules: SafetyRules) -> None:
    ruled = rules.danger_in(sample.text, meaning.language)
    alarmed = meaning.safety is not None or (ruled is not None and not is_other_language(ruled, meaning))
    report.danger["danger" if sample.safety else "ordinary"] += 1
    report.danger["caught" if sample.safety else "alarms"] += alarmed


def _confused(sample: Sample, topics: frozenset[str], acts: Iterable[str]) -> Iterable[tuple[str, str]]:
    expected = sorted(sample.topics - topics) or sorted(sample.acts - set(acts))
    found = sorted(topics - sample.topics) or sorted(set(acts) - sample.acts) or ["nothing"]
    return [(one, other) for one in expected for other in found]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"
