"""Texts of records in each language."""

from __future__ import annotations

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.model.base import Base, Owned, reference


class Translation(Owned, Base):
    """One text of one record in one language.

    `record_type`: a table (service, location, phone, cost_option, territory, territory_number); `service_id` is the service it
    belongs to, if any. `state`: source (written in this language) | draft | reviewed | outdated.
    `source_hash`: of the text it was translated from (`knowledge.texts.text_hash`).
    """

    __tablename__ = "translation"
    __table_args__ = (
        UniqueConstraint("record_type", "record_id", "field", "language"),
        Index("ix_translation_language", "territory_id", "language", "state"),
    )

    record_type: Mapped[str] = mapped_column(String(30))
    record_id: Mapped[str] = mapped_column(String(120))
    service_id: Mapped[str | None] = reference("service.id")
    field: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    source_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    reviewed_by: Mapped[str | None] = mapped_column(default=None)
