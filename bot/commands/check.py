"""``check``: records, translations, training data and understanding, with place and remedy for whatever is wrong."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path

from bot.catalogs import check_catalogs
from bot.conversation.safety import BrokenRules, SafetyRules
from bot.environments import ROOT
from bot.own_assistant import parts_running
from bot.settings import settings
from knowledge import seed

HELDOUT = ROOT / "tests" / "nlu" / "heldout"
DANGER = ROOT / "tests" / "nlu" / "danger"


def main(arguments: list[str]) -> int:
    """Run the verb; return 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python3 -m bot check", description=__doc__)
    parser.add_argument("--records", action="store_true", help="seed records: file, line, field, what is expected")
    parser.add_argument(
        "--catalogs", action="store_true", help="texts: missing ones, wrong gaps, native reviews wanted"
    )
    parser.add_argument("--nlu", action="store_true", help="understanding of held-out messages, worst language first")
    parser.add_argument("--json", action="store_true", help="with --nlu: the figures as JSON")
    parser.add_argument("folder", nargs="?", type=Path, help="with --records: another folder of territories")
    chosen = parser.parse_args(arguments)
    everything = not (chosen.records or chosen.catalogs or chosen.nlu)
    wrong = 0
    if chosen.records or everything:
        wrong += _records(chosen.folder or settings().territories)
    if chosen.catalogs or everything:
        wrong += _catalogs() + _rules()
    if chosen.nlu or everything:
        asyncio.run(_nlu(as_json=chosen.json))
    return 1 if wrong else 0


def _records(folder: Path) -> int:
    problems = seed.check(folder)
    for problem in problems:
        print(problem)
    print(f"records: {len(problems)} problems")
    return len(problems)


def _catalogs() -> int:
    report = check_catalogs()
    for problem in report.problems:
        print(problem)
    waiting = ", ".join(f"{language} {count}" for language, count in report.waiting.items() if count) or "none"
    print(
        f"texts: {report.texts} in {len(report.waiting)} languages, {len(report.problems)} problems; native review wanted: {waiting}"
    )
    return len(report.problems)


def _rules() -> int:
    try:
        print(f"safety: {len(SafetyRules(ROOT / 'nlu'))} phrase rules")
    except BrokenRules as error:
        print(error)
        return 1
    return 0


async def _nlu(*, as_json: bool) -> None:
    from bot.check_nlu import check_nlu

    async with parts_running(settings()) as parts:
        report = await check_nlu(parts.assistant, HELDOUT)
        danger = await check_nlu(parts.assistant, DANGER)
    if as_json:
        print(json.dumps({"heldout": report.as_dict(), "danger": danger.as_dict()}, ensure_ascii=False))
    else:
        print(f"{report}\n\nMessages in danger and near it, that no rule was written for:\n{danger}")
