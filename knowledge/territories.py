"""Territories as others need them: who they are, their parents, emergency numbers, first steps and desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.holidays import DaysOff
from knowledge.model import FirstStep, Service, Territory, TerritoryNumber, Translation
from knowledge.phones import national_form
from knowledge.texts import Prose, choose

_LONGEST_CHAIN = 8


class UnknownTerritory(LookupError):
    """There is no territory of this id."""


@dataclass(frozen=True)
class TerritoryView:
    """A territory as plain data. `chain`: its own id and its parents', nearest first."""

    id: str
    names: Mapping[str, str]
    kind: str
    country: str
    subdivision: str | None
    holidays: tuple[str, ...]
    timezone: str
    official_languages: tuple[str, ...]
    currency: str
    chat: bool
    desk_id: str | None
    confirmed_days: int
    chain: tuple[str, ...]

    def name(self, language: str) -> str:
        """Its name for a reader of `language`."""
        chosen = choose(self.names, language, self.official_languages)
        return chosen.text if chosen else self.id

    @property
    def days_off(self) -> DaysOff:
        """The days on which public offices are closed."""
        return DaysOff(self.country, self.subdivision, self.holidays)


@dataclass(frozen=True)
class NumberView:
    """An emergency number. `number` is dialled as it stands; `shown` is how people there write it.

    `kinds`: codes of the vocabulary `safety`. `always`: day and night. `text`: where one can write, a number or address.
    """

    kinds: tuple[str, ...]
    service: str
    number: str
    shown: str
    free: bool
    always: bool
    territory: str
    text: str | None = None
    languages: tuple[str, ...] = ()
    source: str | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    def note(self, language: str) -> Prose | None:
        """A remark for a reader of `language`."""
        return choose(self.notes, language)


@dataclass(frozen=True)
class StepView:
    """One of the things to do after arriving, with the ids of its services that exist and are active."""

    step: str
    service_ids: tuple[str, ...]


def list_territories(session: Session, *, only_chat: bool = True) -> list[TerritoryView]:
    """All territories (with `only_chat`, those that newcomers can choose), by official name."""
    rows = {row.id: row for row in session.scalars(select(Territory))}
    names = _names(session)
    shown = [row for row in rows.values() if row.chat or not only_chat]
    return [_view(row, rows, names) for row in sorted(shown, key=lambda row: row.name.casefold())]


def get_territory(session: Session, territory: str) -> TerritoryView:
    """One territory.

    Raises:
        UnknownTerritory: there is none of this id.
    """
    chain = _chain(session, territory)
    rows = {row.id: row for row in chain}
    return _view(chain[0], rows, _names(session, territory))


def chain_of(session: Session, territory: str) -> tuple[str, ...]:
    """The ids of a territory and its parents, nearest first.

    Raises:
        UnknownTerritory: there is none of this id.
    """
    return tuple(row.id for row in _chain(session, territory))


def emergency_numbers(session: Session, territory: str, kind: str | None = None) -> list[NumberView]:
    """Whom to call: the territory's own numbers first, then its parents', each number once.

    Args:
        kind: a code of the vocabulary `safety`; None: all numbers.

    Raises:
        UnknownTerritory: there is none of this id.
    """
    found: dict[tuple[str, str], NumberView] = {}
    chain = _chain(session, territory)
    places = {row.id: index for index, row in enumerate(chain)}
    countries = {row.id: row.country for row in chain}
    rows = session.scalars(select(TerritoryNumber).where(TerritoryNumber.territory_id.in_(places))).all()
    notes = _number_notes(session, places)
    for row in sorted(rows, key=lambda row: (places[row.territory_id], row.position)):
        if kind is None or kind in row.kinds:
            view = _number_view(row, countries[row.territory_id], notes.get(row.id, {}))
            found.setdefault((row.service, row.number), view)
    return list(found.values())


def first_steps(session: Session, territory: str) -> list[StepView]:
    """What to do after arriving, in order: the territory's own steps, or those of the nearest parent that has any.

    Raises:
        UnknownTerritory: there is none of this id.
    """
    for owner in chain_of(session, territory):
        query = select(FirstStep).where(FirstStep.territory_id == owner).order_by(FirstStep.position)
        rows = session.scalars(query).all()
        if rows:
            named = {each for row in rows for each in row.service_ids}
            active = set(session.scalars(select(Service.id).where(Service.id.in_(named), Service.status == "active")))
            return [StepView(row.step, tuple(each for each in row.service_ids if each in active)) for row in rows]
    return []


def desk_service(session: Session, territory: str) -> str | None:
    """The id of the service given when a person is asked for: the territory's own, or the nearest parent's.

    Raises:
        UnknownTerritory: there is none of this id.
    """
    for row in _chain(session, territory):
        if row.desk_id and session.scalar(
            select(Service.id).where(Service.id == row.desk_id, Service.status == "active")
        ):
            return row.desk_id
    return None


def _chain(session: Session, territory: str) -> list[Territory]:
    found: list[Territory] = []
    current: str | None = territory
    while current is not None and len(found) < _LONGEST_CHAIN and current not in {row.id for row in found}:
        row = session.get(Territory, current)
        if row is None:
            break
        found.append(row)
        current = row.parent_id
    if not found:
        raise UnknownTerritory(territory)
    return found


def _view(row: Territory, rows: Mapping[str, Territory], names: Mapping[str, Mapping[str, str]]) -> TerritoryView:
    chain = [row.id]
    while (parent := rows[chain[-1]].parent_id) in rows and parent not in chain:
        chain.append(str(parent))
    own_names = names.get(row.id) or {(row.official_languages or ["en"])[0]: row.name}
    return TerritoryView(
        id=row.id,
        names=own_names,
        kind=row.kind,
        country=row.country,
        subdivision=row.subdivision,
        holidays=tuple(row.holidays),
        timezone=row.timezone,
        official_languages=tuple(row.official_languages),
        currency=row.currency,
        chat=row.chat,
        desk_id=row.desk_id,
        confirmed_days=row.confirmed_days,
        chain=tuple(chain),
    )


def _names(session: Session, only: str | None = None) -> dict[str, dict[str, str]]:
    query = select(Translation).where(Translation.record_type == "territory", Translation.field == "name")
    found: dict[str, dict[str, str]] = {}
    for row in session.scalars(query if only is None else query.where(Translation.record_id == only)):
        found.setdefault(row.record_id, {})[row.language] = row.text
    return found


def _number_notes(session: Session, territories: Mapping[str, int]) -> dict[str, dict[str, str]]:
    query = select(Translation).where(
        Translation.record_type == "territory_number", Translation.territory_id.in_(territories)
    )
    found: dict[str, dict[str, str]] = {}
    for row in session.scalars(query):
        found.setdefault(row.record_id, {})[row.language] = row.text
    return found


def _number_view(row: TerritoryNumber, country: str, notes: Mapping[str, str]) -> NumberView:
    return NumberView(
        kinds=tuple(row.kinds),
        service=row.service,
        number=row.number,
        shown=national_form(row.number, country),
        free=row.free,
        always=row.always,
        territory=row.territory_id,
        text=row.text,
        languages=tuple(row.languages),
        source=row.source,
        notes=notes,
    )


def is_chat_territory(session: Session, territory: str) -> bool:
    """Whether newcomers can choose this territory; False for an id that does not exist."""
    row = session.get(Territory, territory)
    return row is not None and row.chat
