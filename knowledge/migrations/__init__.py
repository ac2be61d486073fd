"""Brings a database to the version of the program: `upgrade(store)`."""

from knowledge.migrations.upgrade import HalfMigrated, Upgrade, current_revision, upgrade

__all__ = ["HalfMigrated", "Upgrade", "current_revision", "upgrade"]
