"""The web chat served for real, and Chromium in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.commands.migrate import RECORDS_MIGRATIONS
from knowledge.migrations import upgrade
from knowledge.seed import load
from knowledge.store import Store
from tests.channels.web.chat_server import ChatServer
from tests.knowledge.conftest import TERRITORIES, WEEK, write_record, write_territory

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
RECORDS: dict[str, dict[str, Any]] = {
    "turin-isi": {
        "name": {"it": "Ambulatorio ISI", "en": "ISI clinic, for everyone; free"},
        "organization": "ASL Città di Torino",
        "topics": ["healthcare"],
        "phones": [{"number": "011 70951111"}],
        "emails": ["isi@example.org"],
        "website": "https://example.org/isi",
        "description": {"en": "Doctors for people who cannot get a health card.\nNo papers needed."},
        "places": [
            {
                "address": "Via Monginevro 130",
                "postal_code": "10141",
                "city": "Torino",
                "latitude": 45.0627,
                "longitude": 7.6303,
                "hours": WEEK,
            }
        ],
    },
    "turin-line": {
        "name": {"en": "Telephone line"},
        "topics": ["healthcare"],
        "phones": [{"number": "011 70951112"}],
    },
}
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database with Turin and one doctor in it."""
    folder = tmp_path_factory.mktemp("records")
    for territory in ("it", "piemonte", "turin"):
        write_territory(folder, territory, {**TERRITORIES[territory], "desk": None, "first_steps": []})
    for name, record in RECORDS.items():
        write_record(folder, "turin", name, record)
    made = Store(f"sqlite:///{folder / 'records.db'}")
    upgrade(made, [RECORDS_MIGRATIONS])
    load(made, folder)
    yield made
    made.close()


@pytest.fixture
def server(store: Store) -> Iterator[ChatServer]:
    with ChatServer(store=store) as running:
        yield running


@pytest.fixture
def client(server: ChatServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=10) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=PHONE, locale="en-GB")
    made.set_default_timeout(8000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, server: ChatServer) -> Iterator[Page]:
    """A page that fails its test when a script breaks, a policy is violated or another host is asked."""
    made = context.new_page()
    troubles: list[str] = []
    made.on("pageerror", lambda error: troubles.append(str(error)))
    made.on("console", lambda said: troubles.append(said.text) if is_trouble(said) else None)
    made.on("request", lambda sent: troubles.append(sent.url) if is_foreign(sent.url) else None)
    yield made
    assert troubles == []


def is_trouble(said: Any) -> bool:
    """Tell whether a console line is more than a request that a test made fail on purpose."""
    return said.type == "error" and "Failed to load resource" not in said.text and "ERR_INTERNET" not in said.text


def is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "http://localhost", "data:", "blob:", "about:"))
