"""What the Telegram channel needs to know of the installation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

TELEGRAM = "https://api.telegram.org"
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_TERRITORY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class BotToken:
    """One bot. ``territory``: the only one that it serves; None when it serves them all."""

    token: SecretStr
    territory: str | None = None

    @property
    def number(self) -> int:
        """Telegram's id of the bot, which is the part of the token before the colon and no secret."""
        return int(self.token.get_secret_value().partition(":")[0])


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """Settings of the Telegram channel.

    ``webhook``: Telegram posts updates below ``public_url`` (https) instead of being asked for them; ``api_url``: another
    Bot API server; ``poll_seconds``: how long Telegram holds a question for updates; ``request_seconds``: after this an
    answer of Telegram's counts as lost, and after as long again it is looked for; ``largest_file`` in bytes;
    ``look_seconds``: how often messages that another process stored are looked for.
    """

    bots: Sequence[BotToken] = ()
    webhook: bool = False
    public_url: str = ""
    api_url: str = TELEGRAM
    default_language: str = "en"
    poll_seconds: int = 25
    request_seconds: float = 15.0
    largest_file: int = 10 * 1024 * 1024
    look_seconds: float = 5.0
    typing_after: float = 0.3
    typing_every: float = 4.0


def read_tokens(text: str) -> tuple[BotToken, ...]:
    """Return the bots of the setting ``telegram_token``: one token, or ``turin=TOKEN,athens=TOKEN``; none when empty.

    Raises:
        ValueError: it is neither; the message says what is expected and shows no token.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) == 1 and "=" not in parts[0]:
        return (BotToken(_token(parts[0])),)
    bots = []
    for part in parts:
        territory, equals, token = (piece.strip() for piece in part.partition("="))
        if not equals or not _TERRITORY.fullmatch(territory):
            raise ValueError("use one token for all territories, or territory=token pairs with commas between them")
        bots.append(BotToken(_token(token), territory))
    if len({bot.number for bot in bots}) < len(bots) or len({bot.territory for bot in bots}) < len(bots):
        raise ValueError("name each bot and each territory once")
    return tuple(bots)


def _token(text: str) -> SecretStr:
    if not _TOKEN.fullmatch(text):
        raise ValueError("a token has the form 123456:letters-and-digits, as @BotFather gives it")
    return SecretStr(text)
