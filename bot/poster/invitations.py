"""What a poster says: an invitation in each language, with the doors it opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation.languages import Language, describe
from bot.conversation.wording import Wording
from bot.poster.addresses import Addresses
from knowledge.territories import TerritoryView


@dataclass(frozen=True, slots=True)
class Door:
    """One way in: its QR code opens ``url``; ``label`` stands below the code."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is said in one language."""

    language: Language
    title: str
    offer: str
    honesty: str
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class Poster:
    """A whole poster. ``place`` is the territory's own name, ``addresses`` are for people who type."""

    place: str
    place_language: str
    desk: str
    invitations: tuple[Invitation, ...]
    addresses: tuple[str, ...]


def compose(
    territory: TerritoryView, desk: str, languages: Sequence[str], addresses: Addresses, wording: Wording
) -> Poster:
    """Return the poster of a territory.

    Args:
        desk: the counter that it hangs at; "" for none.
        languages: BCP 47 codes, in the order of the page.
        addresses: where the codes lead.
    """
    official = territory.official_languages[0]
    return Poster(
        place=territory.name(official),
        place_language=official,
        desk=desk,
        invitations=tuple(_invitation(code, addresses, wording) for code in languages),
        addresses=addresses.plain,
    )


def _invitation(code: str, addresses: Addresses, wording: Wording) -> Invitation:
    doors = [Door(wording.text("poster.web", code), addresses.web(code))]
    telegram = addresses.telegram(code)
    if telegram:
        doors.append(Door(wording.text("poster.telegram", code), telegram))
    return Invitation(
        language=describe(code),
        title=wording.text("poster.title", code),
        offer=wording.text("poster.offer", code),
        honesty=wording.text("poster.honesty", code),
        doors=tuple(doors),
    )
