"""Signing in: passwords that count once, until a moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_signing_in"
down_revision = "0004_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment."""
    op.add_column("staff", sa.Column("one_time_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("staff", "one_time_until")
