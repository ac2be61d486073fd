"""``python -m tests.fakes.telegram --port 8081``: the fake by hand, with one person typing in this terminal.

A line is said; ``#2`` presses the second button of the last message with buttons, ``/block``, ``/unblock`` and
``/quit`` do what they say.
"""

from __future__ import annotations

import argparse
import sys
import threading

from tests.fakes.telegram.client import PrivateChat
from tests.fakes.telegram.fake import TOKEN, FakeTelegram
from tests.fakes.telegram.state import Message


def main(arguments: list[str]) -> int:
    """Serve until ``/quit`` or the end of the input."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="port on 127.0.0.1")
    parser.add_argument("--token", default=TOKEN, help="the bot's token")
    parser.add_argument("--username", default="ventanilla_bot", help="the bot's name")
    parser.add_argument("--language", default="en", help="the person's language_code")
    chosen = parser.parse_args(arguments)
    with FakeTelegram(chosen.port) as fake:
        fake.bot(chosen.token, chosen.username)
        chat = fake.chat(1001, chosen.language)
        print(f"VENTANILLA_TELEGRAM_API_URL={fake.url} VENTANILLA_TELEGRAM_TOKEN={chosen.token}")
        threading.Thread(target=_show, args=(chat,), daemon=True).start()
        for line in sys.stdin:
            if line.strip() == "/quit":
                break
            _act(chat, line.strip())
        for violation in fake.violations:
            print(f"violation: {violation}")
    return 0


def _act(chat: PrivateChat, line: str) -> None:
    try:
        if line == "/block":
            chat.block()
        elif line == "/unblock":
            chat.unblock()
        elif line.startswith("#"):
            shown = chat.keyboards[-1]
            chat.press(shown, shown.labels[int(line[1:]) - 1])
        elif line:
            chat.say(line)
    except (LookupError, ValueError) as error:
        print(f"! {error}")


def _show(chat: PrivateChat) -> None:
    seen: dict[int, int] = {}

    def news(answers: list[Message]) -> bool:
        return any(seen.get(message.id) != message.edits for message in answers)

    while True:
        for message in chat.wait_for(news, timeout=1e6):
            if seen.get(message.id) != message.edits:
                seen[message.id] = message.edits
                print(f"[{message.id}{' edited' if message.edits else ''}] {message.text or message.content}")
                for number, label in enumerate(message.labels, 1):
                    print(f"    #{number} {label}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
