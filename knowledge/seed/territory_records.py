"""The shape of a territory's seed file, as docs/records.md promises it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from knowledge.seed.fields import (
    Identifier,
    Language,
    MonthDay,
    Texts,
    WebAddress,
    Word,
    code_of,
    distinct,
    one_of,
)
from knowledge.seed.records import Hours, Strict

NUMBER_SERVICES = (
    "emergency",
    "police",
    "ambulance",
    "fire",
    "violence_helpline",
    "trafficking_helpline",
    "child_helpline",
    "missing_children",
    "suicide_helpline",
    "crisis_helpline",
)
STEPS = (
    "welcome",
    "register_address",
    "residence_permit",
    "asylum",
    "tax_number",
    "health_card",
    "school",
    "language",
    "work",
    "bank_account",
    "home",
    "temporary_protection",
)


class EmergencyNumber(Strict):
    """A number that the safety step shows."""

    kinds: Annotated[list[Annotated[str, code_of("safety")]], distinct, Field(min_length=1)]
    service: Annotated[str, one_of(*NUMBER_SERVICES)]
    number: Word
    free: bool = False
    hours: Annotated[str, one_of("always")] | list[Hours] | None = None
    text: Word | None = None
    languages: Annotated[list[Language], distinct] = Field(default=[])
    note: Texts | None = None
    source: WebAddress | None = None


class FirstStepEntry(Strict):
    """One of the things to do after arriving."""

    step: Annotated[str, one_of(*STEPS)]
    services: Annotated[list[Identifier], distinct] = Field(default=[])


class TerritoryRecord(Strict):
    """A whole territory.yml."""

    id: Identifier
    name: Texts
    kind: Annotated[str, one_of("city", "region", "country")]
    parent: Identifier | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    subdivision: Word | None = None
    holidays: Annotated[list[MonthDay], distinct] = Field(default=[])
    timezone: Word
    official_languages: Annotated[list[Language], distinct, Field(min_length=1)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    chat: bool = True
    desk: Identifier | None = None
    emergency: list[EmergencyNumber] = Field(default=[])
    first_steps: list[FirstStepEntry] = Field(default=[])
