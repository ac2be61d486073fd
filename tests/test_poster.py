"""Posters: every code opens the right chat, nothing overflows or overlaps, every language runs its own way."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, sync_playwright
from pydantic import SecretStr

from bot.channels.telegram.settings import BotToken
from bot.commands.poster import main
from bot.conversation.languages import direction
from bot.conversation.wording import Wording
from bot.poster.addresses import Addresses, bot_name
from bot.poster.drawing import EDGE, WIDE, draw
from bot.poster.invitations import Poster, compose
from bot.poster.lettering import broken, fit, width
from bot.poster.printing import to_pdf
from bot.poster.qr import QUIET
from bot.progress import Trouble
from bot.settings import settings
from knowledge.territories import TerritoryView
from tests.fakes.telegram import FakeTelegram

SVG = "{http://www.w3.org/2000/svg}"
PUBLIC_URL = "https://chat.city.example"
TOKEN = "7000001:FakeTokenOfTheFirstBot_abcdefghijk"
TURIN = TerritoryView(
    id="turin",
    names={"it": "Torino", "en": "Turin"},
    kind="city",
    country="IT",
    subdivision="TO",
    holidays=(),
    timezone="Europe/Rome",
    official_languages=("it",),
    currency="EUR",
    chat=True,
    desk_id=None,
    confirmed_days=180,
    chain=("turin",),
)


@pytest.fixture(scope="module")
def wording() -> Wording:
    return Wording()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def environment(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """The variables of an installation; the working folder is empty."""
    monkeypatch.setenv("VENTANILLA_HOME", str(home))
    monkeypatch.setenv("VENTANILLA_PUBLIC_URL", f"{PUBLIC_URL}/")
    monkeypatch.delenv("VENTANILLA_TELEGRAM_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def poster(wording: Wording, languages: list[str], bot: str = "", desk: str = "") -> Poster:
    return compose(TURIN, desk, languages, Addresses(PUBLIC_URL, "turin", desk, bot), wording)


def codes_in(page: str) -> dict[str, list[str]]:
    """Return the links of a page with the modules that are drawn for each, row by row."""
    return {link.attrib["href"]: modules(link) for link in ElementTree.fromstring(page).iter(f"{SVG}a")}


def modules(link: ElementTree.Element) -> list[str]:
    (path,) = link.findall(f"{SVG}path")
    runs = [tuple(map(int, run)) for run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path.attrib["d"])]
    size = max(row for _, row, _ in runs) + QUIET + 1
    rows = [[" "] * size for _ in range(size)]
    for start, row, length in runs:
        rows[row][start : start + length] = "#" * length
    return ["".join(row) for row in rows]


def expected_code(url: str) -> list[str]:
    made = segno.make(url, error="m", micro=False)
    return ["".join("#" if dark else " " for dark in row) for row in made.matrix_iter(border=QUIET)]


def test_codes_open_chat_and_bot_in_each_language(wording: Wording) -> None:
    (page,) = draw(poster(wording, ["ar", "uk"], bot="ventanilla_bot", desk="desk2"))
    found = codes_in(page)
    assert set(found) == {
        "https://chat.city.example/chat/turin?language=ar&desk=desk2",
        "https://chat.city.example/chat/turin?language=uk&desk=desk2",
        "https://t.me/ventanilla_bot?start=turin-desk2-ar",
        "https://t.me/ventanilla_bot?start=turin-desk2-uk",
    }
    for url, drawn in found.items():
        assert drawn == expected_code(url)


def test_says_what_it_is_in_each_language_and_needs_nothing_else(wording: Wording) -> None:
    (page,) = draw(poster(wording, wording.languages))
    said = " ".join("".join(text.itertext()) for text in ElementTree.fromstring(page).iter(f"{SVG}text"))
    assert "Torino" in said
    assert "chat.city.example/chat/turin" in said
    for language in wording.languages:
        for part in ("title", "offer", "honesty"):
            assert wording.text(f"poster.{part}", language) in said
    assert not re.search(r"<(script|image|foreignObject|use)\b|@import|url\(|src=", page)


def test_more_languages_than_fit_take_more_pages(wording: Wording) -> None:
    one = poster(wording, wording.languages)
    pages = draw(replace(one, invitations=one.invitations * 3))
    assert len(pages) == -(-3 * len(one.invitations) // 6)
    assert all("Torino" in page for page in pages)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield started
        started.close()


# (label, languages (0: all), bot, font family put first)
LOOKS = [
    ("all on web and Telegram", 0, "ventanilla_bot", "Noto Sans"),
    ("all in a wide font", 0, "ventanilla_bot", "DejaVu Sans"),
    ("all on the web only", 0, "", "DejaVu Sans"),
    ("three", 3, "ventanilla_bot", "DejaVu Sans"),
    ("two", 2, "", "DejaVu Sans"),
    ("one", 1, "ventanilla_bot", "DejaVu Sans"),
]
BOXES = """() => [...document.querySelectorAll('svg > g[lang], svg > text')].flatMap((group) =>
  [...(group.matches('text') ? [group] : group.querySelectorAll('text, a > path'))].map((part) => {
    const box = part.getBoundingClientRect(), page = document.querySelector('svg').getBoundingClientRect();
    const mm = 210 / page.width;
    return {tag: part.tagName, lang: group.lang || '', text: part.textContent, labels: !!part.closest('a'),
      left: (box.left - page.left) * mm, right: (box.right - page.left) * mm,
      top: (box.top - page.top) * mm, bottom: (box.bottom - page.top) * mm};
  }))"""


@pytest.mark.parametrize(("label", "count", "bot", "font"), LOOKS, ids=[row[0] for row in LOOKS])
def test_nothing_overflows_overlaps_or_runs_the_wrong_way(
    browser: Browser, wording: Wording, label: str, count: int, bot: str, font: str
) -> None:
    first = ["ar", *(code for code in wording.languages if code != "ar")]
    (page,) = draw(poster(wording, first[: count or 6], bot, desk="desk2"))
    tab = browser.new_page(viewport={"width": 794, "height": 1123})
    tab.set_content("<body style='margin:0'>" + page.replace("'Noto Sans'", f"'{font}'", 1))
    boxes = tab.evaluate(BOXES)
    tab.close()
    assert len([box for box in boxes if box["tag"] == "path"]) == (count or 6) * (2 if bot else 1)
    for box in boxes:
        assert box["left"] >= EDGE - 0.5 and box["right"] <= WIDE - EDGE + 0.5, box
        assert box["top"] >= 0 and box["bottom"] <= 297, box
    for language in first[: count or 6]:
        texts = [box for box in boxes if box["lang"] == language and box["tag"] == "text" and not box["labels"]]
        codes = [box for box in boxes if box["lang"] == language and box["tag"] == "path"]
        begins = [WIDE - EDGE - box["right"] if direction(language) == "rtl" else box["left"] - EDGE for box in texts]
        assert all(abs(begin) < 1.5 for begin in begins), (language, begins)
        for text in texts:
            for code in codes:
                beside = text["right"] < code["left"] or text["left"] > code["right"]
                assert beside or text["bottom"] < code["top"], (text, code)
        for upper, lower in pairwise(texts):
            assert upper["top"] < lower["top"]


def test_letters_are_as_large_as_fits() -> None:
    small, large = (fit("Doctor, home, work", wide, 30, largest=12, smallest=3) for wide in (30, 200))
    assert small.size < large.size == 12
    assert all(width(line, small.size) <= 30 for line in small.lines)


# (label, text, lines in letters of 5 mm on 20 mm)
BROKEN = [
    ("at blanks", "aaa bbb ccc", ("aaa", "bbb", "ccc")),
    ("a long word stays whole", "aaaaaaaaaaaa b", ("aaaaaaaaaaaa", "b")),
    ("Chinese between signs", "请用您的语言提问。", ("请用您", "的语言", "提问。")),
    ("nothing", "", ()),
]


@pytest.mark.parametrize(("label", "text", "lines"), BROKEN, ids=[row[0] for row in BROKEN])
def test_lines_break_where_people_break_them(label: str, text: str, lines: tuple[str, ...]) -> None:
    assert broken(text, 5, 20 if " " in text else 16, bold=False).lines == lines


def test_verb_writes_all_languages_with_official_ones_first(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    assert main(["madrid"]) == 0
    page = Path("poster-madrid.svg").read_text(encoding="utf-8")
    languages = [url.rpartition("=")[2] for url in codes_in(page)]
    assert languages == ["es", *(code for code in wording.languages if code != "es")]
    assert "web only" in capsys.readouterr().out


def test_verb_writes_chosen_languages_as_html(environment: pytest.MonkeyPatch) -> None:
    assert main(["turin", "--languages", "uk, ar", "--output", "wall.html"]) == 0
    document = Path("wall.html").read_text(encoding="utf-8")
    assert re.findall(r'href="([^"]+)"', document) == [
        "https://chat.city.example/chat/turin?language=uk",
        "https://chat.city.example/chat/turin?language=ar",
    ]


def test_verb_prints_a_pdf_of_one_page(environment: pytest.MonkeyPatch) -> None:
    assert main(["turin", "--languages", "ar", "--output", "wall.pdf"]) == 0
    printed = Path("wall.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_verb_asks_telegram_for_the_bots_name(environment: pytest.MonkeyPatch) -> None:
    with FakeTelegram() as telegram:
        telegram.bot(TOKEN, "city_help_bot")
        environment.setenv("VENTANILLA_TELEGRAM_TOKEN", TOKEN)
        environment.setenv("VENTANILLA_TELEGRAM_API_URL", telegram.url)
        settings.cache_clear()
        assert main(["turin", "--desk", "desk2", "--languages", "ar"]) == 0
        assert telegram.violations == []
    found = codes_in(Path("poster-turin.svg").read_text(encoding="utf-8"))
    assert "https://t.me/city_help_bot?start=turin-desk2-ar" in found


# (label, arguments, variables, what the line says)
BAD: list[tuple[str, list[str], dict[str, str], str]] = [
    ("unknown territory", ["atlantis"], {}, "there is no territory 'atlantis': choose antwerp, athens"),
    ("unknown language", ["turin", "--languages", "ar,xx"], {}, "--languages xx: the chat speaks ar, de"),
    ("no public address", ["turin"], {"PUBLIC_URL": ""}, "VENTANILLA_PUBLIC_URL is not set"),
    ("public address of another kind", ["turin"], {"PUBLIC_URL": "chat.example"}, "VENTANILLA_PUBLIC_URL is 'chat.example'"),
    ("strange ending", ["turin", "--output", "wall.doc"], {}, "--output wall.doc: the name must end in .svg, .html, .pdf"),
    ("missing folder", ["turin", "--output", "no/wall.svg"], {}, "there is no folder no"),
    ("folder in its place", ["turin", "--output", "taken.svg"], {}, "taken.svg cannot be written (Is a directory)"),
    ("counter with a dash", ["turin", "--desk", "desk-2"], {}, "--desk desk-2: use up to 32 Latin letters"),
    ("counter named like a language", ["turin", "--desk", "ar"], {}, "--desk ar: this is the name of a language"),
    ("token that is none", ["turin"], {"TELEGRAM_TOKEN": "nonsense"}, "use a token as @BotFather gives it"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "arguments", "variables", "line"), BAD, ids=[row[0] for row in BAD])
def test_bad_input_gets_one_clear_line(
    environment: pytest.MonkeyPatch, label: str, arguments: list[str], variables: dict[str, str], line: str
) -> None:
    Path("taken.svg").mkdir()
    for name, value in variables.items():
        environment.setenv(f"VENTANILLA_{name}", value)
    settings.cache_clear()
    with pytest.raises(Trouble) as trouble:
        main(arguments)
    assert line in str(trouble.value)
    assert "\n" not in str(trouble.value)


def test_without_chromium_a_pdf_is_declined(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Trouble, match="install the package 'chromium', or choose --output poster.svg"):
        to_pdf("<p>x", tmp_path / "wall.pdf")


def test_telegram_troubles_show_no_token() -> None:
    strange = BotToken(SecretStr("7000002:anotherTokenThatNobodyKnows_xyz"))
    with FakeTelegram() as telegram:
        telegram.bot(TOKEN)
        with pytest.raises(Trouble) as unknown:
            bot_name(strange, telegram.url)
        gone = telegram.url
    with pytest.raises(Trouble) as silent:
        bot_name(strange, gone)
    assert "does not know the bot" in str(unknown.value)
    assert "does not answer" in str(silent.value)
    for trouble in (unknown, silent):
        assert "--no-telegram" in str(trouble.value)
        assert "anotherToken" not in str(trouble.value)


def test_each_territory_may_have_its_own_bot(environment: pytest.MonkeyPatch) -> None:
    with FakeTelegram() as telegram:
        telegram.bot(TOKEN, "turin_bot")
        telegram.bot("7000003:FakeTokenOfTheThirdBot_abcdefghijk", "athens_bot")
        environment.setenv(
            "VENTANILLA_TELEGRAM_TOKEN", f"turin={TOKEN},athens=7000003:FakeTokenOfTheThirdBot_abcdefghijk"
        )
        environment.setenv("VENTANILLA_TELEGRAM_API_URL", telegram.url)
        settings.cache_clear()
        for territory in ("athens", "madrid"):
            assert main([territory, "--languages", "en"]) == 0
    athens, madrid = (codes_in(Path(f"poster-{name}.svg").read_text("utf-8")) for name in ("athens", "madrid"))
    assert "https://t.me/athens_bot?start=athens-en" in athens
    assert len(madrid) == 1
