"""Where services are and how to call them (HSDS 3.0: location, address, service_at_location, phone, contact)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.model.base import Base, Extended, Owned, reference


class Location(Extended, Owned, Base):
    """A place. `approximate`: the street number or the exact spot is not known. `description`: side remarks."""

    __tablename__ = "location"

    organization_id: Mapped[str | None] = reference("organization.id", cascade=False)
    location_type: Mapped[str] = mapped_column(String(10), default="physical")
    url: Mapped[str | None] = mapped_column(default=None)
    name: Mapped[str | None] = mapped_column(default=None)
    alternate_name: Mapped[str | None] = mapped_column(default=None)
    description: Mapped[str | None] = mapped_column(Text, default=None)
    transportation: Mapped[str | None] = mapped_column(Text, default=None)
    latitude: Mapped[float | None] = mapped_column(default=None)
    longitude: Mapped[float | None] = mapped_column(default=None)
    external_identifier: Mapped[str | None] = mapped_column(default=None)
    external_identifier_type: Mapped[str | None] = mapped_column(default=None)
    approximate: Mapped[bool] = mapped_column(default=False)

    addresses: Mapped[list[Address]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class Address(Extended, Owned, Base):
    """A postal or physical address of a place. Parts that are not known are None."""

    __tablename__ = "address"

    location_id: Mapped[str] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"), index=True)
    attention: Mapped[str | None] = mapped_column(default=None)
    address_1: Mapped[str | None] = mapped_column(default=None)
    address_2: Mapped[str | None] = mapped_column(default=None)
    city: Mapped[str | None] = mapped_column(default=None)
    region: Mapped[str | None] = mapped_column(default=None)
    state_province: Mapped[str | None] = mapped_column(default=None)
    postal_code: Mapped[str | None] = mapped_column(default=None)
    country: Mapped[str | None] = mapped_column(default=None)
    address_type: Mapped[str] = mapped_column(String(10), default="physical")


class ServiceAtLocation(Extended, Owned, Base):
    """A service at one of its places, in the order in which places are shown."""

    __tablename__ = "service_at_location"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    location_id: Mapped[str] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    description: Mapped[str | None] = mapped_column(Text, default=None)

    location: Mapped[Location] = relationship()


class Contact(Extended, Owned, Base):
    """A person or office to ask for."""

    __tablename__ = "contact"

    organization_id: Mapped[str | None] = reference("organization.id")
    service_id: Mapped[str | None] = reference("service.id")
    service_at_location_id: Mapped[str | None] = reference("service_at_location.id")
    location_id: Mapped[str | None] = reference("location.id")
    name: Mapped[str | None] = mapped_column(default=None)
    title: Mapped[str | None] = mapped_column(default=None)
    department: Mapped[str | None] = mapped_column(default=None)
    email: Mapped[str | None] = mapped_column(default=None)


class Phone(Extended, Owned, Base):
    """A telephone number in E.164, or as dialled if it is `short`."""

    __tablename__ = "phone"

    location_id: Mapped[str | None] = reference("location.id")
    service_id: Mapped[str | None] = reference("service.id")
    organization_id: Mapped[str | None] = reference("organization.id")
    contact_id: Mapped[str | None] = reference("contact.id")
    service_at_location_id: Mapped[str | None] = reference("service_at_location.id")
    position: Mapped[int] = mapped_column(default=0)
    number: Mapped[str]
    extension: Mapped[str | None] = mapped_column(default=None)
    type: Mapped[str | None] = mapped_column(default=None)
    description: Mapped[str | None] = mapped_column(Text, default=None)
    short: Mapped[bool] = mapped_column(default=False)
    free: Mapped[bool] = mapped_column(default=False)
