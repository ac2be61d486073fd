"""Loads services whole, for showing."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Container, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from knowledge.freshness import freshness
from knowledge.hours import UNKNOWN, Opening, opening
from knowledge.kept import kept
from knowledge.model import Location, Service, ServiceAtLocation
from knowledge.phones import national_form
from knowledge.territories import TerritoryView, get_territory
from knowledge.texts import Prose, choose, main_language
from knowledge.views import ClosureView, CostView, DoubtView, PhoneView, PlaceView, ServiceView, SourceView

_LATER = datetime.datetime.max.replace(tzinfo=datetime.UTC)
_STATES = ("open", "phone", "closed", "appointment", "unknown")


def load_views(session: Session, ids: Sequence[str], language: str, at: datetime.datetime) -> list[ServiceView]:
    """Services for a reader of `language` (BCP 47) at the aware moment `at`, in the order of `ids`.

    Ids of no service are left out. However many are asked for, this takes the same number of queries.
    """
    services = kept(session, _services, tuple(ids))
    owners = {each: get_territory(session, each) for each in {service.territory_id for service in services}}
    views = {service.id: _View(service, owners[service.territory_id], language, at).whole() for service in services}
    return [views[each] for each in dict.fromkeys(ids) if each in views]


def _services(session: Session, ids: tuple[str, ...]) -> Sequence[Service]:
    """Returns services with all that a view needs: they are read-only, for other sessions see them too."""
    return session.scalars(
        select(Service)
        .where(Service.id.in_(ids))
        .options(
            selectinload(Service.organization),
            selectinload(Service.tags),
            selectinload(Service.places).selectinload(ServiceAtLocation.location).selectinload(Location.addresses),
            selectinload(Service.phones),
            selectinload(Service.schedules),
            selectinload(Service.schedule_exceptions),
            selectinload(Service.cost_options),
            selectinload(Service.required_documents),
            selectinload(Service.languages),
            selectinload(Service.accessibility),
            selectinload(Service.sources),
            selectinload(Service.doubts),
            selectinload(Service.translations),
        )
    ).all()


def load_view(session: Session, service_id: str, language: str, at: datetime.datetime) -> ServiceView | None:
    """One service for a reader of `language` at the aware moment `at`; None if there is none."""
    return next(iter(load_views(session, [service_id], language, at)), None)


class _View:
    """Makes the view of one service."""

    def __init__(self, service: Service, owner: TerritoryView, language: str, at: datetime.datetime) -> None:
        self.service, self.owner, self.language, self.at = service, owner, language, at
        self.texts: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        for row in service.translations:
            self.texts[row.record_type, row.record_id, row.field][row.language] = row.text
        self.codes: dict[str, list[str]] = defaultdict(list)
        for tag in service.tags:
            self.codes[tag.vocabulary].append(tag.code)

    def whole(self) -> ServiceView:
        service, owner = self.service, self.owner
        places = tuple(self._place(place) for place in service.places)
        today = self.at.astimezone(self._zone()).date()
        return ServiceView(
            id=service.id,
            territory=service.territory_id,
            name=self._text("service", service.id, "name", service.name) or Prose(service.id, "und"),
            official_name=self._official_name(),
            organization=service.organization.name if service.organization else None,
            topics=tuple(self.codes["topics"]),
            offers=tuple(self.codes["offers"]),
            audiences=tuple(self.codes["audiences"]),
            ways=tuple(self.codes["ways"]),
            papers=service.papers,
            minimum_age=service.minimum_age,
            maximum_age=service.maximum_age,
            costs=self._costs(),
            documents=tuple(entry.document for entry in service.required_documents if entry.document),
            booking_url=service.booking_url,
            languages=tuple(dict.fromkeys(entry.code for entry in service.languages if entry.code)),
            interpreters=service.interpreters,
            accessibility=tuple(entry.code for entry in service.accessibility if entry.code),
            phones=self._phones(),
            emails=tuple(email for email in (service.email, *service.more_emails) if email),
            website=service.url,
            places=places,
            opening=self._opening_of(None) if self._rows(None) else _best([place.opening for place in places]),
            open_on_holidays=service.holidays == "open",
            closures=self._closures(today),
            hours_note=self._text("service", service.id, "hours_note", service.hours_note),
            description=self._text("service", service.id, "description", service.description),
            conditions=self._text("service", service.id, "conditions", service.eligibility_description),
            how_to_apply=self._text("service", service.id, "how_to_apply", service.application_process),
            alert=self._text("service", service.id, "alert", service.alert),
            shared=service.shared,
            status=service.status,
            assured_date=service.assured_date,
            freshness=freshness(service.assured_date, today, owner.confirmed_days),
            confidence=service.confidence,
            sources=tuple(SourceView(entry.url, entry.supports, entry.date) for entry in service.sources),
            doubts=tuple(DoubtView(entry.field, entry.note) for entry in service.doubts if not entry.resolved_at),
            timezone=owner.timezone,
            currency=owner.currency,
            edited_by_city=service.edited_by_city,
        )

    def _zone(self) -> datetime.tzinfo:
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.owner.timezone)

    def _text(self, record_type: str, record_id: str, field: str, main: str | None) -> Prose | None:
        chosen = choose(self.texts[record_type, record_id, field], self.language, self.owner.official_languages)
        if chosen is None and main:
            # Imported records have no translations: their texts are taken for the official language.
            official = self.owner.official_languages
            return Prose(main, official[0] if official else "und")
        return chosen

    def _official_name(self) -> Prose:
        names = self.texts["service", self.service.id, "name"]
        official = self.owner.official_languages
        language = main_language(list(names), official) if names else (official[0] if official else "und")
        return Prose(names.get(language, self.service.name), language)

    def _costs(self) -> tuple[CostView, ...]:
        return tuple(
            CostView(
                cost.option or "paid",
                cost.amount,
                cost.currency,
                self._text("cost_option", cost.id, "note", cost.amount_description),
            )
            for cost in self.service.cost_options
        )

    def _phones(self) -> tuple[PhoneView, ...]:
        return tuple(
            PhoneView(
                phone.number,
                national_form(phone.number, self.owner.country),
                phone.short,
                phone.free,
                self._text("phone", phone.id, "note", phone.description),
            )
            for phone in self.service.phones
        )

    def _place(self, place: ServiceAtLocation) -> PlaceView:
        location = place.location
        address = next(iter(location.addresses), None)
        return PlaceView(
            id=location.id,
            name=self._text("location", location.id, "name", location.name),
            address=address.address_1 if address else None,
            postal_code=address.postal_code if address else None,
            city=address.city if address else None,
            country=address.country if address else None,
            note=self._text("location", location.id, "note", location.description),
            latitude=location.latitude,
            longitude=location.longitude,
            approximate=location.approximate,
            opening=self._opening_of(location.id if self._rows(location.id) else None),
        )

    def _rows(self, location: str | None) -> list[object]:
        return [row for row in self.service.schedules if row.location_id == location]

    def _opening_of(self, location: str | None) -> Opening:
        rows = [row for row in self.service.schedules if row.location_id == location]
        closed = [day for day in self.service.schedule_exceptions if day.location_id in (None, location)]
        holidays: Container[datetime.date] = self.owner.days_off
        if self.service.holidays == "open":
            holidays = ()
        return opening(rows, closed, holidays, self.at, self.owner.timezone)

    def _closures(self, today: datetime.date) -> tuple[ClosureView, ...]:
        return tuple(
            ClosureView(entry.date, entry.until or entry.date, entry.opens_at, entry.closes_at)
            for entry in self.service.schedule_exceptions
            if (entry.until or entry.date) >= today
        )


def _best(openings: Sequence[Opening]) -> Opening:
    if not openings:
        return UNKNOWN
    return min(openings, key=lambda entry: (_STATES.index(entry.state), entry.next_opens or _LATER))
