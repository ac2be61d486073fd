"""Organizations and services (HSDS 3.0: organization, service)."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.model.base import Base, Extended, Owned
from knowledge.model.details import Accessibility, CostOption, Language, RequiredDocument, ServiceArea
from knowledge.model.evidence import Doubt, Source
from knowledge.model.places import Phone, ServiceAtLocation
from knowledge.model.schedules import Schedule, ScheduleException
from knowledge.model.taxonomy import ServiceTag
from knowledge.model.texts import Translation


class Organization(Extended, Owned, Base):
    """Who offers services."""

    __tablename__ = "organization"

    name: Mapped[str]
    alternate_name: Mapped[str | None] = mapped_column(default=None)
    description: Mapped[str | None] = mapped_column(Text, default=None)
    email: Mapped[str | None] = mapped_column(default=None)
    website: Mapped[str | None] = mapped_column(default=None)


class Service(Extended, Owned, Base):
    """What a newcomer can get somewhere.

    Texts here (`name`, `description`, `eligibility_description`, `application_process`, `alert`, `hours_note`) are in the
    territory's official language if there is one, else in English, else in any; every language, this one included,
    stands in `translation`. Set them with `knowledge.texts.set_text`.

    Beyond HSDS: `papers` (not_needed | needed | None for not known), `interpreters` (yes | on_request | None),
    `holidays` (closed | open), `confidence` (sourced | recalled), `shared` (shown in the territories below),
    `edited_by_city` (seeds leave the record alone from then on).
    """

    __tablename__ = "service"
    __table_args__ = (Index("ix_service_seed", "seed_digest"),)

    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organization.id"), index=True, default=None)
    name: Mapped[str]
    alternate_name: Mapped[str | None] = mapped_column(default=None)
    description: Mapped[str | None] = mapped_column(Text, default=None)
    url: Mapped[str | None] = mapped_column(default=None)
    email: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(String(20), default="active")
    interpretation_services: Mapped[str | None] = mapped_column(Text, default=None)
    application_process: Mapped[str | None] = mapped_column(Text, default=None)
    fees_description: Mapped[str | None] = mapped_column(Text, default=None)
    eligibility_description: Mapped[str | None] = mapped_column(Text, default=None)
    minimum_age: Mapped[int | None] = mapped_column(default=None)
    maximum_age: Mapped[int | None] = mapped_column(default=None)
    assured_date: Mapped[datetime.date | None] = mapped_column(default=None)
    assurer_email: Mapped[str | None] = mapped_column(default=None)
    alert: Mapped[str | None] = mapped_column(Text, default=None)
    last_modified: Mapped[datetime.datetime | None] = mapped_column(default=None)
    papers: Mapped[str | None] = mapped_column(String(20), default=None)
    interpreters: Mapped[str | None] = mapped_column(String(20), default=None)
    booking_url: Mapped[str | None] = mapped_column(default=None)
    more_emails: Mapped[list[str]] = mapped_column(default=list)
    hours_note: Mapped[str | None] = mapped_column(Text, default=None)
    holidays: Mapped[str] = mapped_column(String(10), default="closed")
    shared: Mapped[bool] = mapped_column(default=False)
    confidence: Mapped[str] = mapped_column(String(10), default="sourced")
    review_due: Mapped[datetime.date | None] = mapped_column(default=None)
    seed_digest: Mapped[str | None] = mapped_column(String(64), default=None)
    edited_by_city: Mapped[bool] = mapped_column(default=False)

    organization: Mapped[Organization | None] = relationship()
    tags: Mapped[list[ServiceTag]] = relationship(
        order_by=ServiceTag.position, cascade="all, delete-orphan", passive_deletes=True
    )
    places: Mapped[list[ServiceAtLocation]] = relationship(
        order_by=ServiceAtLocation.position, cascade="all, delete-orphan", passive_deletes=True
    )
    phones: Mapped[list[Phone]] = relationship(
        order_by=Phone.position, cascade="all, delete-orphan", passive_deletes=True
    )
    schedules: Mapped[list[Schedule]] = relationship(
        order_by=Schedule.position, cascade="all, delete-orphan", passive_deletes=True
    )
    schedule_exceptions: Mapped[list[ScheduleException]] = relationship(
        order_by=ScheduleException.date, cascade="all, delete-orphan", passive_deletes=True
    )
    cost_options: Mapped[list[CostOption]] = relationship(
        order_by=CostOption.position, cascade="all, delete-orphan", passive_deletes=True
    )
    required_documents: Mapped[list[RequiredDocument]] = relationship(
        order_by=RequiredDocument.position, cascade="all, delete-orphan", passive_deletes=True
    )
    languages: Mapped[list[Language]] = relationship(
        order_by=Language.position, cascade="all, delete-orphan", passive_deletes=True
    )
    accessibility: Mapped[list[Accessibility]] = relationship(
        order_by=Accessibility.position, cascade="all, delete-orphan", passive_deletes=True
    )
    service_areas: Mapped[list[ServiceArea]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    sources: Mapped[list[Source]] = relationship(
        order_by=Source.position, cascade="all, delete-orphan", passive_deletes=True
    )
    doubts: Mapped[list[Doubt]] = relationship(
        order_by=Doubt.position, cascade="all, delete-orphan", passive_deletes=True
    )
    translations: Mapped[list[Translation]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
