"""One story, told through every channel: what a newcomer does and sees, whatever it is that they hold in their hand."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Protocol

from playwright.sync_api import Page

from tests.fakes.telegram import FakeTelegram, Message

ANSWER_SECONDS = 25.0


class Teller(Protocol):
    """A newcomer on one channel, in Turin."""

    def write(self, text: str) -> str:
        """Write and return all that was answered, as it reads."""
        ...

    def choose(self, value: str) -> str:
        """Press the newest button whose value begins so, whatever its label on this channel; return what came of it."""
        ...


class InBrowser:
    """A newcomer with a phone's browser."""

    def __init__(self, page: Page, url: str, language: str) -> None:
        self.page = page
        page.goto(f"{url}/chat/turin?language={language}")
        page.locator("[data-ready]").wait_for()
        page.locator(".message.bot").first.wait_for()

    def write(self, text: str) -> str:
        before = self._count()
        self.page.get_by_role("textbox").fill(text)
        self.page.keyboard.press("Enter")
        return self._answer(before)

    def choose(self, value: str) -> str:
        before = self._count()
        self.page.locator(f"[role=log] button[value^='{value}']").last.click()
        return self._answer(before)

    def _count(self) -> int:
        return self.page.locator(".message.bot").count()

    def _answer(self, before: int) -> str:
        wait(lambda: self._count() > before, "an answer in the browser")
        wait(lambda: self.page.locator(".working:visible").count() == 0, "the end of the answer")
        time.sleep(0.3)
        messages = self.page.locator(".message.bot").all_inner_texts()
        return "\n".join(messages[before:])


class OnTelegram:
    """A newcomer with Telegram."""

    def __init__(self, fake: FakeTelegram, user: int, language: str, territory: str = "turin") -> None:
        self.chat = fake.chat(user, language_code=language)
        self.chat.start(f"{territory}-{language}")
        wait(self.seen, "the first words on Telegram")

    def write(self, text: str) -> str:
        before = self._state()
        self.chat.say(text)
        return self._answer(before)

    def choose(self, value: str) -> str:
        before = self._state()
        for message in reversed(self.seen()):
            for row in message.keyboard:
                for button in row:
                    if button.get("callback_data", "").startswith(value):
                        self.chat.press(message, button["text"])
                        return self._answer(before)
        raise AssertionError(f"no button {value!r} among {self._buttons()}")

    def offers(self, value: str) -> bool:
        """Tell whether a button that stands for ``value`` can be pressed now."""
        return any(button.get("callback_data") == value for button in self._buttons())

    def text(self) -> str:
        """Return all that the bot wrote, as it reads now."""
        return plain("\n".join(message.text for message in self.seen()))

    def seen(self) -> list[Message]:
        """Return what the bot wrote, as it reads now."""
        return [message for message in self.chat.messages if message.from_bot]

    def _buttons(self) -> list[dict[str, str]]:
        return [button for message in self.seen() for row in message.keyboard for button in row]

    def _state(self) -> dict[int, str]:
        return {message.id: message.text for message in self.seen()}

    def _answer(self, before: dict[int, str]) -> str:
        wait(lambda: self._state() != before, "an answer on Telegram")
        time.sleep(0.7)
        return "\n".join(text for number, text in self._state().items() if before.get(number) != text)


def wait(true: Callable[[], object], what: str) -> None:
    """Wait until ``true()`` is; fail with ``what`` was waited for."""
    end = time.monotonic() + ANSWER_SECONDS
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


def plain(text: str) -> str:
    """Return text without the invisible marks that keep digits in order, and with single spaces."""
    return re.sub(r"\s+", " ", re.sub("[\u2066-\u2069\u200e\u200f]", "", text))
