"""Finds the two Python interpreters and keeps their environments built from the lock files. Standard library only."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.progress import Step, Trouble, step

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "bot" / "requirements"
BUILT = "ventanilla-built"
INSTALL_SECONDS = 1800


@dataclass(frozen=True)
class Environment:
    """A virtual environment: ``name`` is also the name of its lock file; versions are (major, minor)."""

    name: str
    lowest: tuple[int, int]
    highest: tuple[int, int]
    variable: str

    @property
    def folder(self) -> Path:
        """Where it stands: below ``$VENTANILLA_ENVIRONMENTS``, or ``environments`` in the home folder."""
        named = os.environ.get("VENTANILLA_ENVIRONMENTS")
        return (Path(named).resolve() if named else home() / "environments") / self.name

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def lock(self) -> Path:
        """Its hashed requirement file."""
        return REQUIREMENTS / f"{self.name}.txt"


ASSISTANT = Environment("assistant", (3, 10), (3, 10), "VENTANILLA_PYTHON310")
APP = Environment("app", (3, 11), (3, 14), "VENTANILLA_PYTHON")
DEV = Environment("dev", (3, 11), (3, 14), "VENTANILLA_PYTHON")


def home() -> Path:
    """Return the folder of all that is made at run time: ``$VENTANILLA_HOME`` or ``var`` in the checkout."""
    return Path(os.environ.get("VENTANILLA_HOME") or ROOT / "var").resolve()


def build(*environments: Environment) -> None:
    """Build each environment whose lock file or interpreter changed since it was built.

    Raises:
        Trouble: no fitting interpreter, no ``venv`` module, no disk space, or a package that cannot be installed.
    """
    for environment in environments:
        if not _is_current(environment):
            with step(f"environment of the {environment.name} ({_span(environment)})") as current:
                _build(environment, current)


def find_python(environment: Environment) -> Path:
    """Return an interpreter that runs and has a fitting version.

    Order: the variable named in the environment, this very interpreter, ``pythonX.Y`` on PATH, pyenv's versions,
    then one that uv can install. A candidate counts only after it ran: a pyenv shim may exist and fail.

    Raises:
        Trouble: none was found; the line says what to install.
    """
    tried: list[str] = []
    for candidate in _candidates(environment):
        version = _version(candidate)
        if version and environment.lowest <= version <= environment.highest:
            return candidate
        tried.append(str(candidate))
    installed = _install_with_uv(environment.lowest)
    if installed:
        return installed
    wanted = ".".join(map(str, environment.lowest))
    raise Trouble(
        f"no Python {_span(environment)} was found. Install one (for example 'pyenv install {wanted}', "
        f"'uv python install {wanted}' or your system's package) or set {environment.variable} to its path."
    )


def _is_current(environment: Environment) -> bool:
    marker = environment.folder / BUILT
    try:
        return marker.read_text() == _fingerprint(environment) and environment.python.exists()
    except OSError:
        return False


def _fingerprint(environment: Environment) -> str:
    return hashlib.sha256(environment.lock.read_bytes()).hexdigest() + f" {environment.folder}"


def _build(environment: Environment, current: Step) -> None:
    python = find_python(environment)
    shutil.rmtree(environment.folder, ignore_errors=True)
    environment.folder.parent.mkdir(parents=True, exist_ok=True)
    uv = shutil.which("uv")
    if uv:
        _run([uv, "venv", "--quiet", "--python", str(python), str(environment.folder)])
        install = [uv, "pip", "install", "--quiet", "--python", str(environment.python)]
    else:
        _make_venv(python, environment.folder)
        install = [str(environment.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*install, "--require-hashes", "-r", str(environment.lock)])
    (environment.folder / BUILT).write_text(_fingerprint(environment))
    current.note(f"{sum(1 for line in environment.lock.open() if '==' in line)} packages with {'uv' if uv else 'pip'}")


def _make_venv(python: Path, folder: Path) -> None:
    if subprocess.run([str(python), "-c", "import ensurepip, venv"], check=False, capture_output=True).returncode:
        raise Trouble(
            f"{python} cannot make virtual environments: install its venv package ('apt install python3-venv')."
        )
    _run([str(python), "-m", "venv", str(folder)])


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Trouble(
            f"'{command[0]} {command[1]}' did not end within {INSTALL_SECONDS} s: is there a network?"
        ) from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        if "No space left" in said:
            raise Trouble(
                f"no disk space left below {home()}: about 4 GB are needed; free some or set VENTANILLA_HOME."
            )
        last = " | ".join(said.splitlines()[-3:])
        raise Trouble(f"'{' '.join(command[:4])} …' failed: {last}")


def _candidates(environment: Environment) -> Iterator[Path]:
    named = os.environ.get(environment.variable)
    if named:
        yield Path(named)
    yield Path(sys.executable)
    versions = list(_versions(environment))
    for major, minor in versions:
        found = shutil.which(f"python{major}.{minor}")
        if found:
            yield Path(found)
    roots = [os.environ.get("PYENV_ROOT"), str(Path.home() / ".pyenv")]
    for root in filter(None, roots):
        for major, minor in versions:
            yield from sorted(Path(root).glob(f"versions/{major}.{minor}.*/bin/python"), reverse=True)
    for major, minor in versions:
        yield Path(f"/usr/bin/python{major}.{minor}")


def _versions(environment: Environment) -> Iterable[tuple[int, int]]:
    return ((3, minor) for minor in range(environment.lowest[1], environment.highest[1] + 1))


def _version(python: Path) -> tuple[int, int] | None:
    try:
        done = subprocess.run(
            [str(python), "-c", "import sys, ssl, sqlite3; print(*sys.version_info[:2])"],
            check=False,
            capture_output=True,
            text=True,
            timeout=20,
        )
        major, minor = done.stdout.split()
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def _install_with_uv(version: tuple[int, int]) -> Path | None:
    wanted = ".".join(map(str, version))
    uv = shutil.which("uv") or _own_uv()
    if not uv:
        return None
    try:
        subprocess.run([uv, "python", "install", wanted], capture_output=True, timeout=600, check=True)
        found = subprocess.run([uv, "python", "find", wanted], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(found.stdout.strip())


def _own_uv() -> str | None:
    folder = home() / "environments" / "uv"
    try:
        _make_venv(Path(sys.executable), folder)
        subprocess.run(
            [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"],
            capture_output=True,
            timeout=300,
            check=True,
        )
    except (OSError, Trouble, subprocess.SubprocessError):
        return None
    return str(folder / "bin" / "uv")


def _span(environment: Environment) -> str:
    lowest, highest = (".".join(map(str, version)) for version in (environment.lowest, environment.highest))
    return lowest if lowest == highest else f"{lowest} to {highest}"
