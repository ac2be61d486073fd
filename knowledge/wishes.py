"""Circumstances as conditions and orders on `service_topic`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from knowledge.flags import Flag
from knowledge.model import ServiceTopic
from knowledge.search_rows import base_language

# Circumstances that shut services out. When nothing is left, the first of these are given up first.
HARD = ("open_now", "online", "free", "language", "children", "no_papers")


@dataclass(frozen=True)
class Wishes:
    """What a newcomer said about this one question.

    `language`: the base language that has to be spoken, None if the territory's own will do. `near`: latitude, longitude.
    `women`: men-only services are out whatever else is relaxed, for they would be of no use.
    """

    women: bool = False
    children: bool = False
    no_papers: bool = False
    open_now: bool = False
    near_me: bool = False
    free: bool = False
    online: bool = False
    language: str | None = None
    near: tuple[float, float] | None = None
    offers: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        circumstances: frozenset[str],
        language_wanted: str | None,
        near: tuple[float, float] | None,
        offers: frozenset[str],
        official_languages: Sequence[str],
    ) -> Wishes:
        """Reads the codes of a query. Codes that are unknown here change nothing."""
        language = base_language(language_wanted) if language_wanted and "language" in circumstances else None
        if language in {base_language(official) for official in official_languages}:
            language = None
        named = ("women", "children", "no_papers", "open_now", "free", "online")
        return cls(
            **{name: name in circumstances for name in named},
            near_me="near_me" in circumstances or near is not None,
            language=language,
            near=near,
            offers=tuple(sorted(offers)),
        )

    @property
    def hard(self) -> frozenset[str]:
        """The circumstances that shut services out."""
        return frozenset(name for name in HARD if getattr(self, name))

    def without(self, dropped: Sequence[str]) -> Wishes:
        """The same wishes, but for the hard circumstances in `dropped`."""
        empty = {name: None if name == "language" else False for name in dropped}
        return replace(self, **empty)  # type: ignore[arg-type]

    def conditions(self, weekday_column: str, slot: int, day_off: bool) -> list[ColumnElement[bool]]:
        """What a row has to fulfil.

        Args:
            weekday_column: the column of the weekday at the territory.
            slot: the half hour of the day, 0 to 47.
            day_off: whether it is a public holiday there.
        """
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
            found.append(ServiceTopic.flags.bitwise_and(int(barred)) == 0)
        if self.online:
            found.append(has_any(Flag.ONLINE | Flag.HAS_PHONE))
        if self.language:
            found.append(or_(self._spoken(), has_any(Flag.INTERPRETERS)))
        if self.open_now:
            found.append(getattr(ServiceTopic, weekday_column).bitwise_and(1 << slot) != 0)
            if day_off:
                found.append(has_any(Flag.OPEN_ON_HOLIDAYS))
        return found

    def missing_offers(self) -> ColumnElement[int] | None:
        """How many of the wanted offers a row lacks; None if none is wanted."""
        if not self.offers:
            return None
        total: ColumnElement[int] = literal(0)
        for offer in self.offers:
            total = total + case((_holds(ServiceTopic.offers, offer), 0), else_=1)
        return total

    def tier(self) -> ColumnElement[int] | None:
        """How far a row is from the circumstances: 0 is best; None if there are none to tell rows apart by."""
        parts: list[ColumnElement[int]] = []
        for wanted, best in (
            (self.women, has_any(Flag.WOMEN)),
            (self.children, has_any(Flag.CHILDREN)),
            (self.no_papers, has_any(Flag.WITHOUT_PAPERS)),
            (self.free, has_any(Flag.FREE)),
            (self.online, has_any(Flag.ONLINE)),
            (self.near_me and self.near is None, has_any(Flag.HAS_ADDRESS)),
        ):
            if wanted:
                parts.append(case((best, 0), else_=1))
        if self.language:
            parts.append(case((self._spoken(), 0), else_=1))
        if not parts:
            return None
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    def _spoken(self) -> ColumnElement[bool]:
        return _holds(ServiceTopic.languages, str(self.language))


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


def _holds(column: Any, code: str) -> ColumnElement[bool]:
    return _Position(column, literal(f" {code} ")) > 0


def has_any(flags: Flag) -> ColumnElement[bool]:
    """Rows with at least one of `flags`."""
    return ServiceTopic.flags.bitwise_and(int(flags)) != 0
