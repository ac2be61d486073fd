"""What wishes mean in SQL: conditions and orders on `service_topic`, with names in the place of values."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    String,
    bindparam,
    case,
    func,
    literal_column,
    null,
    nulls_last,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from knowledge.flags import Flag
from knowledge.model import Location, ServiceAtLocation, ServiceTopic
from knowledge.search_rows import WEEK_COLUMNS
from knowledge.wishes import Wishes

_ROWS = ServiceTopic.__table__.c


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the SQL of a search depends on, besides values: the same for many searches.

    `weekday`: 0 is Monday; None: whether something is open does not matter. `day_off`: it is a public holiday there.
    `address`: what has an address comes first. `offers`: how many are wanted. `exclude`: some services are not to be shown.
    """

    women: bool
    children: bool
    no_papers: bool
    free: bool
    online: bool
    language: bool
    address: bool
    near: bool
    offers: int
    weekday: int | None
    day_off: bool
    exclude: bool

    @property
    def few_fit(self) -> bool:
        """Whether it asks for what few services have: a language other than the territory's."""
        return self.language

    @classmethod
    def of(cls, wishes: Wishes, weekday: int, *, day_off: bool, exclude: bool) -> Shape:
        """The shape of a search for `wishes` on `weekday`."""
        return cls(
            women=wishes.women,
            children=wishes.children,
            no_papers=wishes.no_papers,
            free=wishes.free,
            online=wishes.online,
            language=wishes.language is not None,
            address=wishes.near_me and wishes.near is None,
            near=wishes.near is not None,
            offers=len(wishes.offers),
            weekday=weekday if wishes.open_now else None,
            day_off=wishes.open_now and day_off,
            exclude=exclude,
        )

    def wished(self) -> list[ColumnElement[Any]]:
        """How well a row fits: `missing`, `tier` and `distance`."""
        distance = _distance() if self.near else null()
        return [self._missing_offers().label("missing"), self._tier().label("tier"), distance.label("distance")]

    def wish_order(self) -> list[ColumnElement[Any]]:
        """By which of `wished` rows are ordered, the smaller first."""
        # What is the same for all rows must not stand here: the database would sort what it reads in order anyway.
        found: list[ColumnElement[Any]] = []
        if self.offers:
            found.append(literal_column("missing"))
        if self._tiers():
            found.append(literal_column("tier"))
        if self.near:
            found.append(nulls_last(literal_column("distance")))
        return found

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a row has to fulfil: first what is cheap to tell."""
        found: list[ColumnElement[bool]] = []
        barred = Flag(0)
        for wanted, bar in (
            (self.women, Flag.MEN_ONLY),
            (self.children, Flag.ADULTS_ONLY),
            (self.no_papers, Flag.PAPERS_NEEDED),
            (self.free, Flag.PAID),
        ):
            barred |= bar if wanted else Flag(0)
        if barred:
            found.append(_bits(barred) == literal_column("0"))
        if self.online:
            found.append(has_any(Flag.ONLINE | Flag.HAS_PHONE))
        if self.weekday is not None:
            day = _ROWS[WEEK_COLUMNS[self.weekday]]
            found.append(day.bitwise_and(bindparam("open_bit", type_=BigInteger)) != literal_column("0"))
        if self.day_off:
            found.append(has_any(Flag.OPEN_ON_HOLIDAYS))
        if self.language:
            found.append(or_(has_any(Flag.INTERPRETERS), _spoken()))
        if self.exclude:
            found.append(_ROWS.service_id.not_in(bindparam("exclude", expanding=True)))
        return found

    def _missing_offers(self) -> ColumnElement[int]:
        """How many of the wanted offers a row lacks."""
        lacking = [_one_unless(_holds(_ROWS.offers, f"offer_{number}")) for number in range(self.offers)]
        return reduce(add, lacking, literal_column("0", Integer))

    def _tier(self) -> ColumnElement[int]:
        """How far a row is from the circumstances: 0 is best."""
        return reduce(add, self._tiers(), literal_column("0", Integer))

    def _tiers(self) -> list[ColumnElement[int]]:
        found = [
            _one_unless(has_any(best))
            for wanted, best in (
                (self.women, Flag.WOMEN),
                (self.children, Flag.CHILDREN),
                (self.no_papers, Flag.WITHOUT_PAPERS),
                (self.free, Flag.FREE),
                (self.online, Flag.ONLINE),
                (self.address, Flag.HAS_ADDRESS),
            )
            if wanted
        ]
        return [*found, _one_unless(_spoken())] if self.language else found


def values(wishes: Wishes, slot: int, exclude: Collection[str]) -> dict[str, Any]:
    """The values for a statement of the shape of `wishes`.

    Args:
        slot: the half hour of the day, 0 to 47.
        exclude: ids of services.
    """
    found: dict[str, Any] = {f"offer_{number}": f" {offer} " for number, offer in enumerate(wishes.offers)}
    if wishes.language:
        found["language"] = f" {wishes.language} "
    if wishes.open_now:
        found["open_bit"] = 1 << slot
    if wishes.near:
        north, east = wishes.near
        found |= {"north": north, "east": east, "narrowing": math.cos(math.radians(north))}
    if exclude:
        found["exclude"] = list(exclude)
    return found


def _distance() -> ColumnElement[Any]:
    """The square of the distance in degrees of latitude; on a flat map, which is exact enough within a region."""
    places, at = Location.__table__.c, ServiceAtLocation.__table__.c
    nearest = (
        select(func.min(_square(places.latitude, places.longitude)))
        .where(at.location_id == places.id, at.service_id == _ROWS.service_id)
        .scalar_subquery()
    )
    return case((_ROWS.points > 1, nearest), else_=_square(_ROWS.latitude, _ROWS.longitude))


def _square(latitude: ColumnElement[Any], longitude: ColumnElement[Any]) -> ColumnElement[Any]:
    north = latitude - bindparam("north", type_=Float)
    east = (longitude - bindparam("east", type_=Float)) * bindparam("narrowing", type_=Float)
    result: ColumnElement[Any] = north * north + east * east
    return result


class _Position(FunctionElement[int]):
    """Where one text begins in another, from 1; 0 if nowhere. Databases have no common name for it; LIKE is slower."""

    type = Integer()
    inherit_cache = True


@compiles(_Position)
def _strpos(element: _Position, compiler: SQLCompiler, **named: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **named)})"


@compiles(_Position, "sqlite")
def _instr(element: _Position, compiler: SQLCompiler, **named: Any) -> str:
    return f"instr({compiler.process(element.clauses, **named)})"


def _holds(column: ColumnElement[str], code: str) -> ColumnElement[bool]:
    return _Position(column, bindparam(code, type_=String)) > literal_column("0")


def _spoken() -> ColumnElement[bool]:
    return _holds(_ROWS.languages, "language")


def _bits(flags: Flag) -> ColumnElement[int]:
    return _ROWS.flags.bitwise_and(literal_column(str(int(flags)), BigInteger))


def has_any(flags: Flag) -> ColumnElement[bool]:
    """Rows with at least one of `flags`."""
    return _bits(flags) != literal_column("0")


def _one_unless(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return case((holds, literal_column("0", Integer)), else_=literal_column("1", Integer))
