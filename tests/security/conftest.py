"""The doors of a desk in Turin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk.conftest import database, template
from tests.security.door_server import Browser, DoorServer

__all__ = ["database", "template"]


@pytest.fixture
def server(database: str) -> Iterator[DoorServer]:
    with DoorServer(database) as running:
        yield running


@pytest.fixture
def marta(server: DoorServer) -> int:
    return server.add("Marta")


@pytest.fixture
def browser(server: DoorServer, marta: int) -> Browser:
    """Marta's browser, signed in."""
    one = server.browser()
    assert one.sign_in("Marta").headers["location"] == "/desk"
    return one
