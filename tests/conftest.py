"""What every test shares. In CI a skipped test is a failure: there nothing may be missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache

import pytest

from bot import parts


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Let all wired apps share catalogs and safety rules, which nobody changes: each reading takes a second."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (parts.SafetyRules, parts.Wording):
            patch.setattr(parts, kind.__name__, lru_cache(kind))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run whole journeys last: a broken unit is found in seconds."""
    items.sort(key=lambda item: "journeys" in item.nodeid or "chromium" in item.nodeid)


@pytest.hookimpl(hookwrapper=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> object:
    """Turn a skip into a failure where CI=true."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") == "true" and skipped and exitstatus == 0:
        print(f"\n{len(skipped)} skipped in CI, where everything must be there:")
        for report in skipped:
            print(f"  {report.nodeid}: {report.longrepr}")
        session.exitstatus = 1
    yield
