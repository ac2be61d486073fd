"""Turns a service's seed record into rows of the knowledge base."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from knowledge.model import (
    Accessibility,
    Address,
    Base,
    CostOption,
    Doubt,
    Language,
    Location,
    Phone,
    RequiredDocument,
    Schedule,
    ScheduleException,
    ServiceAtLocation,
    ServiceTag,
    Source,
    Translation,
)
from knowledge.phones import short_form, to_e164
from knowledge.seed.records import WEEKDAYS, Hours, ServiceRecord
from knowledge.seed.territory_records import TerritoryRecord
from knowledge.texts import main_language, text_hash

Rows = dict[type[Base], list[dict[str, Any]]]
# Parents before children, as foreign keys ask for.
ORDER: tuple[type[Base], ...] = (
    Location,
    Address,
    ServiceAtLocation,
    Phone,
    Schedule,
    ScheduleException,
    CostOption,
    RequiredDocument,
    Language,
    Accessibility,
    ServiceTag,
    Source,
    Doubt,
    Translation,
)
_DAY_CODES = {day: day[:2].upper() for day in WEEKDAYS}
_NAMESPACE = uuid.UUID("6f0f5a3c-3c1b-5b43-9a3e-2f6d6a0c9f51")


def organization_id(territory: str, name: str) -> str:
    """The identifier of an organization: the same name in the same territory is the same organization."""
    return str(uuid.uuid5(_NAMESPACE, f"{territory}/{name}"))


class RowMaker:
    """Makes the rows of one service.

    Args:
        record: the seed record, checked.
        territory: its owner, for country, currency and official languages.
        digest: what the record's files hash to.
    """

    def __init__(self, record: ServiceRecord, territory: TerritoryRecord, digest: str) -> None:
        self.record, self.territory, self.digest = record, territory, digest
        self.rows: Rows = defaultdict(list)

    def service(self) -> dict[str, Any]:
        """The row of the service itself. Makes its translations as well."""
        record = self.record
        text = self._texts
        ages = record.ages
        shared = record.shared if record.shared is not None else self.territory.kind == "country"
        sourced = "sourced" if record.sources else "recalled"
        return {
            "id": record.id,
            "territory_id": self.territory.id,
            "organization_id": organization_id(self.territory.id, record.organization),
            "name": text("service", record.id, "name", record.name),
            "description": text("service", record.id, "description", record.description),
            "eligibility_description": text("service", record.id, "conditions", record.conditions),
            "application_process": text("service", record.id, "how_to_apply", record.how_to_apply),
            "alert": text("service", record.id, "alert", record.alert),
            "hours_note": text("service", record.id, "hours_note", record.hours_note),
            "url": record.website,
            "email": record.emails[0] if record.emails else None,
            "more_emails": record.emails[1:],
            "status": "active",
            "minimum_age": ages.youngest if ages else None,
            "maximum_age": ages.oldest if ages else None,
            "assured_date": record.assured,
            "papers": record.papers,
            "interpreters": record.interpreters,
            "booking_url": record.booking_url,
            "holidays": record.holidays,
            "shared": shared,
            "confidence": record.confidence or sourced,
            "seed_digest": self.digest,
            "edited_by_city": False,
            "extra": {},
        }

    def organization(self) -> dict[str, Any]:
        """The row of the organization."""
        name = self.record.organization
        territory = self.territory.id
        return {"id": organization_id(territory, name), "territory_id": territory, "name": name, "extra": {}}

    def children(self) -> Rows:
        """All further rows, by table."""
        record = self.record
        for vocabulary, codes in (
            ("topics", record.topics),
            ("offers", record.offers),
            ("audiences", record.audiences),
            ("ways", record.come),
        ):
            for index, code in enumerate(codes):
                self._add(ServiceTag, vocabulary, index, vocabulary=vocabulary, code=code)
        for index, place in enumerate(record.places):
            self._place(index)
            self._hours(f"place-{index}-hours", place.hours, f"{record.id}/place-{index}")
        self._hours("hours", record.hours, None)
        self._plain_rows()
        return self.rows

    def _plain_rows(self) -> None:
        record = self.record
        for index, phone in enumerate(record.phones):
            number = short_form(phone.number) if phone.short else to_e164(phone.number, self.territory.country)
            key = self._add(Phone, "phone", index, number=number, short=phone.short, free=phone.free, extra={})
            self.rows[Phone][-1]["description"] = self._texts("phone", key, "note", phone.note)
        for index, cost in enumerate(record.costs):
            currency = cost.currency or (self.territory.currency if cost.amount is not None else None)
            key = self._add(
                CostOption, "cost", index, option=cost.code, amount=cost.amount, currency=currency, extra={}
            )
            self.rows[CostOption][-1]["amount_description"] = self._texts("cost_option", key, "note", cost.note)
        for index, document in enumerate(record.bring):
            self._add(RequiredDocument, "document", index, document=document, extra={})
        for index, language in enumerate(record.languages):
            self._add(Language, "language", index, code=language, extra={})
        for index, code in enumerate(record.accessibility):
            self._add(Accessibility, "accessibility", index, code=code, extra={})
        for index, day in enumerate(record.closed):
            key = self._add(ScheduleException, "closed", index, date=day.date, until=day.until)
            self.rows[ScheduleException][-1] |= {"opens_at": day.opens, "closes_at": day.closes}
            del self.rows[ScheduleException][-1]["position"]
        for index, source in enumerate(record.sources):
            self._add(Source, "source", index, url=source.url, supports=source.supports, date=source.date)
        for index, doubt in enumerate(record.doubts):
            self._add(Doubt, "doubt", index, field=doubt.field, note=doubt.note)

    def _place(self, index: int) -> None:
        place = self.record.places[index]
        key = f"{self.record.id}/place-{index}"
        location: dict[str, Any] = {
            "id": key,
            "territory_id": self.territory.id,
            "location_type": "physical",
            "name": self._texts("location", key, "name", place.name),
            "description": self._texts("location", key, "note", place.note),
            "latitude": place.latitude,
            "longitude": place.longitude,
            "approximate": place.approximate,
            "extra": {},
        }
        self.rows[Location].append(location)
        if place.address or place.postal_code or place.city:
            address: dict[str, Any] = {
                "id": f"{key}/address",
                "territory_id": self.territory.id,
                "location_id": key,
                "address_1": place.address,
                "city": place.city,
                "postal_code": place.postal_code,
                "country": self.territory.country,
                "address_type": "physical",
                "extra": {},
            }
            self.rows[Address].append(address)
        self._add(ServiceAtLocation, "at", index, location_id=key, extra={})

    def _hours(self, kind: str, hours: Sequence[Hours], location: str | None) -> None:
        for index, row in enumerate(hours):
            days = [_DAY_CODES[day] for day in row.days]
            if row.week_of_month:
                days = [f"{week}{day}" for week in row.week_of_month for day in days]
            self._add(
                Schedule,
                kind,
                index,
                location_id=location,
                freq="MONTHLY" if row.week_of_month else "WEEKLY",
                wkst="MO",
                byday=",".join(days) or None,
                opens_at=row.opens,
                closes_at=row.closes,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                by_appointment=row.by_appointment,
                phone_only=row.phone,
                extra={},
            )

    def _add(self, table: type[Base], kind: str, position: int, **values: Any) -> str:
        key = f"{self.record.id}/{kind}-{position}"
        shared = {
            "id": key,
            "territory_id": self.territory.id,
            "service_id": self.record.id,
            "position": position,
        }
        self.rows[table].append({**shared, **values})
        return key

    def _texts(self, record_type: str, record_id: str, field: str, texts: dict[str, str] | None) -> str | None:
        if not texts:
            return None
        rows, main_text = translation_rows(
            record_type, record_id, field, texts, self.territory, service_id=self.record.id
        )
        self.rows[Translation] += rows
        return main_text


def translation_rows(
    record_type: str,
    record_id: str,
    field: str,
    texts: dict[str, str],
    territory: TerritoryRecord,
    *,
    service_id: str | None = None,
) -> tuple[list[dict[str, Any]], str]:
    """The rows of `translation` for one field, and its main text."""
    main = main_language(list(texts), territory.official_languages)
    rows = [
        {
            "id": f"{record_id}/{record_type}/{field}/{language}",
            "territory_id": territory.id,
            "record_type": record_type,
            "record_id": record_id,
            "service_id": service_id,
            "field": field,
            "language": language,
            "text": text,
            "state": "source" if language == main else "draft",
            "source_hash": None if language == main else text_hash(texts[main]),
        }
        for language, text in texts.items()
    ]
    return rows, texts[main]
