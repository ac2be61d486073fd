"""Codes on records and where they come from (HSDS 3.0: taxonomy, taxonomy_term, attribute, metadata)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.model.base import Base, Extended, Identified, Owned


class Taxonomy(Extended, Identified, Base):
    """A list of terms from elsewhere. Our own vocabularies are files, not rows."""

    __tablename__ = "taxonomy"

    name: Mapped[str]
    description: Mapped[str | None] = mapped_column(Text, default=None)
    uri: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[str | None] = mapped_column(default=None)


class TaxonomyTerm(Extended, Identified, Base):
    """One term of a taxonomy from elsewhere."""

    __tablename__ = "taxonomy_term"

    taxonomy_id: Mapped[str | None] = mapped_column(ForeignKey("taxonomy.id", ondelete="CASCADE"), default=None)
    parent_id: Mapped[str | None] = mapped_column(default=None)
    code: Mapped[str | None] = mapped_column(default=None)
    name: Mapped[str]
    description: Mapped[str | None] = mapped_column(Text, default=None)
    taxonomy: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str | None] = mapped_column(default=None)
    term_uri: Mapped[str | None] = mapped_column(default=None)


class ServiceTag(Owned, Base):
    """A code on a service. `vocabulary`: topics | offers | audiences | ways. `position` 0 is the most important."""

    __tablename__ = "service_tag"
    __table_args__ = (Index("ix_service_tag_code", "vocabulary", "code"),)

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    vocabulary: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)


class Attribute(Extended, Owned, Base):
    """A term or value on any record (`link_entity`, `link_id`)."""

    __tablename__ = "attribute"
    __table_args__ = (Index("ix_attribute_link", "link_entity", "link_id"),)

    link_id: Mapped[str]
    link_entity: Mapped[str]
    link_type: Mapped[str | None] = mapped_column(default=None)
    taxonomy_term_id: Mapped[str | None] = mapped_column(
        ForeignKey("taxonomy_term.id", ondelete="SET NULL"), default=None
    )
    value: Mapped[str | None] = mapped_column(Text, default=None)


class Metadata(Extended, Owned, Base):
    """A change of one field of any record (`resource_type`, `resource_id`). Dates are ISO 8601 texts."""

    __tablename__ = "metadata"
    __table_args__ = (Index("ix_metadata_resource", "resource_type", "resource_id"),)

    resource_id: Mapped[str]
    resource_type: Mapped[str]
    last_action_date: Mapped[str]
    last_action_type: Mapped[str]
    field_name: Mapped[str]
    previous_value: Mapped[str] = mapped_column(Text, default="")
    replacement_value: Mapped[str] = mapped_column(Text, default="")
    updated_by: Mapped[str]
