"""On a public holiday nobody is at the desk: a message is left, and the answer comes the next morning that it opens.

Both processes live in the moved time (``faketime``); the database is the one that the desk goes on with.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from desk_people import Sit, add_staff, come, write
from playwright.sync_api import expect
from tellers import OnTelegram, wait

from benchmarks.servers import Server, ventanilla
from knowledge.model.schedules import Schedule
from knowledge.store import Store
from tests.fakes.telegram import FakeTelegram

TOKEN = "7000003:holiday-holiday-holiday-holiday-xyz"
FAKETIME = shutil.which("faketime")
ZONE = ZoneInfo("Europe/Berlin")
HOURS = (("09:00", "12:00"), ("13:00", "16:00"))


@pytest.fixture
def at(telegram: FakeTelegram, tmp_path: Path) -> Callable[[datetime], AbstractContextManager[Server]]:
    """Return what runs the server as at a moment."""
    if FAKETIME is None:
        pytest.skip("no faketime: install Debian's package 'faketime'")

    def at(moment: datetime) -> AbstractContextManager[Server]:
        ahead = int((moment - datetime.now(UTC)).total_seconds())
        before = (str(FAKETIME), "-f", f"+{ahead}s")
        return ventanilla(tmp_path, before, telegram_token=TOKEN, telegram_api_url=telegram.url)

    return at


def christmas() -> date:
    """Return the next 25 December, a public holiday in Dortmund as the day after it is."""
    today = datetime.now(ZONE).date()
    this_year = date(today.year, 12, 25)
    return this_year if today < this_year else date(today.year + 1, 12, 25)


def next_working_day(day: date) -> date:
    """Return the first day from the 27th on that is no Saturday or Sunday."""
    found = day + timedelta(days=2)
    while found.weekday() > 4:
        found += timedelta(days=1)
    return found


def give_hours(server: Server) -> None:
    """Let the counter be open on working days, with a lunch break, as the city's editor would write it."""
    store = Store(f"sqlite:///{server.home / 'ventanilla.db'}")
    place = "dortmund-migrado/place-0"
    with store.write() as session:
        for number, (opens, closes) in enumerate(HOURS):
            session.add(
                Schedule(
                    id=f"{place}-hours-{number}",
                    territory_id="dortmund",
                    service_id="dortmund-migrado",
                    location_id=place,
                    position=number,
                    freq="WEEKLY",
                    wkst="MO",
                    byday="MO,TU,WE,TH,FR",
                    opens_at=opens,
                    closes_at=closes,
                )
            )
    store.close()


def test_a_message_left_on_a_holiday_is_answered_the_next_morning(
    at: Callable[[datetime], AbstractContextManager[Server]],
    telegram: FakeTelegram,
    sit: Callable[[str], Sit],
) -> None:
    holiday = christmas()
    opens = next_working_day(holiday)
    with at(datetime(holiday.year, 12, 25, 11, 0, tzinfo=ZONE)) as server:
        give_hours(server)
        add_staff(server, "Amal", "--languages", "ar,de,en")
        talk = OnTelegram(telegram, 7201, "ar", "dortmund")
        offer = talk.write("أريد أن أتحدث مع شخص")
        assert "9:00" in offer, "when the desk opens next"
        assert format_date(opens, "EEEE", locale="ar") in offer, "and on which day"
        assert talk.offers("handoff:message") and not talk.offers("handoff:yes")
        talk.choose("handoff:message")
        taken = talk.write("فقدت أوراقي ولا أعرف ماذا أفعل")
        assert "9:00" in taken, "the promise is repeated with the receipt"
        talk.choose("handoff:callback")
        talk.write("+49 231 000000")
        talk.write("أحتاج إلى طبيب")
    before = len(talk.seen())
    with at(datetime(opens.year, opens.month, opens.day, 9, 5, tzinfo=ZONE)) as server:
        amal = sit(server.url)("Amal")
        come(amal)
        expect(amal.get_by_text("left a message")).to_be_visible()
        amal.get_by_role("button", name="Take over").click()
        expect(amal.get_by_text("فقدت أوراقي ولا أعرف ماذا أفعل")).to_be_visible()
        expect(amal.locator(".handoff-card")).to_contain_text("+49 231 000000")
        write(amal, "صباح الخير، تعال إلى مكتبنا اليوم")
        wait(lambda: "صباح الخير، تعال إلى مكتبنا اليوم" in talk.text(), "the answer, pushed to Telegram")
    assert len(talk.seen()) == before + 2, "who joined, and the answer: nothing twice after the restart"
