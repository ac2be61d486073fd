"""Devices are told that somebody waits, through a real push service over HTTPS that reads every message."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.migrate import RECORDS_MIGRATIONS
from bot.conversation.wording import Wording
from bot.pushing import Pushing, Unusable
from bot.records import conversations as records
from bot.records import handoffs, push, staff
from bot.security import outside
from bot.security.outside import NotOutside
from knowledge.migrations import upgrade
from knowledge.store import Store
from tests.fakes.push import FakeBrowser, FakePush

DESK = "https://c.example/desk"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path / 'desk.db'}")
    upgrade(made, [RECORDS_MIGRATIONS])
    return made


@pytest.fixture
def fake() -> Iterator[FakePush]:
    with FakePush() as running:
        yield running


@pytest.fixture
def pushing(store: Store, fake: FakePush) -> Pushing:
    return Pushing(store, Wording(), contact="desk@city.example", desk_url=DESK, trusted=fake.trusted)


def works(store: Store, name: str, **more: str) -> tuple[int, str]:
    """Store a caseworker and return the id and the token of a signed-in browser."""
    row = {"territory": "turin", "role": "caseworker", "language": "de", **more}
    with store.write() as session:
        made = staff.add(session, email=f"{name}@{row['territory']}.example", name=name, **row)
        return made.id, staff.sign_in(session, made)[0]


def waits(store: Store, *, minutes: int = 3, territory: str = "turin") -> int:
    with store.write() as session:
        talk, _ = records.create(session, territory=territory, channel="web", language="ar", chosen=False)
        row = handoffs.request(session, talk, reason="asked", card={"topics": ["housing"]})
        row.requested_at -= timedelta(minutes=minutes)
        return row.id


async def signed_up(pushing: Pushing, fake: FakePush, token: str) -> FakeBrowser:
    browser = fake.browser(await pushing.public_key())
    await pushing.subscribe(token, browser.endpoint, browser.p256dh, browser.auth)
    return browser


def devices(store: Store, territory: str = "turin") -> int:
    with store.session() as session:
        return len(push.at_desk(session, territory))


async def test_every_device_of_the_desk_is_told_once_and_of_nobody(
    store: Store, pushing: Pushing, fake: FakePush
) -> None:
    phone = await signed_up(pushing, fake, works(store, "amal")[1])
    elsewhere = await signed_up(pushing, fake, works(store, "zoe", territory="madrid", language="es")[1])
    waits(store)
    assert await pushing.tell() == 1
    assert await pushing.tell() == 0, "once for each newcomer"
    (said,) = phone.read
    assert said["url"] == DESK and said["language"] == "de"
    assert "wartet" in said["body"] and set(said) == {"title", "body", "language", "url"}
    assert elsewhere.read == []
    waits(store)
    assert await pushing.tell() == 1, "somebody else waits"
    assert fake.violations == []


async def test_nobody_is_told_while_somebody_watches_or_hardly_anyone_waited(
    store: Store, pushing: Pushing, fake: FakePush
) -> None:
    amal, token = works(store, "amal")
    phone = await signed_up(pushing, fake, token)
    waits(store, minutes=0)
    assert await pushing.tell() == 0
    waits(store)
    with store.write() as session:
        staff.set_presence(session, amal, "available")
    assert await pushing.tell() == 0
    assert phone.tries == 0


@pytest.mark.parametrize("how", ["gone", "unknown"])
async def test_a_device_that_its_service_knows_no_more_is_removed(
    store: Store, pushing: Pushing, fake: FakePush, how: str
) -> None:
    phone = await signed_up(pushing, fake, works(store, "amal")[1])
    if how == "gone":
        phone.gone = True
    else:
        del fake.browsers[phone.id]
    waits(store)
    assert await pushing.tell() == 0
    assert devices(store) == 0


async def test_a_busy_service_is_given_the_time_it_asks_for_and_then_told(
    store: Store, pushing: Pushing, fake: FakePush, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await signed_up(pushing, fake, works(store, "amal")[1])
    phone.next(429, **{"retry-after": "120"})
    waits(store)
    assert await pushing.tell() == 0
    assert await pushing.tell() == 0
    assert phone.tries == 1, "not before the time"
    real = time.monotonic
    monkeypatch.setattr("bot.pushing.time.monotonic", lambda: real() + 121)
    assert await pushing.tell() == 1
    assert len(phone.read) == 1


async def test_a_service_out_of_reach_harms_nobody_and_keeps_no_secret_in_the_log(
    store: Store, pushing: Pushing, fake: FakePush, caplog: pytest.LogCaptureFixture
) -> None:
    token = works(store, "amal")[1]
    phone = await signed_up(pushing, fake, token)
    other = fake.browser(await pushing.public_key())
    dead = "https://localhost:9/send/secret-address"
    await pushing.subscribe(works(store, "bea")[1], dead, other.p256dh, other.auth)
    waits(store)
    with caplog.at_level(logging.DEBUG, logger="bot"):
        assert await pushing.tell() == 1
    assert len(phone.read) == 1
    kept = [str(record.__dict__) for record in caplog.records if record.name.startswith("bot")]
    assert kept and not any("secret-address" in line or phone.id in line or "PRIVATE" in line for line in kept)


@pytest.mark.parametrize("how", ["sign_out", "disable", "password"])
async def test_who_leaves_is_told_no_more(store: Store, pushing: Pushing, fake: FakePush, how: str) -> None:
    amal, token = works(store, "amal")
    phone = await signed_up(pushing, fake, token)
    assert devices(store) == 1
    with store.write() as session:
        row = session.get_one(staff.Staff, amal)
        if how == "sign_out":
            staff.sign_out(session, token)
        elif how == "disable":
            staff.switch(session, row, on=False)
        else:
            staff.set_password(session, row, "hash")
    with store.write() as session:
        staff.switch(session, session.get_one(staff.Staff, amal), on=True)
    waits(store)
    assert await pushing.tell() == 0
    assert (devices(store), phone.tries) == (0, 0)


async def test_the_key_stays_the_same_after_a_restart_and_for_two_processes(
    store: Store, pushing: Pushing, fake: FakePush
) -> None:
    first = await pushing.public_key()
    phone = await signed_up(pushing, fake, works(store, "amal")[1])
    again = Pushing(store, Wording(), contact="https://city.example", desk_url=DESK, trusted=fake.trusted)
    waits(store)
    assert await again.tell() == 1
    assert await again.public_key() == first
    assert len(phone.read) == 1 and fake.violations == []


async def test_processes_that_need_the_first_key_at_once_agree_on_one(store: Store) -> None:
    many = [Pushing(store, Wording(), contact="desk@city.example", desk_url=DESK) for _ in range(8)]
    keys = await asyncio.gather(*(one.public_key() for one in many))
    assert len(set(keys)) == 1 and keys[0]


async def test_a_browser_belongs_to_who_signed_it_up_last(store: Store, pushing: Pushing, fake: FakePush) -> None:
    amal, token = works(store, "amal")
    phone = await signed_up(pushing, fake, token)
    zoe, hers = works(store, "zoe", territory="madrid")
    await pushing.subscribe(hers, phone.endpoint, phone.p256dh, phone.auth)
    assert (devices(store), devices(store, "madrid")) == (0, 1)
    await pushing.unsubscribe(amal, phone.endpoint)
    assert devices(store, "madrid") == 1, "nobody signs off another's device"
    await pushing.unsubscribe(zoe, phone.endpoint)
    assert devices(store, "madrid") == 0


async def test_only_the_ten_latest_devices_of_a_person_are_kept(store: Store, pushing: Pushing, fake: FakePush) -> None:
    token = works(store, "amal")[1]
    made = [await signed_up(pushing, fake, token) for _ in range(12)]
    waits(store)
    assert await pushing.tell() == 10
    assert [len(one.read) for one in made] == [0, 0] + [1] * 10


async def test_without_a_contact_there_is_no_web_push(store: Store) -> None:
    silent = Pushing(store, Wording(), contact="", desk_url=DESK)
    waits(store)
    assert await silent.public_key() == "" and await silent.tell() == 0


@pytest.mark.parametrize(
    "address",
    [
        "http://push.example.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/x",
        "https://localhost/x",
        "https://db.internal/x",
        "https://printer.local/x",
        "https://intranet/x",
        "https://push.example.com:8443/x",
        "https://user@push.example.com/x",
        "https://push.example.com\\@127.0.0.1/x",
        "https://push.example.com/x\n",
        "https://push.example.com/" + "x" * 1000,
        "https://push.example.com:x/",
        "file:///etc/passwd",
        "",
    ],
)
async def test_an_address_that_is_no_public_one_is_not_taken(store: Store, fake: FakePush, address: str) -> None:
    pushing = Pushing(store, Wording(), contact="desk@city.example", desk_url=DESK)
    browser = fake.browser(await pushing.public_key())
    with pytest.raises(NotOutside):
        await pushing.subscribe(works(store, "amal")[1], address, browser.p256dh, browser.auth)
    assert devices(store) == 0


@pytest.mark.parametrize(
    ("place", "public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::6810:84e5", True),
        ("10.0.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_places_of_this_machine_and_its_neighbours_are_not_public(place: str, public: bool) -> None:
    assert outside.is_public(place) is public


async def test_a_public_name_that_leads_to_a_private_place_is_not_called(
    store: Store, fake: FakePush, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushing = Pushing(store, Wording(), contact="desk@city.example", desk_url=DESK)
    browser = fake.browser(await pushing.public_key())
    endpoint = f"https://push.example.com/send/{browser.id}"
    await pushing.subscribe(works(store, "amal")[1], endpoint, browser.p256dh, browser.auth)

    async def rebound(host: str, port: int) -> list[str]:
        assert host == "push.example.com"
        return ["127.0.0.1"]

    monkeypatch.setattr(outside, "look_up", rebound)
    with pytest.raises(NotOutside):
        await outside.places("push.example.com", 443)
    waits(store)
    assert await pushing.tell() == 0
    assert (devices(store), browser.tries) == (1, 0)


@pytest.mark.parametrize(("p256dh", "auth"), [("", ""), ("AAAA", "AAAA"), ("ü" * 87, "x" * 22), ("B" * 87, "A" * 22)])
async def test_keys_that_are_none_are_not_taken(
    store: Store, pushing: Pushing, fake: FakePush, p256dh: str, auth: str
) -> None:
    with pytest.raises(Unusable):
        await pushing.subscribe(works(store, "amal")[1], fake.browser("x").endpoint, p256dh, auth)
