"""The web chat: pages for newcomers, a script for cities' own sites, and the HTTP interface under both."""

from bot.channels.web.channel import create_routes
from bot.channels.web.headers import web_middleware
from bot.channels.web.settings import WebSettings

__all__ = ["WebSettings", "create_routes", "web_middleware"]
