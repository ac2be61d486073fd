"""Words are looked up within a territory

Revision: 0002_words_by_territory, after 0001_knowledge
"""

from __future__ import annotations

from alembic import op

from knowledge import full_text

revision = "0002_words_by_territory"
down_revision = "0001_knowledge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The first revision makes the index as the program at hand wants it; here stands one that an older program made.
    if op.get_bind().dialect.name == "sqlite":
        statements = [*full_text.SQLITE_GONE, *full_text.SQLITE, *full_text.SQLITE_FILL]
    else:
        statements = [*full_text.POSTGRESQL_GONE, *full_text.POSTGRESQL]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    # The index can be made anew from its table at any time, so it stays as it is until the first revision removes it.
    pass
