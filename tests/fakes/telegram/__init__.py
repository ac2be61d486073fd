"""A strict fake of Telegram's Bot API: real HTTP, Telegram's refusals and wording, faults on purpose, and people to talk with.

```python
with FakeTelegram() as fake:
    bot = fake.bot("7000001:token", "ventanilla_bot")   # VENTANILLA_TELEGRAM_API_URL = fake.url
    chat = fake.chat(1001, language_code="ar")
    chat.start("turin")
    chat.wait_for(1)                                    # inside one event loop: await chat.until(1)
    chat.press(chat.last, "English")
    assert fake.violations == []
```
"""

from tests.fakes.telegram.fake import FakeTelegram
from tests.fakes.telegram.faults import Fault, cut_after, cut_before, server_error, slow, too_many_requests
from tests.fakes.telegram.limits import Limits
from tests.fakes.telegram.state import Message

__all__ = [
    "FakeTelegram",
    "Fault",
    "Limits",
    "Message",
    "cut_after",
    "cut_before",
    "server_error",
    "slow",
    "too_many_requests",
]
