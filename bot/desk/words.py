"""The desk's words in one staff member's language: texts, names of codes, spans and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent

from bot.conversation import languages
from bot.conversation.messages import Direction
from bot.conversation.wording import Wording

DAY = timedelta(days=1)


class DeskWords:
    """Words for one reader. ``zone`` is the time zone of the desk's territory."""

    def __init__(self, wording: Wording, language: str, zone: str) -> None:
        self._wording = wording
        self.language = language if wording.speaks(language) else "en"
        self.zone = ZoneInfo(zone)
        self.locale = languages.locale(self.language)

    @property
    def dir(self) -> Direction:
        """Script direction of the reader's language."""
        return languages.direction(self.language)

    def text(self, name: str, /, **gaps: object) -> str:
        """Return the text ``desk.<name>``."""
        return self._wording.text(f"desk.{name}", self.language, **gaps)

    def count(self, name: str, n: int, /, **gaps: object) -> str:
        """Return the plural form of ``desk.<name>`` for ``n``."""
        return self._wording.plural(f"desk.{name}", n, self.language, **gaps)

    def code(self, kind: str, code: str | None) -> str:
        """Return a code of the vocabularies in words (``topic``, ``circumstance``, ``territory`` …), itself if unknown."""
        msgid = f"{kind}.{code}"
        return self._wording.text(msgid, self.language) if code and self._wording.has(msgid) else code or ""

    def topic(self, code: str | None) -> str:
        """Return a topic's name; what it is called when there is none."""
        return self.code("topic", code) if code else self.text("no_topic")

    def tongue(self, code: str) -> str:
        """Return a language's name."""
        return languages.name_in(code, self.language)

    def direction(self, code: str) -> Direction:
        """Return the script direction of a language."""
        return languages.direction(code)

    def since(self, moment: datetime | None) -> str:
        """Return how long ago a moment was, in minutes, hours or days."""
        return self.span((datetime.now(UTC) - moment).total_seconds() / 60) if moment else ""

    def span(self, minutes: float | None) -> str:
        """Return a span of minutes in words; a dash for None."""
        if minutes is None:
            return "–"
        shown = timedelta(minutes=max(0, round(minutes)))
        return str(format_timedelta(shown, granularity="minute", threshold=1.2, format="short", locale=self.locale))

    def moment(self, moment: datetime | None) -> str:
        """Return a moment at the desk: the time alone for the last day, the date too for older ones."""
        if moment is None:
            return ""
        local = moment.astimezone(self.zone)
        if datetime.now(UTC) - moment < DAY / 2:
            return str(format_time(local, "short", locale=self.locale))
        return str(format_datetime(local, "short", locale=self.locale))

    def day(self, day: date) -> str:
        """Return a day and its month in figures."""
        shown = str(format_skeleton("Md", datetime(day.year, day.month, day.day), locale=self.locale))
        # CLDR's marks for right-to-left text would turn the figures around in a plot.
        return shown.replace("\u200f", "")

    def number(self, value: float | None, digits: int = 0) -> str:
        """Return a number as readers of the language write it; a dash for None."""
        return "–" if value is None else str(format_decimal(round(value, digits), locale=self.locale))

    def percent(self, part: float | None) -> str:
        """Return a part of one in per cent; a dash for None."""
        return "–" if part is None else str(format_percent(part, locale=self.locale))
