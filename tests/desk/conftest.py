"""A desk of Turin and one of Dortmund, and Chromium in front of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.commands.migrate import RECORDS_MIGRATIONS
from knowledge.migrations import upgrade
from knowledge.seed import load
from knowledge.store import Store
from tests.channels.web.conftest import ARGUMENTS, CHROMIUM, RECORDS, is_foreign, is_trouble
from tests.desk.desk_server import CSRF, DeskServer
from tests.desk.newcomer import Newcomer
from tests.knowledge.conftest import TERRITORIES, write_record, write_territory

PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 860}
INTERPRETERS = {
    "name": {"en": "Telephone interpreters"},
    "topics": ["interpreting"],
    "phones": [{"number": "011 4429400"}],
    "languages": ["ar", "uk"],
}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with Turin, Dortmund, a doctor and interpreters in it."""
    folder = tmp_path_factory.mktemp("desk")
    for territory in ("it", "piemonte", "turin"):
        write_territory(folder, territory, {**TERRITORIES[territory], "desk": None, "first_steps": []})
    dortmund = {
        "name": {"de": "Dortmund"},
        "kind": "city",
        "country": "DE",
        "timezone": "Europe/Berlin",
        "official_languages": ["de"],
    }
    write_territory(folder, "dortmund", dortmund)
    for name, record in {**RECORDS, "turin-interpreters": INTERPRETERS}.items():
        write_record(folder, "turin", name, record)
    file = folder / "desk.db"
    store = Store(f"sqlite:///{file}")
    upgrade(store, [RECORDS_MIGRATIONS])
    load(store, folder)
    store.close()
    return file


@pytest.fixture
def database(template: Path, tmp_path: Path) -> str:
    file = tmp_path / "desk.db"
    shutil.copy(template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def server(database: str) -> Iterator[DeskServer]:
    with DeskServer(database) as running:
        yield running


@pytest.fixture
def marta(server: DeskServer) -> int:
    return server.add_staff("Marta", presence="available", topics=["healthcare"])


@pytest.fixture
def at(server: DeskServer) -> Iterator[Callable[[int], httpx.Client]]:
    """Return an HTTP client for whoever is signed in."""
    made: list[httpx.Client] = []

    def client(staff: int) -> httpx.Client:
        headers = {"X-CSRF-Token": CSRF}
        made.append(httpx.Client(base_url=server.url, cookies={"who": str(staff)}, headers=headers, timeout=10))
        return made[-1]

    yield client
    for one in made:
        one.close()


@pytest.fixture
def newcomer(server: DeskServer) -> Callable[..., Newcomer]:
    return lambda language="en", territory="turin": Newcomer(server.url, language, territory)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def sit(browser: Browser, server: DeskServer) -> Iterator[Callable[..., Page]]:
    """Return a page of somebody's browser; it fails its test when a script breaks or a policy is violated."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(staff: int, *, phone: bool = False, scripts: bool = True) -> Page:
        size = PHONE if phone else WIDE
        context = browser.new_context(viewport=size, locale="en-GB", java_script_enabled=scripts)  # type: ignore[arg-type]
        context.set_default_timeout(8000)
        context.add_cookies([{"name": "who", "value": str(staff), "url": server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if is_worse(said) else None)
        page.on("request", lambda sent: troubles.append(sent.url) if is_foreign(sent.url) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def is_worse(said: Any) -> bool:
    """Tell whether a console line is more than htmx's words about a request that was cut short.

    A test or a page's end does that, and a newer look at a preview (``hx-sync``).
    """
    words = ("htmx:sendError", "htmx:sendAbort", "htmx:afterRequest", "htmx:responseError")
    return is_trouble(said) and not said.text.startswith(words)
