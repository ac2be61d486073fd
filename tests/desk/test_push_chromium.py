"""The button "Tell me on this device" in a real browser, behind the real doors.

Chromium without a window has no push service: signing up fails there for real. Where it has to work, the page gets a
browser whose push service answers; that is a server of others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect

from bot.records import push
from tests.channels.web.test_accessible import findings
from tests.desk.conftest import WIDE
from tests.fakes.push import FakeBrowser
from tests.security.door_server import PASSWORD, DoorServer, address

Open = Callable[..., Page]
# What a browser with a push service has: one subscription, kept as long as nobody ends it.
SERVICE = """
(() => {
  const shape = %s, name = "its-subscription";
  const made = () => ({ endpoint: shape.endpoint, toJSON: () => shape, unsubscribe: async () => { localStorage.removeItem(name); return true; } });
  PushManager.prototype.getSubscription = async () => (localStorage.getItem(name) ? made() : null);
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new DOMException("bad key", "InvalidAccessError");
    localStorage.setItem(name, "yes");
    return made();
  };
})();
"""


@pytest.fixture
def server(database: str) -> Iterator[DoorServer]:
    with DoorServer(database) as running:
        running.add("Marta")
        yield running


@pytest.fixture
def opened(browser: Chromium, server: DoorServer) -> Iterator[Open]:
    contexts: list[BrowserContext] = []

    def open_desk(*, allowed: bool = True, script: str = "") -> Page:
        context = browser.new_context(viewport=WIDE, locale="en-GB")  # type: ignore[arg-type]
        context.set_default_timeout(8000)
        contexts.append(context)
        if allowed:
            context.grant_permissions(["notifications"], origin=server.url)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        signed_in(page, server)
        return page

    yield open_desk
    for context in contexts:
        context.close()


def signed_in(page: Page, server: DoorServer, name: str = "Marta") -> None:
    page.goto(f"{server.url}/desk")
    page.locator("[name=email]").fill(address(name))
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page.locator("#queue")).to_be_visible()


def devices(server: DoorServer) -> list[str]:
    with server.parts.store.session() as session:
        return [one.endpoint for one in push.at_desk(session, "turin")]


def test_what_goes_wrong_is_said_in_a_line(opened: Open, server: DoorServer) -> None:
    page = opened()
    button = page.get_by_role("button", name="Tell me on this device")
    button.click()
    expect(page.locator("#push-said")).to_contain_text("did not work", timeout=15_000)
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_be_enabled()
    assert findings(page) == []
    assert devices(server) == []


def test_a_browser_that_may_not_show_notifications_is_told_where_to_change_that(
    opened: Open, server: DoorServer
) -> None:
    page = opened(allowed=False)
    page.get_by_role("button", name="Tell me on this device").click()
    expect(page.locator("#push-said")).to_contain_text("does not allow notifications")
    assert devices(server) == []


def test_a_device_is_signed_up_stays_so_for_its_person_and_is_signed_off(opened: Open, server: DoorServer) -> None:
    server.add("Bea")
    device = FakeBrowser("https://push.example.com", "")
    shape = {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}
    page = opened(script=SERVICE % json.dumps(shape))
    button = page.get_by_role("button", name="Tell me on this device")
    button.click()
    expect(page.locator("#push-said")).to_contain_text("This device tells you")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert devices(server) == [device.endpoint]
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/desk/sign-in*")
    assert devices(server) == []
    # Somebody else at the same browser did not ask for it.
    signed_in(page, server, "Bea")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert devices(server) == []
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/desk/sign-in*")
    signed_in(page, server)
    expect(button).to_have_attribute("aria-pressed", "true")
    assert devices(server) == [device.endpoint]
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert devices(server) == []


def test_the_service_worker_shows_that_somebody_waits(opened: Open, server: DoorServer) -> None:
    page = opened()
    page.get_by_role("button", name="Tell me on this device").click()
    expect(page.locator("#push-said")).to_contain_text("did not work", timeout=15_000)
    devtools = page.context.new_cdp_session(page)
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    said = {"title": "Somebody is waiting", "body": "Please look", "language": "en", "url": "https://evil.example/"}
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": server.url, "registrationId": registrations[-1], "data": json.dumps(said)},
    )
    page.wait_for_function(SHOWN)
    assert page.evaluate(NOTIFICATIONS) == [["Somebody is waiting", "Please look", "waiting"]]


NOTIFICATIONS = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/desk");
  return (await registration.getNotifications()).map((one) => [one.title, one.body, one.tag]);
}"""
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/desk");
  return (await registration.getNotifications()).length > 0;
}"""
