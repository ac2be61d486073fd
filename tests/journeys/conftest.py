"""One real server for all journeys: real Rasa, real database, real seed records; and a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from desk_people import DESKTOP, Sit, sign_in
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.servers import Server, ventanilla
from tests.fakes.telegram import FakeTelegram

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with ventanilla() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium: install Debian's package 'chromium'")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def telegram(request: pytest.FixtureRequest) -> Iterator[FakeTelegram]:
    """The strict fake of Telegram, with the bot whose ``TOKEN`` the module names."""
    with FakeTelegram() as fake:
        fake.bot(request.module.TOKEN, "ventanilla_bot")
        yield fake
        assert fake.violations == []


@pytest.fixture
def sit(browser: Browser) -> Iterator[Callable[[str], Sit]]:
    """Return what, given a server's address, signs caseworkers in, each in a browser of their own."""
    contexts = []

    def at(url: str) -> Sit:
        def sit(name: str, *, phone: bool = False) -> Page:
            context = browser.new_context(viewport=PHONE if phone else DESKTOP, locale="en-GB")  # type: ignore[arg-type]
            contexts.append(context)
            page = context.new_page()
            sign_in(page, url, name)
            return page

        return sit

    yield at
    for context in contexts:
        context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, has_touch=True, locale="en-GB")
    page = context.new_page()
    yield page
    context.close()
