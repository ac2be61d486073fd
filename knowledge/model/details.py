"""Facts about a service (HSDS 3.0: cost_option, required_document, language, accessibility, service_area)."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.model.base import Base, Extended, Owned, reference


class CostOption(Extended, Owned, Base):
    """What it costs. `option` is a code of the vocabulary `costs`, or words if the record was imported."""

    __tablename__ = "cost_option"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[datetime.date | None] = mapped_column(default=None)
    valid_to: Mapped[datetime.date | None] = mapped_column(default=None)
    option: Mapped[str | None] = mapped_column(default=None)
    currency: Mapped[str | None] = mapped_column(String(3), default=None)
    amount: Mapped[float | None] = mapped_column(default=None)
    amount_description: Mapped[str | None] = mapped_column(Text, default=None)


class RequiredDocument(Extended, Owned, Base):
    """What to bring. `document` is a code of the vocabulary `documents`, or words if the record was imported."""

    __tablename__ = "required_document"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    document: Mapped[str | None] = mapped_column(Text, default=None)
    uri: Mapped[str | None] = mapped_column(default=None)


class Language(Extended, Owned, Base):
    """A language (`code`: BCP 47) spoken at a service, at a place or on a phone."""

    __tablename__ = "language"

    service_id: Mapped[str | None] = reference("service.id")
    location_id: Mapped[str | None] = reference("location.id")
    phone_id: Mapped[str | None] = reference("phone.id")
    position: Mapped[int] = mapped_column(default=0)
    code: Mapped[str | None] = mapped_column(default=None)
    name: Mapped[str | None] = mapped_column(default=None)
    note: Mapped[str | None] = mapped_column(Text, default=None)


class Accessibility(Extended, Owned, Base):
    """How people with disabilities get in. `code`: of the vocabulary `accessibility`; prose only in imported rows."""

    __tablename__ = "accessibility"

    service_id: Mapped[str | None] = reference("service.id")
    location_id: Mapped[str | None] = reference("location.id")
    position: Mapped[int] = mapped_column(default=0)
    code: Mapped[str | None] = mapped_column(default=None)
    description: Mapped[str | None] = mapped_column(Text, default=None)
    details: Mapped[str | None] = mapped_column(Text, default=None)
    url: Mapped[str | None] = mapped_column(default=None)


class ServiceArea(Extended, Owned, Base):
    """The area whose people a service takes."""

    __tablename__ = "service_area"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    name: Mapped[str | None] = mapped_column(Text, default=None)
    description: Mapped[str | None] = mapped_column(Text, default=None)
    extent: Mapped[str | None] = mapped_column(Text, default=None)
    extent_type: Mapped[str | None] = mapped_column(default=None)
    uri: Mapped[str | None] = mapped_column(default=None)
