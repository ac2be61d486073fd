"""The shape of a service's seed file, as docs/records.md promises it."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge.seed.fields import (
    ClosingTime,
    Email,
    Identifier,
    Language,
    OpeningTime,
    PartialDate,
    Texts,
    WebAddress,
    Word,
    code_of,
    distinct,
    one_of,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Hours(Strict):
    """One row of opening hours in local time."""

    days: Annotated[list[Annotated[str, one_of(*WEEKDAYS)]], distinct] = Field(default=[])
    opens: OpeningTime | None = Field(default=None, alias="from")
    closes: ClosingTime | None = Field(default=None, alias="to")
    next_day: bool = False
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    week_of_month: Annotated[list[Annotated[int, Field(ge=-1, le=5)]], distinct] = Field(default=[])
    by_appointment: bool = False
    phone: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Hours:
        if (self.opens is None) != (self.closes is None):
            raise ValueError("both from and to, or neither")
        if self.opens is None and not (self.by_appointment or self.phone):
            raise ValueError("from and to (only rows with by_appointment or phone go without)")
        if self.opens is not None and not self.days:
            raise ValueError("days: at least one of mon … sun")
        if self.opens is not None and self.closes is not None:
            if self.opens >= self.closes and not self.next_day:
                raise ValueError("hours that end after they begin (over midnight: add next_day: true)")
            if self.next_day and self.closes > self.opens:
                raise ValueError("no next_day: these hours end on the day on which they begin")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("valid_to on or after valid_from")
        if 0 in self.week_of_month:
            raise ValueError("week_of_month counts 1 to 5, or -1 for the last")
        return self


class Place(Strict):
    """Where a service is."""

    name: Texts | None = None
    address: Word | None = None
    postal_code: Word | None = None
    city: Word | None = None
    note: Texts | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    approximate: bool = False
    hours: list[Hours] = []

    @model_validator(mode="after")
    def _makes_sense(self) -> Place:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("both latitude and longitude, or neither")
        if not (self.name or self.address or self.city or self.note or self.latitude is not None):
            raise ValueError("at least a name, an address, a city or a note")
        return self


class Phone(Strict):
    """One telephone number."""

    number: Word
    short: bool = False
    free: bool = False
    note: Texts | None = None


class Cost(Strict):
    """What it costs."""

    code: Annotated[str, code_of("costs")]
    amount: Annotated[float, Field(ge=0)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    note: Texts | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Cost:
        if self.code in ("amount", "from_amount", "up_to_amount") and self.amount is None:
            raise ValueError("an amount (without one, the code is: paid)")
        return self


class Ages(Strict):
    """Whom a service takes, in years of age."""

    youngest: Annotated[int, Field(ge=0, le=120)] | None = Field(default=None, alias="from")
    oldest: Annotated[int, Field(ge=0, le=120)] | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _makes_sense(self) -> Ages:
        if self.youngest is None and self.oldest is None:
            raise ValueError("from, to or both")
        if self.youngest is not None and self.oldest is not None and self.youngest > self.oldest:
            raise ValueError("to at least as high as from")
        return self


class Closure(Strict):
    """Dates (from `date` to `until`, both included) on which a service is closed or has other hours."""

    date: datetime.date
    until: datetime.date | None = None
    opens: OpeningTime | None = Field(default=None, alias="from")
    closes: ClosingTime | None = Field(default=None, alias="to")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"date": value} if isinstance(value, (str, datetime.date)) else value

    @model_validator(mode="after")
    def _makes_sense(self) -> Closure:
        if (self.opens is None) != (self.closes is None):
            raise ValueError("both from and to, or neither")
        if self.opens is not None and self.closes is not None and self.opens >= self.closes:
            raise ValueError("hours that end after they begin")
        if self.until and self.until < self.date:
            raise ValueError("until on or after date")
        return self


class DoubtEntry(Strict):
    """What an editor must check first."""

    field: Word
    note: Word


class SourceEntry(Strict):
    """A public page that a record rests on."""

    url: WebAddress
    supports: Word | None = None
    date: PartialDate | None = None


class ServiceRecord(Strict):
    """A whole service file."""

    id: Identifier
    name: Texts
    organization: Word
    topics: Annotated[list[Annotated[str, code_of("topics")]], distinct, Field(min_length=1)]
    offers: Annotated[list[Annotated[str, code_of("offers")]], distinct] = []
    audiences: Annotated[list[Annotated[str, code_of("audiences")]], distinct] = Field(default=[], alias="for")
    papers: Annotated[str, one_of("not_needed", "needed")] | None = None
    ages: Ages | None = None
    costs: list[Cost] = []
    bring: Annotated[list[Annotated[str, code_of("documents")]], distinct] = []
    come: Annotated[list[Annotated[str, code_of("ways")]], distinct] = []
    booking_url: WebAddress | None = None
    languages: Annotated[list[Language], distinct] = []
    interpreters: Annotated[str, one_of("yes", "on_request")] | None = None
    accessibility: Annotated[list[Annotated[str, code_of("accessibility")]], distinct] = []
    phones: list[Phone] = []
    emails: Annotated[list[Email], distinct] = []
    website: WebAddress | None = None
    places: list[Place] = []
    hours: list[Hours] = []
    hours_note: Texts | None = None
    holidays: Annotated[str, one_of("closed", "open")] = "closed"
    closed: list[Closure] = []
    description: Texts | None = None
    conditions: Texts | None = None
    how_to_apply: Texts | None = None
    alert: Texts | None = None
    shared: bool | None = None
    assured: datetime.date | None = None
    confidence: Annotated[str, one_of("sourced", "recalled")] | None = None
    doubts: list[DoubtEntry] = []
    sources: list[SourceEntry] = []
