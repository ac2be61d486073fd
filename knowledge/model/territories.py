"""Territories: cities, regions and countries with services, numbers and first steps of their own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.model.base import Base, Identified, Owned


class Territory(Identified, Base):
    """A tenant. `name` is the official one; names in other languages are translations.

    `holidays`: further days off as "MM-DD". `subdivision`: as the `holidays` package calls it.
    `desk_id`: the service given when a person is asked for. `confirmed_days`: how long a confirmation counts.
    """

    __tablename__ = "territory"

    parent_id: Mapped[str | None] = mapped_column(ForeignKey("territory.id"), default=None)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(10))
    country: Mapped[str] = mapped_column(String(2))
    subdivision: Mapped[str | None] = mapped_column(default=None)
    holidays: Mapped[list[str]] = mapped_column(default=list)
    timezone: Mapped[str]
    official_languages: Mapped[list[str]] = mapped_column(default=list)
    currency: Mapped[str] = mapped_column(String(3))
    chat: Mapped[bool] = mapped_column(default=True)
    desk_id: Mapped[str | None] = mapped_column(default=None)
    confirmed_days: Mapped[int] = mapped_column(default=180)
    seed_digest: Mapped[str | None] = mapped_column(default=None)
    edited_by_city: Mapped[bool] = mapped_column(default=False)


class TerritoryNumber(Owned, Base):
    """An emergency number. `kinds`: codes of the vocabulary `safety`; `hours`: "always", rows as in seeds, or None."""

    __tablename__ = "territory_number"

    position: Mapped[int] = mapped_column(default=0)
    kinds: Mapped[list[str]]
    service: Mapped[str] = mapped_column(String(40))
    number: Mapped[str]
    free: Mapped[bool] = mapped_column(default=False)
    always: Mapped[bool] = mapped_column(default=False)
    hours: Mapped[list[Any]] = mapped_column(default=list)
    text: Mapped[str | None] = mapped_column(default=None)
    languages: Mapped[list[str]] = mapped_column(default=list)
    source: Mapped[str | None] = mapped_column(default=None)


class FirstStep(Owned, Base):
    """One of the things to do after arriving, with the services (ids) for it."""

    __tablename__ = "first_step"

    position: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(String(40))
    service_ids: Mapped[list[str]] = mapped_column(default=list)
