"""Telegram: newcomers talk with a bot; every message is taken once and delivered once."""

from bot.channels.telegram.channel import TelegramChannel, create_telegram
from bot.channels.telegram.settings import BotToken, TelegramSettings, read_tokens

__all__ = ["BotToken", "TelegramChannel", "TelegramSettings", "create_telegram", "read_tokens"]
