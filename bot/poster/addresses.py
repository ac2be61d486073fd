"""Where a poster's codes lead, and what the Telegram bot is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

import httpx

from bot.channels.telegram.settings import BotToken
from bot.progress import Trouble

ANSWER_SECONDS = 10.0
# What t.me takes behind ?start=
LONGEST_PAYLOAD = 64
DESK = re.compile(r"[A-Za-z0-9_]{1,32}")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one poster.

    Args:
        public_url: where newcomers reach the web chat; http or https, without a path's last slash.
        territory: id; desk: the counter, or "".
        bot: the Telegram bot's user name, or "" without one.
    """

    public_url: str
    territory: str
    desk: str = ""
    bot: str = ""

    def web(self, language: str) -> str:
        """Return the address of the web chat in a language."""
        asked = {"language": language} | ({"desk": self.desk} if self.desk else {})
        return f"{self.public_url}/chat/{quote(self.territory)}?{urlencode(asked)}"

    def telegram(self, language: str) -> str:
        """Return the address that opens the bot in a language; "" without a bot.

        Raises:
            Trouble: territory, desk and language together are too long for Telegram.
        """
        if not self.bot:
            return ""
        payload = "-".join(part for part in (self.territory, self.desk, language) if part)
        if len(payload) > LONGEST_PAYLOAD:
            raise Trouble(f"'{payload}' is too long for a Telegram link: choose a shorter --desk.")
        return f"https://t.me/{self.bot}?start={payload}"

    @property
    def plain(self) -> tuple[str, ...]:
        """The addresses for people who type."""
        web = f"{self.public_url}/chat/{quote(self.territory)}".partition("://")[2]
        return (web, f"t.me/{self.bot}") if self.bot else (web,)


def checked_public_url(url: str) -> str:
    """Return the public address without a slash at its end.

    Raises:
        Trouble: there is none, or it is no web address.
    """
    if not url:
        raise Trouble("VENTANILLA_PUBLIC_URL is not set: set it to the address that newcomers' phones can open.")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Trouble(f"VENTANILLA_PUBLIC_URL is '{url}': use an address like https://chat.city.example.")
    return url.rstrip("/")


def checked_desk(desk: str, languages: list[str]) -> str:
    """Return a counter's name.

    Raises:
        Trouble: it has other signs than letters, digits and _, or reads like a language.
    """
    if desk and not DESK.fullmatch(desk):
        raise Trouble(f"--desk {desk}: use up to 32 Latin letters, digits and _.")
    if desk.lower() in {code.lower() for code in languages}:
        raise Trouble(f"--desk {desk}: this is the name of a language; choose another.")
    return desk


def bot_name(bot: BotToken, api_url: str) -> str:
    """Ask Telegram what a bot is called.

    Raises:
        Trouble: Telegram does not answer, or does not know the token.
    """
    remedy = "or leave Telegram out with --no-telegram."
    try:
        answer = httpx.get(f"{api_url}/bot{bot.token.get_secret_value()}/getMe", timeout=ANSWER_SECONDS)
    except httpx.HTTPError:
        # The error names the address, and with it the token.
        raise Trouble(f"Telegram does not answer at {api_url}: try again, {remedy}") from None
    if answer.status_code in (401, 404):
        raise Trouble(f"Telegram does not know the bot of VENTANILLA_TELEGRAM_TOKEN: correct it, {remedy}")
    try:
        return str(answer.json()["result"]["username"])
    except (ValueError, KeyError, TypeError):
        raise Trouble(f"Telegram gave no name of the bot (status {answer.status_code}): try again, {remedy}") from None
