"""What records rest on, and what is doubtful in them."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.model.base import Base, Owned


class Source(Owned, Base):
    """A public page. `date`: when it was published, as precisely as known ("2024", "2024-02", "2024-02-29")."""

    __tablename__ = "source"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    url: Mapped[str]
    supports: Mapped[str | None] = mapped_column(Text, default=None)
    date: Mapped[str | None] = mapped_column(default=None)


class Doubt(Owned, Base):
    """What an editor must check first. `field` is named as in docs/records.md."""

    __tablename__ = "doubt"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    field: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    resolved_at: Mapped[datetime.datetime | None] = mapped_column(default=None)
    resolved_by: Mapped[str | None] = mapped_column(default=None)
