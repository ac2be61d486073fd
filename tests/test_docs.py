"""Documentation is tested: every setting, verb and folder is in it, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.__main__ import VERBS
from bot.environments import ROOT
from bot.settings import PREFIX, SECRETS, Settings

OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "nlu" / "README.md"]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented_with_its_description(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in OPERATING
    assert str(Settings.model_fields[name].description) in OPERATING


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_can_be_read_from_a_file(name: str) -> None:
    assert name in Settings.model_fields


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_documented(verb: str) -> None:
    assert f"`{verb}`" in OPERATING


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith(("http", "mailto:")):
            assert (page.parent / target).exists(), target


def test_the_readme_begins_with_the_two_commands() -> None:
    top = README.split("\n## ", maxsplit=1)[0]
    assert "python3 -m bot run" in top and "python3 -m bot test" in top


def test_the_readme_names_every_folder() -> None:
    for folder in ("bot/conversation", "bot/channels/web", "bot/records", "bot/locale", "actions", "knowledge", "nlu"):
        assert f"`{folder}`" in README
