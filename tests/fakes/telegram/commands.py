"""Commands in what people write: Telegram marks them as entities."""

from __future__ import annotations

import re

from tests.fakes.telegram.markup import Entity, units

COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?")


def command_entities(text: str) -> list[Entity]:
    """Return the ``bot_command`` entities of a text."""
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": units(found[0])}
        for found in COMMAND.finditer(text)
    ]
