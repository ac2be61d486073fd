"""``test``: set everything up and run the tests, two files at once. Arguments after it go to pytest instead."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from glob import glob

from bot.environments import DEV, ROOT
from bot.progress import Trouble, step

# What real journeys need, and the Debian package that brings it.
PROGRAMS = {
    "chromium": ("chromium", ("/usr/bin/chromium", "/usr/bin/chromium-browser")),
    "faketime": ("faketime", ("/usr/bin/faketime",)),
    "PostgreSQL": ("postgresql", ("/usr/lib/postgresql/*/bin/postgres", "/usr/bin/postgres")),
}

# The whole suite waits a lot, for browsers and for moments to pass. A file stays together, so that its server is shared.
TWO_AT_ONCE = ("-n", "2", "--dist", "loadfile")


def main(arguments: list[str]) -> int:
    """Run the verb; return pytest's exit code."""
    if {"-h", "--help"} & set(arguments):
        print("usage: python3 -m bot test [pytest's arguments]\n\n" + str(__doc__))
        return 0
    _install_programs()
    environment = {
        **os.environ,
        "VENTANILLA_INSIDE": DEV.name,
        "VENTANILLA_APP_PYTHON": str(DEV.python),
        "PYTHONPATH": str(ROOT),
    }
    trained = subprocess.run([str(DEV.python), "-m", "bot", "train"], cwd=ROOT, env=environment, check=False)
    if trained.returncode:
        raise Trouble("the set-up stopped; the line above says why and what to do.")
    sys.stdout.flush()
    command = [str(DEV.python), "-m", "pytest", *(arguments or TWO_AT_ONCE)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _install_programs() -> None:
    missing = [package for package, places in PROGRAMS.values() if not _is_there(places)]
    if not missing:
        return
    names = " ".join(missing)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"  without these the tests that need them are skipped; install them with your packages: {names}")
        return
    with step(f"programs for the tests: {names}"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update"], check=False, **quiet)  # type: ignore[call-overload]
        command = ["apt-get", "install", "-y", "--no-install-recommends", *missing, "fonts-noto-core"]
        subprocess.run(command, env=environment, check=False, **quiet)  # type: ignore[call-overload]


def _is_there(places: tuple[str, ...]) -> bool:
    return any(glob(place) for place in places)
