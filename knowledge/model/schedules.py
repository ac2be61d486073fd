"""When services are open (HSDS 3.0: schedule, after RFC 5545)."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.model.base import Base, Extended, Owned, reference


class Schedule(Extended, Owned, Base):
    """One stretch of opening hours, repeated. A lunch break makes two rows.

    `byday`: "MO,WE", or with `freq` MONTHLY "1MO,-1FR". `opens_at`, `closes_at`: local time "HH:MM"; "24:00" is the
    end of the day; a closing time not after the opening time is on the following day. Rows of one place carry
    `location_id` besides `service_id`. `by_appointment` and `phone_only` rows may lack times.
    """

    __tablename__ = "schedule"

    service_id: Mapped[str | None] = reference("service.id")
    location_id: Mapped[str | None] = reference("location.id")
    service_at_location_id: Mapped[str | None] = reference("service_at_location.id")
    position: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[datetime.date | None] = mapped_column(default=None)
    valid_to: Mapped[datetime.date | None] = mapped_column(default=None)
    dtstart: Mapped[datetime.date | None] = mapped_column(default=None)
    until: Mapped[datetime.date | None] = mapped_column(default=None)
    wkst: Mapped[str | None] = mapped_column(String(2), default=None)
    freq: Mapped[str | None] = mapped_column(String(10), default=None)
    interval: Mapped[int | None] = mapped_column(default=None)
    byday: Mapped[str | None] = mapped_column(default=None)
    bymonthday: Mapped[str | None] = mapped_column(default=None)
    opens_at: Mapped[str | None] = mapped_column(String(5), default=None)
    closes_at: Mapped[str | None] = mapped_column(String(5), default=None)
    description: Mapped[str | None] = mapped_column(Text, default=None)
    schedule_link: Mapped[str | None] = mapped_column(default=None)
    attending_type: Mapped[str | None] = mapped_column(default=None)
    notes: Mapped[str | None] = mapped_column(Text, default=None)
    by_appointment: Mapped[bool] = mapped_column(default=False)
    phone_only: Mapped[bool] = mapped_column(default=False)


class ScheduleException(Owned, Base):
    """Dates (`date` to `until`, both included) on which a service is closed, or open at other hours."""

    __tablename__ = "schedule_exception"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    location_id: Mapped[str | None] = reference("location.id")
    date: Mapped[datetime.date]
    until: Mapped[datetime.date | None] = mapped_column(default=None)
    opens_at: Mapped[str | None] = mapped_column(String(5), default=None)
    closes_at: Mapped[str | None] = mapped_column(String(5), default=None)
