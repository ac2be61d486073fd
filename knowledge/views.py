"""Services as plain data: what a card, a page or an export of a service is made from."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from knowledge.freshness import Freshness
from knowledge.hours import Opening
from knowledge.texts import Prose


@dataclass(frozen=True, slots=True)
class CostView:
    """`code`: of the vocabulary `costs`, or words from an import. `currency`: ISO 4217."""

    code: str
    amount: float | None
    currency: str | None
    note: Prose | None


@dataclass(frozen=True, slots=True)
class PhoneView:
    """`number` is dialled as it stands (E.164, or a short number); `shown` is how people there write it."""

    number: str
    shown: str
    short: bool
    free: bool
    note: Prose | None


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place, with its own opening hours or, if it has none, the service's. `address`: street and number."""

    id: str
    name: Prose | None
    address: str | None
    postal_code: str | None
    city: str | None
    country: str | None
    note: Prose | None
    latitude: float | None
    longitude: float | None
    approximate: bool
    opening: Opening


@dataclass(frozen=True, slots=True)
class SourceView:
    """A public page; `date` as precisely as known."""

    url: str
    supports: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class DoubtView:
    """What an editor must check; open ones only."""

    field: str
    note: str


@dataclass(frozen=True, slots=True)
class ClosureView:
    """Dates, both included, on which it is closed or, with times, has other hours."""

    date: datetime.date
    until: datetime.date
    opens: str | None
    closes: str | None


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A whole service for a reader of one language.

    Texts are in that language, else in English, else in an official one: each says which. Lists hold codes of the
    vocabularies, most important first. `opening`: of the service, or of its place that is open soonest.
    `closures`: those that are not over yet. `papers`, `interpreters`, `confidence`: as in docs/records.md.
    """

    id: str
    territory: str
    name: Prose
    official_name: Prose
    organization: str | None
    topics: tuple[str, ...]
    offers: tuple[str, ...]
    audiences: tuple[str, ...]
    ways: tuple[str, ...]
    papers: str | None
    minimum_age: int | None
    maximum_age: int | None
    costs: tuple[CostView, ...]
    documents: tuple[str, ...]
    booking_url: str | None
    languages: tuple[str, ...]
    interpreters: str | None
    accessibility: tuple[str, ...]
    phones: tuple[PhoneView, ...]
    emails: tuple[str, ...]
    website: str | None
    places: tuple[PlaceView, ...]
    opening: Opening
    open_on_holidays: bool
    closures: tuple[ClosureView, ...]
    hours_note: Prose | None
    description: Prose | None
    conditions: Prose | None
    how_to_apply: Prose | None
    alert: Prose | None
    shared: bool
    status: str
    assured_date: datetime.date | None
    freshness: Freshness
    confidence: str
    sources: tuple[SourceView, ...]
    doubts: tuple[DoubtView, ...]
    timezone: str
    currency: str
    edited_by_city: bool
