"""The components live in the assistant's environment: their tests run there, in a process of their own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bot.environments import ASSISTANT, ROOT

SECONDS = 400


@pytest.mark.skipif(not Path(ASSISTANT.python).exists(), reason="the assistant's environment is not built")
@pytest.mark.timeout(420)
def test_components_pass_their_own_tests() -> None:
    command = [str(ASSISTANT.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    command += ["--confcutdir", str(ROOT / "tests" / "nlu" / "assistant")]
    command += ["--rootdir", str(ROOT / "tests" / "nlu" / "assistant"), str(ROOT / "tests" / "nlu" / "assistant")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
