"""Lint, types, imports and translations: checked with every run of the tests."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.catalogs import check_catalogs
from bot.environments import ROOT

CHECKS = [
    ("ruff", ["-m", "ruff", "check", "."]),
    ("mypy", ["-m", "mypy"]),
    ("import-linter", ["-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"]),
]


@pytest.mark.parametrize(("name", "command"), CHECKS, ids=[name for name, _ in CHECKS])
def test_the_code_is_clean(name: str, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=170
    )
    assert done.returncode == 0, f"{name}:\n{done.stdout[-3000:]}{done.stderr[-1000:]}"


def test_every_text_is_there_in_every_language() -> None:
    report = check_catalogs()
    assert len(report.waiting) >= 6
    assert [str(problem) for problem in report.problems] == []
