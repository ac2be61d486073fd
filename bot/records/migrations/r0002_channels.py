"""What more channels need: attachments, the counter a poster belongs to, erasing that waits, feedback on records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_channels"
down_revision = "0001_records"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("conversation", sa.Column("desk", sa.String(32), nullable=True))
    op.add_column("conversation", sa.Column("erase_at", MOMENT, nullable=True))
    op.create_index("ix_conversation_erase_at", "conversation", ["erase_at"])
    op.add_column("message", sa.Column("attachment", sa.JSON(), nullable=True))
    op.add_column("message", sa.Column("author", sa.String(80), nullable=True))
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=True),
        sa.Column("territory_id", sa.String(64), nullable=False),
        sa.Column("service_id", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_feedback_conversation_id_conversation",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.UniqueConstraint("conversation_id", "service_id", name="uq_feedback_conversation_id_service_id"),
    )
    for column in ("conversation_id", "territory_id", "service_id"):
        op.create_index(f"ix_feedback_{column}", "feedback", [column])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("feedback")
    op.drop_index("ix_conversation_erase_at", "conversation")
    for table, column in (
        ("message", "author"),
        ("message", "attachment"),
        ("conversation", "erase_at"),
        ("conversation", "desk"),
    ):
        op.drop_column(table, column)
