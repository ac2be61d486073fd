"""The desk: where caseworkers and cultural mediators take conversations over, answer, and give them back."""

from bot.desk.routes import create_desk
from bot.desk.settings import DeskSettings

__all__ = ["DeskSettings", "create_desk"]
