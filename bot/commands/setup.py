"""``setup``: environments, database, records and model, then stop. ``run`` does the same before it serves."""

from __future__ import annotations

import argparse
import os
import subprocess

from bot.environments import APP, ROOT
from bot.progress import Trouble


def main(arguments: list[str]) -> int:
    """Run the verb; return its exit code."""
    argparse.ArgumentParser(prog="python3 -m bot setup", description=__doc__).parse_args(arguments)
    prepare()
    print("Everything is set up. 'python3 -m bot run' serves the chat.")
    return 0


def prepare() -> None:
    """Bring database, records and model up to date, in the app's own interpreter.

    Raises:
        Trouble: a step failed; the step itself printed why.
    """
    environment = {**os.environ, "VENTANILLA_INSIDE": APP.name}
    done = subprocess.run([str(app_python()), "-m", "bot", "train"], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise Trouble("the set-up stopped; the line above says why and what to do.")


def app_python() -> str:
    """Return the interpreter of the app: of its own environment, or of the one this runs in already."""
    named = os.environ.get("VENTANILLA_APP_PYTHON")
    return named or str(APP.python)
