"""Telegram: which message ids are known, as far as it matters for parts that may or may not have arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_telegram_known"
down_revision = "0005_signing_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("telegram_bot", sa.Column("known", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("telegram_bot", "known")
