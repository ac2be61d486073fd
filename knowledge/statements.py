"""The statements of a search on `service_topic`.

Putting a statement together takes longer than running it. So each is made once for a shape, with names in the place of
values, and serves every search of that shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Integer, Select, String, bindparam, func, select, union_all

from knowledge.flags import Flag
from knowledge.model import ServiceTopic
from knowledge.shapes import Shape, has_any

# How many statements of each kind are kept: far more than there are shapes among a day's questions.
_KEPT = 512
_ROWS = ServiceTopic.__table__.c
_LIMIT = bindparam("limit", type_=Integer)
_FACTS = _ROWS["service_id", "territory_id", "topic", "position", "standing", "flags", "languages", "offers"]


def range_values(territories: Sequence[str], topics: Sequence[str]) -> dict[str, Any]:
    """The values that say where and under which topics to look, for `count` and `best`."""
    found = {f"territory_{depth}": territory for depth, territory in enumerate(territories)}
    return found | {f"topic_{number}": topic for number, topic in enumerate(topics)}


@lru_cache(maxsize=_KEPT)
def count(shape: Shape, territories: int, topics: int) -> Select[Any]:
    """How many services fit: one number. A parent's services fit if they are shared."""
    counts = [
        select(_number(_ROWS.service_id, topics)).where(*_range(shape, depth, range(topics))).scalar_subquery()
        for depth in range(territories)
    ]
    return select(reduce(add, counts))


@lru_cache(maxsize=_KEPT)
def best(shape: Shape, territories: int, topics: int) -> Select[Any] | CompoundSelect[Any]:
    """The best `limit` rows of each territory under each topic, in no order."""
    parts = [
        _candidates(shape).where(*_range(shape, depth, [topic])).order_by(*_order(shape)).limit(_LIMIT)
        for depth in range(territories)
        for topic in range(topics)
    ]
    return parts[0] if len(parts) == 1 else union_all(*(select(part.subquery()) for part in parts))


@lru_cache(maxsize=_KEPT)
def best_and_count(shape: Shape, territories: int, topics: int) -> Select[Any] | CompoundSelect[Any]:
    """The best `limit` rows of each territory, in no order, and in `total` how many services of that territory fit.

    Looks at each row once and puts aside those that fit. That takes less time than `count` and `best` only where few fit:
    see `Shape.few_fit`.
    """
    parts = []
    for depth in range(territories):
        fit = (
            select(_ROWS.topic, _ROWS.standing, _ROWS.service_id, *shape.wished())
            .where(*_range(shape, depth, range(topics)))
            .cte(f"fit_{depth}")
        )
        total = select(_number(fit.c.service_id, topics)).select_from(fit).scalar_subquery()
        order = [*shape.wish_order(), fit.c.standing, fit.c.service_id]
        first = select(fit, total.label("total")).order_by(*order).limit(_LIMIT).cte(f"first_{depth}")
        same = [_ROWS[name] == first.c[name] for name in ("topic", "standing", "service_id")]
        wished = [first.c[name] for name in ("missing", "tier", "distance")]
        parts.append(select(*_FACTS, *wished, first.c.total).where(_in_territory(depth), *same))
    return parts[0] if len(parts) == 1 else union_all(*parts)


@lru_cache(maxsize=_KEPT)
def by_id(shape: Shape) -> Select[Any]:
    """Those of the services `ids` that fit, each under its main topic, in no order."""
    named = _ROWS.service_id.in_(bindparam("ids", expanding=True))
    return _candidates(shape).where(named, _ROWS.position == 0, *shape.conditions())


def _candidates(shape: Shape) -> Select[Any]:
    return select(*_FACTS, *shape.wished())


def _order(shape: Shape) -> list[ColumnElement[Any]]:
    return [*shape.wish_order(), _ROWS.standing, _ROWS.service_id]


def _number(service: ColumnElement[str], topics: int) -> ColumnElement[int]:
    # Within one topic a service has one row; only several topics need the slower count of distinct services.
    return func.count() if topics == 1 else func.count(service.distinct())


def _range(shape: Shape, depth: int, topics: Sequence[int]) -> list[ColumnElement[bool]]:
    names = [bindparam(f"topic_{number}", type_=String) for number in topics]
    topic = _ROWS.topic == names[0] if len(names) == 1 else _ROWS.topic.in_(names)
    shared = [has_any(Flag.SHARED)] if depth else []
    return [_in_territory(depth), topic, *shared, *shape.conditions()]


def _in_territory(depth: int) -> ColumnElement[bool]:
    return _ROWS.territory_id == bindparam(f"territory_{depth}", type_=String)
