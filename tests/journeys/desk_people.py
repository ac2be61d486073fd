"""Caseworkers of the Dortmund desk: how they are let in, sign in, come, take over and write, as they do it themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Protocol

from playwright.sync_api import Page, expect

from benchmarks.servers import Server
from bot.environments import ROOT

PASSWORD = "Regenschirm-am-Nordmarkt-7"
DESKTOP, PHONE = {"width": 1100, "height": 800}, {"width": 360, "height": 740}


class Sit(Protocol):
    """Signs somebody in, in a browser of their own, and returns the page of the queue."""

    def __call__(self, name: str, *, phone: bool = False) -> Page:
        """Sign ``name`` in."""
        ...


def add_staff(server: Server, name: str, *more: str) -> None:
    """Add a caseworker with the command that a city uses."""
    command = [sys.executable, "-m", "bot", "staff", "add", "--territory", "dortmund", "--name", name]
    command += ["--email", address(name), "--role", "caseworker", "--language", "en"]
    environment = {**os.environ, "VENTANILLA_HOME": str(server.home), "VENTANILLA_INSIDE": "test"}
    done = subprocess.run(
        [*command, *more, "--password-stdin"],
        input=PASSWORD + "\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert PASSWORD not in done.stdout


def address(name: str) -> str:
    """Return a caseworker's e-mail address."""
    return f"{name.lower()}@dortmund.example"


def sign_in(page: Page, url: str, name: str) -> None:
    """Sign in and come to the queue."""
    page.goto(f"{url}/desk")
    page.get_by_label("E-mail address").fill(address(name))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/desk")


def come(page: Page) -> None:
    """Say that one is there."""
    page.get_by_role("button", name="I am here").click()
    expect(page.get_by_text("You are available.")).to_be_visible()


def take_over(page: Page) -> None:
    """Take over who waits first; the queue shows it by itself."""
    if not page.url.endswith("/desk"):
        page.goto(page.url.split("/desk")[0] + "/desk")
    page.get_by_role("button", name="Take over").first.click()
    expect(page.get_by_label("Your answer")).to_be_visible()


def write(page: Page, text: str) -> None:
    """Write to the newcomer."""
    page.get_by_label("Your answer").fill(text)
    page.get_by_label("Your answer").press("Control+Enter")
