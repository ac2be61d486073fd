"""Which services help a person in danger, after the emergency numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from knowledge.finding import Query, find
from knowledge.territories import NumberView, emergency_numbers, list_territories

KINDS = ("danger", "suicide", "violence", "trafficking", "child_alone")
# Topic and offers that help for each kind. Danger to life has none: nothing may stand beside the number.
HELP: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "suicide": ("mental_health", ("crisis_line",)),
    "violence": ("women_support", ("violence_support", "violence_helpline", "womens_shelter")),
    "trafficking": ("women_support", ("trafficking_support",)),
    "child_alone": ("emergency", ("child_helpline",)),
}
SERVICES = 2


def helping_services(session: Session, territory: str, kind: str) -> tuple[str, ...]:
    """Return ids of up to two services of a territory that help with a kind of danger.

    Args:
        kind: a code of ``knowledge/vocabulary/safety.yml``.

    Returns:
        only services that offer the very thing (a crisis line, a shelter): nothing vague at such a moment.
    """
    if kind not in HELP:
        return ()
    topic, offers = HELP[kind]
    query = Query(territory=territory, topics=(topic,), offers=frozenset(offers), at=datetime.now(UTC), limit=SERVICES)
    return tuple(
        found.service_id
        for found in find(session, query).results
        if any(reason.code == "offers" for reason in found.reasons)
    )


def numbers_everywhere(session: Session, kind: str) -> list[NumberView]:
    """Return the numbers for a kind of danger that are the same in every territory, in the order of the first one."""
    common: dict[tuple[str, str], NumberView] | None = None
    for territory in list_territories(session):
        own = {(number.service, number.number): number for number in emergency_numbers(session, territory.id, kind)}
        common = own if common is None else {key: number for key, number in common.items() if key in own}
    return list((common or {}).values())
