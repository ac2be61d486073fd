"""A newcomer on Telegram and a caseworker in a browser: taken over, answered, handed on, closed; and a second time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect
from tellers import OnTelegram, plain, wait

from benchmarks.servers import Server, ventanilla
from bot.environments import ROOT
from tests.fakes.telegram import FakeTelegram

TOKEN = "7000002:handoff-handoff-handoff-handoff-xyz"
PASSWORD = "Regenschirm-am-Nordmarkt-7"
USERS = count(7001)


@pytest.fixture(scope="module")
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        fake.bot(TOKEN, "ventanilla_bot")
        yield fake
        assert fake.violations == []


@pytest.fixture(scope="module")
def desk(telegram: FakeTelegram) -> Iterator[Server]:
    with ventanilla(telegram_token=TOKEN, telegram_api_url=telegram.url) as running:
        for name, more in (("Amal", ["--languages", "ar,de,en"]), ("Bernd", ["--languages", "de"])):
            add_staff(running, name, *more)
        yield running


def add_staff(server: Server, name: str, *more: str) -> None:
    command = [sys.executable, "-m", "bot", "staff", "add", "--territory", "dortmund", "--name", name]
    command += ["--email", f"{name.lower()}@dortmund.example", "--role", "caseworker", "--language", "en"]
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


@pytest.fixture
def sit(browser: Browser, desk: Server) -> Iterator[object]:
    contexts = []

    def sit(name: str) -> Page:
        context = browser.new_context(viewport={"width": 1100, "height": 800}, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{desk.url}/desk")
        page.get_by_label("E-mail address").fill(f"{name.lower()}@dortmund.example")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{desk.url}/desk")
        return page

    yield sit
    for context in contexts:
        context.close()


def available(page: Page) -> None:
    page.get_by_role("button", name="Available").click()


def newcomer(telegram: FakeTelegram) -> OnTelegram:
    return OnTelegram(telegram, next(USERS), "ar", "dortmund")


def seen(talk: OnTelegram) -> str:
    return plain("\n".join(message.text for message in talk.seen()))


def ask_for_a_person(talk: OnTelegram) -> None:
    talk.write("أريد أن أتحدث مع شخص")
    yes = next(label for label in talk.buttons() if "نعم" in label)
    talk.press(yes)


def test_from_telegram_to_the_desk_and_back_twice(desk: Server, telegram: FakeTelegram, sit) -> None:  # type: ignore[no-untyped-def]
    amal = sit("Amal")
    available(amal)
    talk = newcomer(telegram)
    talk.write("أحتاج إلى شقة")
    for time_round in ("first", "second"):
        ask_for_a_person(talk)
        amal.goto(f"{desk.url}/desk")
        amal.get_by_role("button", name="Take over").first.click()
        expect(amal.get_by_label("Your answer")).to_be_visible()
        wait(lambda: "Amal" in seen(talk), "being told who is there")
        silent = len(talk.seen())
        talk.chat.say(f"شكرا {time_round}")
        expect(amal.locator(".message.newcomer").last).to_contain_text(f"شكرا {time_round}")
        answer = f"أهلا بك، كيف أساعدك؟ {time_round}"
        amal.get_by_label("Your answer").fill(answer)
        amal.get_by_label("Your answer").press("Control+Enter")
        wait(lambda answer=answer: answer in seen(talk), "the caseworker's answer on Telegram")
        assert len(talk.seen()) == silent + 1, "the assistant said nothing in between"
        amal.keyboard.press("Escape")
        amal.keyboard.press("c")
        amal.get_by_label("Solved").check()
        amal.get_by_role("button", name="Close", exact=True).click()
        wait(lambda: any("5" in label for label in talk.buttons()), "the question how it was")
    before = len(talk.seen())
    talk.write("أحتاج إلى طبيب")
    assert len(talk.seen()) > before, "the assistant is back"


def test_the_desk_is_closed_to_strangers(desk: Server, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{desk.url}/desk/conversations/1")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    context.close()
