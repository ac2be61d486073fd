"""What machine a benchmark ran on: printed by each of them, since a figure without its machine says nothing."""

from __future__ import annotations

import os
import platform
import statistics
from pathlib import Path


def describe() -> str:
    """Return processor, usable cores, memory and Python in one line."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown"
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, {memory / 2**20:.0f} GiB, Python {platform.python_version()}, {platform.system()}"


def resident_megabytes(process: int) -> float:
    """Return the resident memory of a process and all its descendants, in MB (10^6 bytes)."""
    total = 0.0
    for line in _lines(f"/proc/{process}/status"):
        if line.startswith("VmRSS"):
            total += int(line.split()[1]) * 1024 / 1e6
    for child in _children(process):
        total += resident_megabytes(child)
    return total


def percentile(values: list[float], share: int) -> float:
    """Return the ``share``-th percentile (1 to 99) of ``values``."""
    return statistics.quantiles(values, n=100)[share - 1] if len(values) > 1 else values[0]


def _children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
