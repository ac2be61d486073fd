"""Alembic's entry point. `upgrade.py` hands over the connection and a list that collects the steps."""

from __future__ import annotations

from typing import Any

from alembic import context

from knowledge.model import Base

config = context.config


def _note(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
    revision = step.up_revision
    config.attributes.get("steps", []).append(f"{step.up_revision_id}: {revision.doc if revision else ''}")


def _run() -> None:
    context.configure(
        connection=config.attributes["connection"],
        target_metadata=Base.metadata,
        # SQLite alters tables only by copying them.
        render_as_batch=True,
        on_version_apply=_note,
    )
    with context.begin_transaction():
        context.run_migrations()


_run()
