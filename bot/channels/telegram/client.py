"""What the channel asks of Telegram, one method each, with failures told by what they mean for a delivery."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.channels.telegram.keyboards import Row
from bot.channels.telegram.rendering import Part
from bot.channels.telegram.settings import BotToken, TelegramSettings

CONNECTIONS = 48
KEPT_SECONDS = 30.0
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
# What Telegram says when nobody is there (any more).
_GONE = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid", "bot was kicked")
# The connection broke before anything went out.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Trouble(Exception):
    """Telegram did not do what it was asked for."""


class TooFast(Trouble):
    """Telegram wants to be left alone for ``seconds``; nothing was done."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Gone(Trouble):
    """The person blocked the bot, left, or never wrote to it."""


class Refused(Trouble):
    """Telegram will never take this request as it is. The text is Telegram's and may hold parts of a message."""


class NotSent(Trouble):
    """Nothing reached Telegram."""


class Unsure(Trouble):
    """Nobody knows whether it was done: the connection broke, or Telegram failed half-way."""


class Late(Unsure):
    """No answer in time: it may even be done later."""


class WrongToken(Trouble):
    """Telegram does not know the bot's token."""


class OtherPoller(Trouble):
    """Another program asks for this bot's updates, or a webhook is set."""


@contextmanager
def explained() -> Iterator[None]:
    """Turn python-telegram-bot's errors into those above."""
    try:
        yield
    except RetryAfter as error:
        after = error.retry_after
        raise TooFast(after.total_seconds() if isinstance(after, timedelta) else float(after)) from error
    except Forbidden as error:
        raise Gone from error
    except BadRequest as error:
        raise (Gone if any(words in error.message.lower() for words in _GONE) else Refused)(error.message) from error
    except InvalidToken as error:
        raise WrongToken from error
    except Conflict as error:
        raise OtherPoller from error
    except NetworkError as error:
        if isinstance(error.__cause__, _BEFORE_SENDING):
            raise NotSent from error
        raise (Late if isinstance(error, TimedOut) else Unsure) from error
    except TelegramError as error:
        raise Unsure from error


class Client:
    """One bot's connection. Nothing connects before the first call. Every method may raise ``Trouble``."""

    def __init__(self, bot: BotToken, settings: TelegramSettings) -> None:
        # Without it python-telegram-bot warns at every 429 that durations will be timedeltas one day.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        # It logs what it cannot read, which may hold messages.
        logging.getLogger("telegram").setLevel(logging.CRITICAL)
        self._bot = Bot(
            token=bot.token.get_secret_value(),
            base_url=f"{settings.api_url.rstrip('/')}/bot",
            base_file_url=f"{settings.api_url.rstrip('/')}/file/bot",
            request=_request(CONNECTIONS, settings.request_seconds),
            get_updates_request=_request(1, settings.request_seconds),
        )
        self._poll_seconds = settings.poll_seconds
        self.request_seconds = settings.request_seconds

    async def close(self) -> None:
        """Close the connections."""
        for request in self._bot._request:
            await request.shutdown()

    async def username(self) -> str:
        """Return the bot's name without @."""
        with explained():
            return (await self._bot.get_me()).username or ""

    async def updates(self, offset: int | None, *, wait: bool) -> Sequence[Update]:
        """Return what came in.

        Args:
            offset: everything before it counts as taken; wait: until something comes, but not for ever.
        """
        with explained():
            return await self._bot.get_updates(
                offset=offset, timeout=self._poll_seconds if wait else 0, allowed_updates=ALLOWED_UPDATES
            )

    def update(self, shape: Mapping[str, object]) -> Update | None:
        """Return an update that was posted as JSON."""
        return Update.de_json(dict(shape), self._bot)

    async def send(self, chat: int, part: Part, *, plain: bool = False) -> int:
        """Send a part and return its message id; ``plain``: without markup and links, for when Telegram refused those."""
        with explained():
            return (await self._bot.send_message(chat_id=chat, **_content(part, plain))).message_id

    async def edit(self, chat: int, message: int, part: Part, *, plain: bool = False) -> None:
        """Make a message of ours show ``part``; it is fine when it does already."""
        try:
            with explained():
                await self._bot.edit_message_text(chat_id=chat, message_id=message, **_content(part, plain))
        except Refused as error:
            if not is_unchanged(error):
                raise

    async def send_file(
        self, chat: int, part: Part, name: str, content: bytes, *, picture: bool, plain: bool = False
    ) -> int:
        """Send a file with ``part`` as its caption and return the message id; ``picture``: shown, not only to be saved."""
        caption: dict[str, Any] = {
            "caption": (part.plain if plain else part.html) or None,
            "parse_mode": None if plain else ParseMode.HTML,
        }
        with explained():
            if picture and not plain:
                sent = await self._bot.send_photo(chat_id=chat, photo=content, filename=name, **caption)
            else:
                sent = await self._bot.send_document(chat_id=chat, document=content, filename=name, **caption)
            return sent.message_id

    async def has_no_buttons(self, chat: int, message: int) -> bool:
        """Tell whether a message of ours stands there without buttons: taking them away changes nothing."""
        try:
            with explained():
                await self._bot.edit_message_reply_markup(chat_id=chat, message_id=message, reply_markup=None)
        except Refused as error:
            return is_unchanged(error)
        return True

    async def take_keyboard(self, chat: int, message: int) -> None:
        """Take a message's buttons away; it is fine when it has none or is gone."""
        try:
            with explained():
                await self._bot.edit_message_reply_markup(chat_id=chat, message_id=message, reply_markup=None)
        except Refused:
            return

    async def send_text(self, chat: int, text: str) -> int:
        """Send plain text and return its message id."""
        return await self.send(chat, Part(text, text), plain=True)

    async def send_contact(self, chat: int, number: str, name: str) -> int:
        """Send a contact card and return its message id."""
        with explained():
            return (await self._bot.send_contact(chat_id=chat, phone_number=number, first_name=name)).message_id

    async def type(self, chat: int) -> None:
        """Show for some seconds that an answer is being written."""
        with explained():
            await self._bot.send_chat_action(chat_id=chat, action=ChatAction.TYPING)

    async def answer_press(self, query: str) -> None:
        """Tell the phone that a press has arrived; it is fine when it stopped waiting for that."""
        try:
            with explained():
                await self._bot.answer_callback_query(query)
        except Refused:
            return

    async def leave(self, chat: int) -> None:
        """Leave a group."""
        with explained():
            await self._bot.leave_chat(chat)

    async def download(self, file: str) -> bytes:
        """Return the content of a file that somebody sent."""
        with explained():
            return bytes(await (await self._bot.get_file(file)).download_as_bytearray())

    async def publish(self, commands: Mapping[str, str], about: str, description: str, language: str) -> None:
        """Publish what Telegram shows of the bot: commands with descriptions, and who it is.

        Args:
            about: on the bot's profile, at most 120 characters; description: in an empty chat, at most 512;
            language: two letters of ISO 639-1, "" for all others.
        """
        listed = [BotCommand(name, words) for name, words in commands.items()]
        with explained():
            await self._bot.set_my_commands(listed, scope=BotCommandScopeAllPrivateChats(), language_code=language)
            await self._bot.set_my_short_description(about, language_code=language)
            await self._bot.set_my_description(description, language_code=language)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to ``url`` with ``secret`` in their header."""
        with explained():
            await self._bot.set_webhook(url, allowed_updates=ALLOWED_UPDATES, secret_token=secret)

    async def delete_webhook(self) -> None:
        """Have updates kept until they are asked for."""
        with explained():
            await self._bot.delete_webhook()


def is_unchanged(error: Refused) -> bool:
    """Tell whether Telegram refused an edit because the message shows exactly that already."""
    return "message is not modified" in str(error).lower()


def _request(connections: int, seconds: float) -> HTTPXRequest:
    limits = httpx.Limits(max_connections=connections, keepalive_expiry=KEPT_SECONDS)
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=seconds,
        write_timeout=seconds,
        connect_timeout=min(10.0, seconds),
        pool_timeout=seconds,
        httpx_kwargs={"limits": limits},
    )


def _content(part: Part, plain: bool) -> dict[str, Any]:
    rows = [[button for button in row if button.data or not plain] for row in part.rows]
    return {
        "text": part.plain if plain else part.html,
        "parse_mode": None if plain else ParseMode.HTML,
        "link_preview_options": NO_PREVIEW,
        "reply_markup": _markup([tuple(row) for row in rows if row]),
    }


def _markup(rows: Sequence[Row]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(button.label, url=button.url)
                if button.url
                else InlineKeyboardButton(button.label, callback_data=button.data)
                for button in row
            ]
            for row in rows
        ]
    )
