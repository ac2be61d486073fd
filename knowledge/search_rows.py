"""Keeps the rows made for finding in step with the records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, selectinload

from knowledge.flags import Flag, audience_flags, cost_flags, remote_flag
from knowledge.model import Location, Schedule, Service, ServiceAtLocation, ServiceTopic, ServiceWords
from knowledge.recurrence import rule
from knowledge.words import fold

WEEK_COLUMNS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SLOT_MINUTES = 30
# What standing is made of, most important first. Each weight exceeds all that come after it together.
SECONDARY, SPECIAL, RECALLED, UNASSURED, VAGUE = 1000, 500, 200, 100, 10
_EQUAL_LANGUAGES = {"prs": "fa", "kmr": "ku", "cmn": "zh", "fil": "tl", "nb": "no", "nn": "no"}


def refresh(session: Session, service_ids: Sequence[str]) -> None:
    """Writes the search rows of these services anew; ids that are no services lose theirs.

    Call it in the transaction that changed the records.
    """
    session.flush()
    for start in range(0, len(service_ids), 500):
        _refresh_some(session, list(service_ids[start : start + 500]))


def base_language(tag: str) -> str:
    """The language that counts when somebody looks for it: without script and region, Dari with Persian."""
    base = tag.split("-")[0].lower()
    return _EQUAL_LANGUAGES.get(base, base)


def _refresh_some(session: Session, ids: list[str]) -> None:
    session.execute(delete(ServiceTopic).where(ServiceTopic.service_id.in_(ids)))
    session.execute(delete(ServiceWords).where(ServiceWords.service_id.in_(ids)))
    services = session.scalars(
        select(Service)
        .where(Service.id.in_(ids), Service.status == "active")
        .options(
            selectinload(Service.organization),
            selectinload(Service.tags),
            selectinload(Service.places).selectinload(ServiceAtLocation.location).selectinload(Location.addresses),
            selectinload(Service.phones),
            selectinload(Service.schedules),
            selectinload(Service.cost_options),
            selectinload(Service.languages),
            selectinload(Service.translations),
        )
        .execution_options(populate_existing=True)
    ).all()
    topics = [row for service in services for row in topic_rows(service)]
    if topics:
        session.execute(insert(ServiceTopic), topics)
    if services:
        session.execute(insert(ServiceWords), [words_row(service) for service in services])


def topic_rows(service: Service) -> list[dict[str, Any]]:
    """The rows of `service_topic` for a service, one for each of its topics."""
    codes: dict[str, list[str]] = {"topics": [], "offers": [], "audiences": [], "ways": []}
    for tag in service.tags:
        codes.setdefault(tag.vocabulary, []).append(tag.code)
    flags = _flags(service, codes)
    points = [place.location for place in service.places if place.location.latitude is not None]
    languages = dict.fromkeys(base_language(entry.code) for entry in service.languages if entry.code)
    shared: dict[str, Any] = {
        "territory_id": service.territory_id,
        "service_id": service.id,
        "flags": int(flags),
        "languages": spaced(languages),
        "offers": spaced(codes["offers"]),
        "latitude": points[0].latitude if points else None,
        "longitude": points[0].longitude if points else None,
        "points": len(points),
        **open_slots(service.schedules),
    }
    return [
        {**shared, "topic": topic, "position": position, "standing": standing(flags, position)}
        for position, topic in enumerate(codes["topics"] or [""])
    ]


def standing(flags: Flag, position: int) -> int:
    """Where a service stands among those of its topic when nothing else was asked for: the smaller, the better."""
    vague = sum(1 for flag in (Flag.HAS_ADDRESS, Flag.HAS_PHONE, Flag.HAS_HOURS) if flag not in flags)
    return (
        SECONDARY * (position > 0)
        + SPECIAL * (Flag.SPECIAL_GROUP in flags)
        + RECALLED * (Flag.SOURCED not in flags)
        + UNASSURED * (Flag.ASSURED not in flags)
        + VAGUE * vague
    )


def open_slots(schedules: Sequence[Schedule]) -> dict[str, int]:
    """The half hours of each weekday in which any row has it open, as bits.

    Seasons and weeks of the month are left aside, so this says "may be open": `knowledge.hours` decides.
    """
    week = [0] * 7
    for schedule in schedules:
        entry = rule(schedule)
        if entry.begin is None or entry.end is None or entry.by_appointment:
            continue
        for weekday in {weekday for weekday, _week in entry.days} or range(7):
            for slot in range(entry.begin // SLOT_MINUTES, -(-entry.end // SLOT_MINUTES)):
                days, bit = divmod(slot, 48)
                week[(weekday + days) % 7] |= 1 << bit
    return dict(zip(WEEK_COLUMNS, week, strict=True))


def words_row(service: Service) -> dict[str, Any]:
    """The row of `service_words` for a service."""
    names = [
        service.name,
        service.alternate_name,
        service.organization.name if service.organization else None,
    ]
    names += [text.text for text in service.translations if text.record_type == "service" and text.field == "name"]
    prose = [service.description, service.eligibility_description, service.application_process, service.alert]
    prose += [text.text for text in service.translations if text.record_type == "service" and text.field != "name"]
    prose += [tag.code for tag in service.tags if tag.vocabulary in ("offers", "topics")]
    for place in service.places:
        prose += [place.location.name, *(address.city for address in place.location.addresses)]
        prose += [address.address_1 for address in place.location.addresses]
    return {
        "service_id": service.id,
        "territory_id": service.territory_id,
        "title": fold(" . ".join(dict.fromkeys(name for name in names if name))),
        "body": fold(" . ".join(dict.fromkeys(text for text in prose if text))),
    }


def spaced(codes: Iterable[str]) -> str:
    """Codes with a space on either side of each, so that one can be looked for as a whole; empty without any."""
    joined = " ".join(codes)
    return f" {joined} " if joined else ""


def _flags(service: Service, codes: dict[str, list[str]]) -> Flag:
    flags = audience_flags(codes["audiences"], service.papers, service.minimum_age)
    flags |= cost_flags([cost.option or "" for cost in service.cost_options])
    flags |= remote_flag(codes["ways"], codes["offers"])
    has_address = any(address.address_1 for place in service.places for address in place.location.addresses)
    has_point = any(place.location.latitude is not None for place in service.places)
    for flag, holds in (
        (Flag.SHARED, service.shared),
        (Flag.SOURCED, service.confidence == "sourced"),
        (Flag.ASSURED, service.assured_date is not None),
        (Flag.HAS_ADDRESS, has_address or has_point),
        (Flag.HAS_PHONE, bool(service.phones)),
        (Flag.HAS_HOURS, bool(service.schedules)),
        (Flag.INTERPRETERS, service.interpreters is not None),
        (Flag.OPEN_ON_HOLIDAYS, service.holidays == "open"),
    ):
        if holds:
            flags |= flag
    return flags
