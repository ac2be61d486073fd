"""The trained model and what it was trained from: trained anew only when an input changed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bot.environments import ASSISTANT, ROOT
from bot.progress import Trouble, step

TRAINING_SECONDS = 900
# Serves what was trained, and has no part in training.
SERVER = ROOT / "nlu" / "serve.py"


def train_if_needed(model: Path, *, force: bool = False) -> bool:
    """Train the assistant's model unless the one there was made from the very same inputs.

    Args:
        model: where the model stands or will stand; force: train in any case.

    Returns:
        whether it was trained.

    Raises:
        Trouble: the training failed; its last lines are given.
    """
    fingerprint = _fingerprint()
    marker = model.with_suffix(".inputs")
    if not force and model.exists() and marker.exists() and marker.read_text() == fingerprint:
        return False
    model.parent.mkdir(parents=True, exist_ok=True)
    marker.unlink(missing_ok=True)
    with step("model: learning from the examples, about a minute"):
        _train(model)
    marker.write_text(fingerprint)
    return True


def write_gazetteer(names: Iterator[dict[str, object]], path: Path) -> None:
    """Write the names of services, which the assistant recognises in messages, one JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in names)
    if not path.exists() or path.read_text(encoding="utf-8") != lines:
        path.write_text(lines, encoding="utf-8")


def _train(model: Path) -> None:
    command = [str(ASSISTANT.python), "-m", "nlu.train", "--out", str(model)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as training:
        assert training.stdout is not None
        # What libraries say goes nowhere unless the training fails.
        said = [line.rstrip() for line in training.stdout]
        code = training.wait(TRAINING_SECONDS)
    if code or not model.exists():
        raise Trouble("the training failed: " + " | ".join(said[-4:]))


def _fingerprint() -> str:
    digest = hashlib.sha256()
    files = [ROOT / "config.yml", ROOT / "domain.yml", ASSISTANT.lock]
    files += sorted(path for path in (ROOT / "nlu").rglob("*") if path.suffix in (".yml", ".py") and path != SERVER)
    for path in files:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
