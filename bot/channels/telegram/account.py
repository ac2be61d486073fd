"""One bot as the channel knows it: its connection, its territory, its pace, and how it is doing."""

from __future__ import annotations

import asyncio
from typing import Literal

from bot.channels.telegram.client import Client
from bot.channels.telegram.numbers import Numbers
from bot.channels.telegram.pacing import Pace
from bot.channels.telegram.settings import BotToken, TelegramSettings

State = Literal["starting", "ok", "unreachable", "wrong token", "other program"]
# From good to bad: the worst of several bots is what /health tells.
STATES: tuple[State, ...] = ("ok", "starting", "unreachable", "other program", "wrong token")


class Account:
    """One bot. ``caught_up`` is set while everything that people sent so far has been received."""

    def __init__(self, bot: BotToken, settings: TelegramSettings) -> None:
        self.id = bot.number
        self.territory = bot.territory
        self.client = Client(bot, settings)
        self.pace = Pace()
        self.numbers = Numbers()
        self.caught_up = asyncio.Event()
        self.state: State = "starting"
        self.username = ""
