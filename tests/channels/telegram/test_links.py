"""Links on posters and in brochures: any part may be missing or wrong, nobody is turned away."""

from __future__ import annotations

import pytest

from bot.channels.telegram.links import Start, read

TERRITORIES = ("turin", "sofia")
LANGUAGES = ("ar", "en", "fa-AF", "uk")


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("", Start()),
        ("turin", Start("turin")),
        ("turin-desk2", Start("turin", "desk2")),
        ("turin-desk2-ar", Start("turin", "desk2", "ar")),
        ("turin-ar", Start("turin", None, "ar")),
        ("ar", Start(None, None, "ar")),
        ("desk2-ar", Start(None, "desk2", "ar")),
        ("desk2", Start(None, "desk2")),
        ("TURIN-desk2-AR", Start("turin", "desk2", "ar")),
        ("turin-fa-AF", Start("turin", None, "fa-AF")),
        ("turin-desk2-fa-af", Start("turin", "desk2", "fa-AF")),
        ("turin-desk2-xx", Start("turin", "xx")),
        ("atlantis-ar", Start(None, "atlantis", "ar")),
        ("turin--ar", Start("turin", None, "ar")),
        ("---", Start()),
        ("turin-" + "d" * 60, Start("turin")),
    ],
)
def test_links(payload: str, expected: Start) -> None:
    assert read(payload, TERRITORIES, LANGUAGES) == expected
