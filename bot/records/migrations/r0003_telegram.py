"""Telegram: where each chat stands, and each bot's place in the queue of updates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_telegram"
down_revision = "0002_channels"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "telegram_bot",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_update", sa.BigInteger(), nullable=True),
        sa.Column("next_update_at", MOMENT, nullable=True),
        sa.Column("commands", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("bot_id", name="pk_telegram_bot"),
    )
    op.create_table(
        "telegram_chat",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=True),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("in_flight", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("keyboards", sa.JSON(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_telegram_chat_conversation_id_conversation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("bot_id", "chat_id", name="pk_telegram_chat"),
        sa.UniqueConstraint("conversation_id", name="uq_telegram_chat_conversation_id"),
    )


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("telegram_chat")
    op.drop_table("telegram_bot")
