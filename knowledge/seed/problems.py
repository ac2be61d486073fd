"""What is wrong with a seed file, said so that its writer can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it stands (`line` counts from 1), in which record and field, and what was expected."""

    file: Path
    line: int
    record: str
    field: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.record}: {self.field or '(whole file)'}: {self.expected}"


class SeedProblems(Exception):
    """Seed files hold mistakes, so nothing was loaded. Remedy: mend what `problems` names."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"seed records are not valid: {problems[0]}{more}")
