"""Territories as others need them: who they are, their parents, emergency numbers, first steps and desk.

All of it is asked for several times in every exchange and changes seldom, so it is kept (`knowledge.kept`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.holidays import DaysOff
from knowledge.kept import kept
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
    return [view for view in kept(session, _views).values() if view.chat or not only_chat]


def get_territory(session: Session, territory: str) -> TerritoryView:
    """One territory.

    Raises:
        UnknownTerritory: there is none of this id.
    """
    view = kept(session, _views).get(territory)
    if view is None:
        raise UnknownTerritory(territory)
    return view


def is_chat_territory(session: Session, territory: str) -> bool:
    """Whether newcomers can choose this territory; False for an id that does not exist."""
    view = kept(session, _views).get(territory)
    return view is not None and view.chat


def chain_of(session: Session, territory: str) -> tuple[str, ...]:
    """The ids of a territory and its parents, nearest first.

    Raises:
        UnknownTerritory: there is none of this id.
    """
    return get_territory(session, territory).chain


def emergency_numbers(session: Session, territory: str, kind: str | None = None) -> list[NumberView]:
    """Whom to call: the territory's own numbers first, then its parents', each number once.

    Args:
        kind: a code of the vocabulary `safety`; None: all numbers.

    Raises:
        UnknownTerritory: there is none of this id.
    """
    found: dict[tuple[str, str], NumberView] = {}
    for view in kept(session, _numbers, chain_of(session, territory)):
        if kind is None or kind in view.kinds:
            found.setdefault((view.service, view.number), view)
    return list(found.values())


def first_steps(session: Session, territory: str) -> list[StepView]:
    """What to do after arriving, in order: the territory's own steps, or those of the nearest parent that has any.

    Raises:
        UnknownTerritory: there is none of this id.
    """
    return list(kept(session, _steps, chain_of(session, territory)))


def desk_service(session: Session, territory: str) -> str | None:
    """The id of the service given when a person is asked for: the territory's own, or the nearest parent's.

    Raises:
        UnknownTerritory: there is none of this id.
    """
    return kept(session, _desk, chain_of(session, territory))


def _views(session: Session) -> dict[str, TerritoryView]:
    """Every territory by its id, in the order of the official names."""
    rows = {row.id: row for row in session.scalars(select(Territory))}
    names = _names(session)
    ordered = sorted(rows.values(), key=lambda row: row.name.casefold())
    return {row.id: _view(row, rows, names) for row in ordered}


def _view(row: Territory, rows: Mapping[str, Territory], names: Mapping[str, Mapping[str, str]]) -> TerritoryView:
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
        chain=_chain(row, rows),
    )


def _chain(row: Territory, rows: Mapping[str, Territory]) -> tuple[str, ...]:
    chain = [row.id]
    while len(chain) < _LONGEST_CHAIN:
        parent = rows[chain[-1]].parent_id
        if parent is None or parent not in rows or parent in chain:
            break
        chain.append(parent)
    return tuple(chain)


def _names(session: Session) -> dict[str, dict[str, str]]:
    query = select(Translation).where(Translation.record_type == "territory", Translation.field == "name")
    found: dict[str, dict[str, str]] = {}
    for row in session.scalars(query):
        found.setdefault(row.record_id, {})[row.language] = row.text
    return found


def _numbers(session: Session, chain: tuple[str, ...]) -> tuple[NumberView, ...]:
    """All numbers of a territory and its parents, nearest first."""
    views = kept(session, _views)
    rows = session.scalars(select(TerritoryNumber).where(TerritoryNumber.territory_id.in_(chain))).all()
    notes = _number_notes(session, chain)
    ordered = sorted(rows, key=lambda row: (chain.index(row.territory_id), row.position))
    return tuple(_number_view(row, views[row.territory_id].country, notes.get(row.id, {})) for row in ordered)


def _steps(session: Session, chain: tuple[str, ...]) -> tuple[StepView, ...]:
    for owner in chain:
        query = select(FirstStep).where(FirstStep.territory_id == owner).order_by(FirstStep.position)
        rows = session.scalars(query).all()
        if rows:
            named = {each for row in rows for each in row.service_ids}
            active = set(session.scalars(select(Service.id).where(Service.id.in_(named), Service.status == "active")))
            return tuple(StepView(row.step, tuple(each for each in row.service_ids if each in active)) for row in rows)
    return ()


def _desk(session: Session, chain: tuple[str, ...]) -> str | None:
    views = kept(session, _views)
    for desk in (views[owner].desk_id for owner in chain):
        if desk and session.scalar(select(Service.id).where(Service.id == desk, Service.status == "active")):
            return desk
    return None


def _number_notes(session: Session, territories: Sequence[str]) -> dict[str, dict[str, str]]:
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
