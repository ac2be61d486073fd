"""A real OpenID Connect provider on a free port: npm's oidc-provider, installed once into a folder that is kept."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.environments import home

SCRIPT = Path(__file__).with_name("provider.mjs")
# The newest that node 20 runs.
PACKAGE = "oidc-provider@8.8.1"
SECRET = "a-secret-of-thirty-two-signs-or-more"


def installed() -> Path:
    """Return the folder with the package; the test is skipped with the reason where it cannot be had."""
    kept = home() / "test-packages" / PACKAGE.replace("@", "-")
    if (kept / "node_modules" / "oidc-provider" / "package.json").exists():
        return kept
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("node and npm are not on this machine: the single sign-on is not tested")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        made = Path(folder) / "made"
        made.mkdir()
        (made / "package.json").write_text('{"private": true}')
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
        done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=150, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install {PACKAGE}: {done.stderr.strip()[-200:]}")
        shutil.rmtree(kept, ignore_errors=True)
        made.rename(kept)
    return kept


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ProviderServer:
    """Runs the provider on ``port`` for an app that is called back at ``back``."""

    folder: Path
    port: int
    back: str
    _child: subprocess.Popen[str] | None = field(default=None, init=False)

    def __enter__(self) -> ProviderServer:
        script = self.folder / SCRIPT.name
        shutil.copy(SCRIPT, script)
        command = ["node", str(script), str(self.port), self.back]
        self._child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._child.stdout is not None
        if not any("listening" in line for line in self._child.stdout):
            raise AssertionError("the provider does not start")
        return self

    def __exit__(self, *_: Any) -> None:
        assert self._child is not None and self._child.stdout is not None
        self._child.terminate()
        self._child.wait(10)
        self._child.stdout.close()
