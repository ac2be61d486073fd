"""What happens when a process is killed in the middle: apologies in the newcomer's language, nothing lost or doubled."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from talker import Talker, cards

from benchmarks.servers import Server, ventanilla


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    with ventanilla() as running:
        yield running


def child(server: Server, module: str) -> int:
    """Return the process id of the assistant (nlu.serve) or the app (bot.serve)."""
    for task in Path(f"/proc/{server.process}/task").glob("*/children"):
        for number in task.read_text().split():
            if module in Path(f"/proc/{number}/cmdline").read_bytes().decode().split("\0"):
                return int(number)
    raise AssertionError(f"no {module} below {server.process}")


def wait_until_up(server: Server, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if httpx.get(f"{server.url}/health", timeout=3).json().get("assistant") == "ok":
                return
        except (httpx.HTTPError, ValueError):
            pass
        time.sleep(0.2)
    raise AssertionError("not up again")


def test_while_the_assistant_is_down_the_records_still_answer(own_server: Server) -> None:
    talk = Talker(own_server.url, "turin", "uk")
    talk.say("Мені потрібен лікар")
    os.kill(child(own_server, "nlu.serve"), signal.SIGKILL)
    apology = talk.say("Де знайти житло?")
    assert apology[-1]["language"] == "uk"
    assert apology[-1]["choices"][0]["value"].startswith("topic:")
    assert cards(talk.say(choice="topic:housing")), "a chosen topic is answered from the records"
    help_ = talk.say("чоловік мене б'є")
    assert cards(help_)[0]["kind"] == "emergency", "a cry for help needs no assistant"
    wait_until_up(own_server)
    assert cards(talk.say("Мені потрібен адвокат"))


def test_a_killed_app_answers_what_it_had_taken_exactly_once(own_server: Server) -> None:
    wait_until_up(own_server)
    talk = Talker(own_server.url, "turin", "en")
    assert talk.send("I need a doctor", client_id="once").status_code == 202
    os.kill(child(own_server, "bot.serve"), signal.SIGKILL)
    wait_until_up(own_server)
    assert talk.send("I need a doctor", client_id="once").status_code == 202
    end = time.monotonic() + 20
    while time.monotonic() < end:
        news = talk.after(talk.last)
        if any(message["from"] == "bot" for message in news):
            break
        time.sleep(0.1)
    time.sleep(1)
    news = talk.after(talk.last)
    assert [message["text"] for message in news if message["from"] == "newcomer"] == ["I need a doctor"]
    assert len([message for message in news if message["from"] == "bot"]) == 1


def test_a_stuck_assistant_does_not_leave_anyone_waiting(own_server: Server) -> None:
    wait_until_up(own_server)
    talk = Talker(own_server.url, "turin", "ar")
    stuck = child(own_server, "nlu.serve")
    os.kill(stuck, signal.SIGSTOP)
    try:
        started = time.monotonic()
        apology = talk.say("أبحث عن عمل")
        assert time.monotonic() - started < 8
    finally:
        os.kill(stuck, signal.SIGCONT)
    assert apology[-1]["language"] == "ar" and apology[-1]["choices"]
