"""Web push: the key of this installation, and the browsers of staff that want to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_push"
down_revision = "0006_telegram_known"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "push_key",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("private", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "session_hash",
            sa.String(64),
            sa.ForeignKey("staff_session.token_hash", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("endpoint_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.String(128), nullable=False),
        sa.Column("auth", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Remove both tables."""
    op.drop_table("push_subscription")
    op.drop_table("push_key")
