"""Rows made for finding services fast. They repeat what records say: `knowledge.search_rows` writes them."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.model.base import IDENTIFIER_LENGTH, Base


class ServiceTopic(Base):
    """A service under one of its topics, with all that ranking needs, so that a search reads one range of one table.

    The key leads with territory, topic and `standing` (smaller is better): that is the order of an answer without wishes.
    `flags`: bits of `knowledge.flags.Flag`. `languages`, `offers`: codes, each between spaces. `monday` … `sunday`: bit n
    is set if the service may be open in the n-th half hour. `points`: how many places have coordinates.
    """

    __tablename__ = "service_topic"
    __table_args__ = (
        Index("ix_service_topic_service", "service_id", "position"),
        # Rows are read in ranges and in full: a second B-tree would only cost a lookup for each of them.
        {"sqlite_with_rowid": False},
    )

    territory_id: Mapped[str] = mapped_column(String(IDENTIFIER_LENGTH), primary_key=True)
    topic: Mapped[str] = mapped_column(String(60), primary_key=True)
    standing: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    flags: Mapped[int] = mapped_column(BigInteger)
    languages: Mapped[str] = mapped_column(Text, default="")
    offers: Mapped[str] = mapped_column(Text, default="")
    latitude: Mapped[float | None] = mapped_column(default=None)
    longitude: Mapped[float | None] = mapped_column(default=None)
    points: Mapped[int] = mapped_column(default=0)
    monday: Mapped[int] = mapped_column(BigInteger, default=0)
    tuesday: Mapped[int] = mapped_column(BigInteger, default=0)
    wednesday: Mapped[int] = mapped_column(BigInteger, default=0)
    thursday: Mapped[int] = mapped_column(BigInteger, default=0)
    friday: Mapped[int] = mapped_column(BigInteger, default=0)
    saturday: Mapped[int] = mapped_column(BigInteger, default=0)
    sunday: Mapped[int] = mapped_column(BigInteger, default=0)


class ServiceWords(Base):
    """The words of a service, folded (`knowledge.words.fold`). The full-text index of either database is built on it."""

    __tablename__ = "service_words"

    number: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), unique=True)
    territory_id: Mapped[str] = mapped_column(String(IDENTIFIER_LENGTH), index=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
