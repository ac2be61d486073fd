"""What every table shares: the declarative base, owners, identifiers and fields kept for HSDS."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

IDENTIFIER_LENGTH = 120


def new_id() -> str:
    """A fresh identifier (UUID 4), as HSDS asks for."""
    return str(uuid.uuid4())


class Base(DeclarativeBase):
    """The one declarative base: the tables of conversations and staff hang on it too."""

    # Constraints need names that do not depend on the database, or later migrations cannot alter them.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {dict[str, Any]: JSON, list[Any]: JSON, list[str]: JSON, list[int]: JSON}


class Identified:
    """A row with a text identifier: the seed's own, or a UUID."""

    id: Mapped[str] = mapped_column(String(IDENTIFIER_LENGTH), primary_key=True, default=new_id)


class Owned(Identified):
    """A row that one territory owns: only that territory's editors change it."""

    @declared_attr
    def territory_id(cls) -> Mapped[str]:  # noqa: N805 (SQLAlchemy passes the class)
        return mapped_column(ForeignKey("territory.id"), index=True)


class Extended:
    """A row that keeps the HSDS fields which have no column here, so that nothing imported is lost."""

    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)


def reference(target: str, *, cascade: bool = True) -> Any:
    """An optional, indexed reference; with `cascade`, the row goes when its target goes."""
    return mapped_column(ForeignKey(target, ondelete="CASCADE" if cascade else None), index=True, default=None)
