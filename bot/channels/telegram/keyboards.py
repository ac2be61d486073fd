"""The buttons under a message: what each card offers, then the choices of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.conversation.contract import Words

LONGEST_DATA = 64
MOST_BUTTONS = 100
# Two buttons of so many letters stand side by side on a narrow phone without being cut.
SHORT_LABEL = 17
CONTACT = "contact"
WIDE_LINKS = ("book",)
NARROW_LINKS = ("map", "web")

Shape = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Button:
    """A button: pressing it sends ``data`` (at most 64 bytes) or opens ``url``."""

    label: str
    data: str = ""
    url: str = ""


Row = tuple[Button, ...]


def rows(cards: Sequence[Shape], choices: Iterable[Shape], words: Words, language: str) -> tuple[Row, ...]:
    """Return the rows of buttons of one message.

    Args:
        cards, choices: as a message holds them; cards in the order in which they are shown.
    """
    services = [card for card in cards if card.get("kind") != "emergency"]
    made: list[Row] = []
    for number, card in enumerate(services, 1):
        made += _card_rows(card, f"{number} · " if len(services) > 1 else "", words, language)
    made += _paired(Button(str(choice["label"]), str(choice["value"])) for choice in choices)
    if len(cards) == 1 and is_full(cards[0]):
        made += _full_rows(cards[0], words, language, {choice["value"] for choice in choices})
    return tuple(_most(made))


def is_full(card: Shape) -> bool:
    """Tell whether a card shows everything known of a service: one that offers no further details."""
    return card.get("kind") == "service" and not card.get("choices")


def only_call(card: Shape) -> str | None:
    """Return the number of a card's only phone as it is dialled; None when it has none or several."""
    numbers = [str(link["href"]).removeprefix("tel:") for link in card.get("links") or () if link.get("kind") == "call"]
    return numbers[0] if len(numbers) == 1 else None


def is_web_address(address: str) -> bool:
    """Tell whether Telegram takes an address behind a button: http or https, a real host, no blanks."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in ("http", "https") and "." in host.strip(".") and not any(ord(sign) < 33 for sign in address)


def _card_rows(card: Shape, mark: str, words: Words, language: str) -> Iterator[Row]:
    buttons = []
    for choice in card.get("choices") or ():
        is_details = str(choice["value"]).startswith("details:")
        label = words.text("telegram.details", language) if is_details else str(choice["label"])
        buttons.append(Button(mark + label, str(choice["value"])))
    buttons += _links(card, mark, NARROW_LINKS)
    if buttons:
        yield tuple(buttons)
    for button in _links(card, mark, WIDE_LINKS):
        yield (button,)


def _links(card: Shape, mark: str, kinds: Sequence[str]) -> list[Button]:
    links = [link for kind in kinds for link in card.get("links") or () if link.get("kind") == kind]
    return [
        Button(mark + str(link["label"]), url=str(link["href"]))
        for link in links
        if is_web_address(str(link.get("href")))
    ]


def _full_rows(card: Shape, words: Words, language: str, offered: set[str]) -> Iterator[Row]:
    if only_call(card):
        yield (Button(words.text("telegram.save_contact", language), f"{CONTACT}:{card['id']}"),)
    right, not_right = f"right:{card['id']}", f"not_right:{card['id']}"
    if right not in offered:
        yield (
            Button(words.text("choice.right", language), right),
            Button(words.text("choice.not_right", language), not_right),
        )


def _paired(buttons: Iterable[Button]) -> Iterator[Row]:
    waiting: Button | None = None
    for button in buttons:
        if len(button.label) > SHORT_LABEL:
            if waiting:
                yield (waiting,)
                waiting = None
            yield (button,)
        elif waiting:
            yield (waiting, button)
            waiting = None
        else:
            waiting = button
    if waiting:
        yield (waiting,)


def _most(made: Iterable[Row]) -> Iterator[Row]:
    left = MOST_BUTTONS
    for row in made:
        # Telegram refuses the whole message for one button that it does not take.
        kept = tuple(
            one for one in row if one.label.strip() and (one.url or 0 < len(one.data.encode()) <= LONGEST_DATA)
        )
        left -= len(kept)
        if kept and left >= 0:
            yield kept
