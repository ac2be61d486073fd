"""The verbs at the terminal: what goes wrong gets one clear line, an exit code, and nothing lost."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.environments import ROOT
from bot.settings import read


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a verb in the environment of the tests and return what came of it."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={**os.environ, "VENTANILLA_INSIDE": "test", "VENTANILLA_APP_PYTHON": sys.executable, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


@pytest.mark.parametrize("verb", ["setup", "run", "test", "ask", "understand", "train", "migrate", "check"])
def test_every_verb_has_help(verb: str) -> None:
    done = run(verb, "--help")
    assert done.returncode == 0 and "usage:" in done.stdout


def test_an_unknown_verb_is_named() -> None:
    done = run("fly")
    assert done.returncode == 2 and "no verb 'fly'" in done.stderr


def test_a_port_in_use_is_said_before_anything_is_built(taken_port: int) -> None:
    done = run("run", "--port", str(taken_port))
    assert done.returncode == 2
    assert f"port {taken_port}" in done.stderr and "--port" in done.stderr


def test_without_python_310_one_line_says_what_to_install(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys\nsys.path.insert(0, '.')\n" + NO_PYTHON_310],
        cwd=ROOT,
        env={"PATH": "", "HOME": str(tmp_path), "VENTANILLA_HOME": str(tmp_path), "VENTANILLA_PYTHON310": "/bin/false"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "no Python 3.10 was found" in done.stdout and "VENTANILLA_PYTHON310" in done.stdout


NO_PYTHON_310 = """
from bot import environments
from bot.progress import Trouble
environments._own_uv = lambda: None
environments.Path.glob = lambda *a: iter(())
try:
    print(environments.find_python(environments.ASSISTANT))
except Trouble as trouble:
    print(trouble)
"""


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "ventanilla.db"
    file.write_text("these are my holiday notes " * 100)
    done = run("migrate", VENTANILLA_HOME=str(tmp_path))
    assert done.returncode == 2 and "ventanilla.db" in done.stderr and "backup" in done.stderr
    assert file.read_text().startswith("these are my holiday notes")


def test_a_locked_database_is_said(tmp_path: Path) -> None:
    assert run("migrate", "--no-records", VENTANILLA_HOME=str(tmp_path)).returncode == 0
    holder = sqlite3.connect(tmp_path / "ventanilla.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        done = run("migrate", VENTANILLA_HOME=str(tmp_path))
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert done.returncode == 2 and "in use by another process" in done.stderr


def test_a_half_migrated_database_is_recognised(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "ventanilla.db")
    connection.execute("CREATE TABLE territory (id TEXT)")
    connection.commit()
    connection.close()
    done = run("migrate", VENTANILLA_HOME=str(tmp_path))
    assert done.returncode == 2 and "half-way" in done.stderr


def test_a_second_migrate_changes_nothing(tmp_path: Path) -> None:
    first = run("migrate", VENTANILLA_HOME=str(tmp_path))
    assert first.returncode == 0, first.stderr
    second = run("migrate", VENTANILLA_HOME=str(tmp_path))
    assert "0 added, 0 changed, 0 removed" in second.stdout and "nothing to change" in second.stdout


def test_broken_records_are_named_with_file_line_and_field(tmp_path: Path) -> None:
    folder = tmp_path / "xx"
    (folder / "services").mkdir(parents=True)
    (folder / "territory.yml").write_text("id: xx\nname: {en: [}\n")
    done = run("check", "--records", str(tmp_path))
    assert done.returncode == 1
    assert "territory.yml:" in done.stdout


@pytest.mark.parametrize(
    ("label", "environment", "says"),
    [
        ("no number", {"VENTANILLA_PORT": "eighty"}, "VENTANILLA_PORT"),
        ("out of range", {"VENTANILLA_RETENTION_DAYS": "0"}, "VENTANILLA_RETENTION_DAYS"),
        ("unknown level", {"VENTANILLA_LOG_LEVEL": "loud"}, "VENTANILLA_LOG_LEVEL"),
        ("a secret's file that is not there", {"VENTANILLA_TELEGRAM_TOKEN_FILE": "/nowhere"}, "/nowhere"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(label: str, environment: dict[str, str], says: str) -> None:
    done = run("migrate", **environment)
    assert done.returncode == 2, label
    assert says in done.stderr, label


def test_a_secret_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("123:secret\n")
    settings = read({"VENTANILLA_TELEGRAM_TOKEN_FILE": str(tmp_path / "token")})
    assert settings.telegram_token.get_secret_value() == "123:secret"
    assert "secret" not in repr(settings.telegram_token)
