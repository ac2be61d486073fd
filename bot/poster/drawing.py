"""Draws posters: where everything stands on an A4 page. All lengths are in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.poster.invitations import Invitation, Poster
from bot.poster.lettering import STEP, Lines, broken, fit, width
from bot.poster.qr import Code, code

WIDE, HIGH = 210.0, 297.0
EDGE = 12.0
INNER = WIDE - 2 * EDGE
HEAD, FOOT = 30.0, 15.0
MOST_ON_A_PAGE = 6
# Rows of this height and more have their codes below the text, lower ones beside it.
STACKED = 110.0
LARGEST_CODE, LARGEST_STACKED_CODE = 46.0, 80.0
# A code's own white edge keeps it apart from what is around it; its label reaches into it by this part of the side.
LABEL, INTO_EDGE = 6.0, 0.06
# Room between the lines around a row and what stands in it, and between text and codes.
PAD, GAP = 1.5, 4.0
LARGEST_TITLE, SMALLEST_TITLE = 26.0, 5.0
LARGEST_TEXT, SMALLEST_TEXT = 9.0, 2.8
MOST_OF_TITLE = 0.7

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one text: ``top`` of the first line; ``x`` is the side where the language's lines begin."""

    x: float
    top: float
    text: Lines
    bold: bool = False

    @property
    def baselines(self) -> list[tuple[float, str]]:
        """Each line with the height of its baseline."""
        step = self.text.height / max(1, len(self.text.lines))
        return [(self.top + self.text.size + index * step, line) for index, line in enumerate(self.text.lines)]


@dataclass(frozen=True, slots=True)
class Square:
    """A QR code: its upper left corner and side, white edge included, and the label centred below."""

    x: float
    y: float
    side: float
    code: Code
    url: str
    label: Lines

    @property
    def label_y(self) -> float:
        """Height of the label's baseline."""
        return self.y + self.side * (1 - INTO_EDGE) + self.label.size


@dataclass(frozen=True, slots=True)
class Row:
    """One language on the page."""

    invitation: Invitation
    y: float
    blocks: list[Block]
    squares: list[Square]


def draw(poster: Poster) -> list[str]:
    """Return the pages of a poster as SVG documents that need nothing else.

    A page holds up to six languages; with more there are several pages.
    """
    everyone = poster.invitations
    groups = [everyone[start : start + MOST_ON_A_PAGE] for start in range(0, len(everyone), MOST_ON_A_PAGE)]
    return [_page(poster, group) for group in groups]


def as_html(poster: Poster, pages: list[str]) -> str:
    """Return one HTML document that prints each page on a sheet of its own."""
    return _templates.get_template("poster.html").render(poster=poster, pages=pages)


def _page(poster: Poster, group: tuple[Invitation, ...]) -> str:
    high = (HIGH - HEAD - FOOT) / len(group)
    plan = _plan(high, len(group[0].doors))
    letters = _letters(group, plan)
    return _templates.get_template("page.svg").render(
        poster=poster,
        rows=[_row(invitation, HEAD + index * high, plan, letters) for index, invitation in enumerate(group)],
        wide=WIDE,
        high=HIGH,
        edge=EDGE,
        place=fit(poster.place, INNER, HEAD - 8, largest=17, smallest=6, bold=True),
        place_y=HEAD / 2 + 2,
        addresses=fit("     ".join(poster.addresses), INNER, 6, largest=4.6, smallest=2.2),
        foot=HIGH - FOOT,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a row is divided: the side of a code with its edge, the room of the text, and whether codes stand below it."""

    side: float
    text_wide: float
    text_high: float
    stacked: bool


def _plan(high: float, doors: int) -> _Plan:
    if high >= STACKED:
        side = min(LARGEST_STACKED_CODE, high * 0.5, INNER / doors)
        return _Plan(side, INNER, high - 2 * PAD - GAP - _with_label(side), stacked=True)
    side = min(LARGEST_CODE, (high - 2 * PAD - LABEL) / (1 - INTO_EDGE))
    return _Plan(side, INNER - doors * side - GAP, high - 2 * PAD, stacked=False)


def _with_label(side: float) -> float:
    return side * (1 - INTO_EDGE) + LABEL


@dataclass(frozen=True, slots=True)
class _Letters:
    """Font sizes that fit every language of a page, so that none looks more important than another."""

    name: float
    title: float
    text: float


def _letters(group: tuple[Invitation, ...], plan: _Plan) -> _Letters:
    name = min(7.0, plan.text_high * 0.11)
    wide = plan.text_wide
    one_line = min(wide / width(invitation.title, 1, bold=True) for invitation in group)
    title = max(SMALLEST_TITLE, min(LARGEST_TITLE, plan.text_high * 0.25, one_line))
    text = min(LARGEST_TEXT, title * MOST_OF_TITLE)
    while text > SMALLEST_TEXT and not all(_fits(one, plan, _Letters(name, title, text)) for one in group):
        text = round(text - STEP, 2)
    return _Letters(name, title, text)


def _fits(invitation: Invitation, plan: _Plan, letters: _Letters) -> bool:
    return sum(text.height for text, _ in _texts(invitation, plan, letters)) <= plan.text_high


def _texts(invitation: Invitation, plan: _Plan, letters: _Letters) -> list[tuple[Lines, bool]]:
    return [
        (broken(invitation.language.name, letters.name, plan.text_wide), False),
        (broken(invitation.title, letters.title, plan.text_wide, bold=True), True),
        (broken(invitation.offer, letters.text, plan.text_wide), False),
        (broken(invitation.honesty, letters.text, plan.text_wide), False),
    ]


def _row(invitation: Invitation, y: float, plan: _Plan, letters: _Letters) -> Row:
    blocks = _blocks(invitation, y + PAD, plan, letters)
    below = plan.text_high + GAP if plan.stacked else (plan.text_high - _with_label(plan.side)) / 2
    return Row(invitation, y, blocks, _squares(invitation, y + PAD + below, plan))


def _blocks(invitation: Invitation, top: float, plan: _Plan, letters: _Letters) -> list[Block]:
    begin = WIDE - EDGE if invitation.language.dir == "rtl" else EDGE
    texts = _texts(invitation, plan, letters)
    top += max(0.0, plan.text_high - sum(text.height for text, _ in texts)) / 2
    blocks: list[Block] = []
    for text, bold in texts:
        blocks.append(Block(begin, top, text, bold))
        top += text.height
    return blocks


def _squares(invitation: Invitation, y: float, plan: _Plan) -> list[Square]:
    rtl = invitation.language.dir == "rtl"
    all_wide = len(invitation.doors) * plan.side
    first = (WIDE - all_wide) / 2 if plan.stacked else EDGE if rtl else WIDE - EDGE - all_wide
    doors = reversed(invitation.doors) if rtl else invitation.doors
    return [
        Square(
            x=first + index * plan.side,
            y=y,
            side=plan.side,
            code=code(door.url),
            url=door.url,
            label=fit(door.label, plan.side, LABEL, largest=5, smallest=2.6, bold=True),
        )
        for index, door in enumerate(doors)
    ]
