"""Signed in: how long, on which pages, and with which proof; and what ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.desk.signing_in import DoorSettings
from bot.records import staff
from tests.desk.newcomer import Newcomer
from tests.security.door_server import PASSWORD, Browser, DoorServer, address, inputs

OWN = "seven green kettles sing"


def test_an_hour_without_a_click_ends_it(server: DoorServer, browser: Browser) -> None:
    server.age(unused=timedelta(minutes=59))
    assert browser.is_inside()
    server.age(unused=timedelta(minutes=59))
    assert browser.is_inside(), "the click before counted"
    server.age(unused=timedelta(minutes=61))
    assert browser.get("/desk").headers["location"] == "/desk/sign-in"


def test_what_an_open_page_asks_for_by_itself_is_no_click(server: DoorServer, browser: Browser) -> None:
    token = browser.csrf()
    server.age(unused=timedelta(minutes=50))
    before = server.sessions()[0].last_at
    assert browser.get("/desk/waiting", headers={"hx-request": "true"}).status_code == 200
    here = {"hx-request": "true", "x-csrf-token": token}
    assert browser.client.post("/desk/here", headers=here).status_code < 300
    with browser.client.stream("GET", "/desk/events", headers={"accept": "text/event-stream"}) as stream:
        assert stream.status_code == 200
    assert server.sessions()[0].last_at == before
    assert browser.client.post("/desk/presence", data={"csrf": token, "presence": "away"}).status_code < 400
    assert server.sessions()[0].last_at > before


def test_half_a_day_ends_it_in_any_case(server: DoorServer, browser: Browser) -> None:
    server.age(old=timedelta(hours=12, minutes=1))
    assert browser.get("/desk").headers["location"] == "/desk/sign-in"


def test_signing_in_anew_replaces_the_token(server: DoorServer, browser: Browser) -> None:
    before = browser.cookie
    page = server.browser().get("/desk/sign-in")
    door = page.cookies["ventanilla-door"]
    browser.client.cookies.set("ventanilla-door", door)
    browser.post("/desk/sign-in", csrf=door, email=address("Marta"), password=PASSWORD)
    assert browser.cookie != before and len(server.sessions()) == 1
    browser.client.cookies.clear()
    assert browser.get("/desk", headers={"cookie": f"ventanilla-desk={before}"}).status_code == 303


def test_a_token_set_by_somebody_else_is_not_taken_over(server: DoorServer, marta: int) -> None:
    browser = server.browser()
    browser.client.cookies.set("ventanilla-desk", "planted")
    answer = browser.sign_in("Marta")
    assert "ventanilla-desk=planted" not in str(answer.headers.get_list("set-cookie"))
    assert browser.get("/desk", headers={"cookie": "ventanilla-desk=planted"}).status_code == 303


def test_signing_out_ends_it_on_the_server(server: DoorServer, browser: Browser) -> None:
    kept = browser.cookie
    answer = browser.post("/desk/sign-out", csrf=browser.csrf())
    assert answer.headers["location"] == "/desk/sign-in?said=out" and not browser.cookie
    assert "signed out" in browser.get(answer.headers["location"]).text
    assert server.browser().get("/desk", headers={"cookie": f"ventanilla-desk={kept}"}).status_code == 303
    assert [action for _, _, action in server.audit()] == ["sign_in", "sign_out"]


def test_signing_out_by_a_link_does_nothing(browser: Browser) -> None:
    assert browser.get("/desk/sign-out").status_code == 405
    assert browser.is_inside()


def test_disabling_puts_somebody_out_at_once(server: DoorServer, browser: Browser, marta: int) -> None:
    with server.parts.store.write() as session:
        staff.switch(session, session.get_one(staff.Staff, marta), on=False)
    assert browser.get("/desk").headers["location"] == "/desk/sign-in"
    with server.parts.store.write() as session:
        staff.switch(session, session.get_one(staff.Staff, marta), on=True)
    assert not browser.is_inside(), "enabling does not bring old sessions back"


def test_another_role_counts_from_the_next_request(server: DoorServer, browser: Browser, marta: int) -> None:
    server.change(marta, role="lead")
    assert browser.get("/desk/lead").status_code == 200
    server.change(marta, role="editor")
    refused = browser.get("/desk/lead")
    assert refused.status_code == 403 and "The desk is for caseworkers" in refused.text
    assert browser.post("/desk/sign-out", **inputs(refused.text)).status_code == 303


def test_a_new_password_puts_everybody_else_out(server: DoorServer, browser: Browser) -> None:
    other = server.browser()
    other.sign_in("Marta")
    before = browser.cookie
    fields = {"csrf": browser.csrf(), "current": PASSWORD, "new": OWN, "repeated": OWN}
    assert browser.post("/desk/password", **fields).headers["location"] == "/desk"
    assert browser.is_inside() and browser.cookie != before and not other.is_inside()
    assert server.browser().sign_in("Marta").status_code == 403
    assert server.browser().sign_in("Marta", OWN).status_code == 303
    assert "password_changed" in [action for _, _, action in server.audit()]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"current": PASSWORD, "new": OWN, "repeated": OWN + "!"}, "The two new passwords are not the same."),
        ({"current": "not it, not at all", "new": OWN, "repeated": OWN}, "The password up to now is wrong."),
        ({"current": PASSWORD, "new": "kurz", "repeated": "kurz"}, "Use 10 characters or more."),
        ({"current": PASSWORD, "new": "marta@city.example", "repeated": "marta@city.example"}, "looks like your name"),
        ({"current": PASSWORD, "new": PASSWORD, "repeated": PASSWORD}, "the password that you have now"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(
    browser: Browser, fields: dict[str, str], said: str
) -> None:
    answer = browser.post("/desk/password", csrf=browser.csrf(), **fields)
    assert answer.status_code in (403, 422) and said in answer.text
    assert fields["new"] not in answer.text.replace('value="marta@city.example"', "")
    assert browser.is_inside()


def test_who_found_an_open_browser_cannot_guess_the_password(browser: Browser) -> None:
    fields = {"csrf": browser.csrf(), "current": "not it, not at all", "new": OWN, "repeated": OWN}
    codes = [browser.post("/desk/password", **fields).status_code for _ in range(6)]
    assert codes == [403] * 5 + [429]


@pytest.mark.parametrize("token", ["", "x" * 32, None])
def test_without_the_token_nothing_is_done(server: DoorServer, browser: Browser, marta: int, token: str | None) -> None:
    server.change(marta, language="de")
    fields = {"presence": "available"} | ({} if token is None else {"csrf": token})
    answer = browser.post("/desk/presence", **fields)
    assert answer.status_code == 403 and "Nichts wurde gespeichert" in answer.text
    assert server.row(marta).presence == "away"


def test_the_token_of_another_session_is_worth_nothing(server: DoorServer, browser: Browser, marta: int) -> None:
    server.add("Ines")
    other = server.browser()
    other.sign_in("Ines")
    assert browser.post("/desk/presence", csrf=other.csrf(), presence="available").status_code == 403
    assert server.row(marta).presence == "away"


def test_the_token_counts_in_the_header_too(server: DoorServer, browser: Browser, marta: int) -> None:
    headers = {"x-csrf-token": browser.csrf(), "hx-request": "true"}
    assert browser.client.post("/desk/presence", data={"presence": "available"}, headers=headers).status_code < 400
    assert server.row(marta).presence == "available"


def test_a_stream_without_a_session_ends_with_401(server: DoorServer) -> None:
    assert server.browser().get("/desk/events", headers={"accept": "text/event-stream"}).status_code == 401


def test_another_territory_sees_nothing(server: DoorServer, browser: Browser) -> None:
    Newcomer(server.url).ask()
    assert browser.get("/desk/conversations/1").status_code == 200
    server.add("Karl", territory="dortmund", role="administrator")
    karl = server.browser()
    karl.sign_in("Karl")
    assert karl.get("/desk/conversations/1").status_code == 404
    assert karl.post("/desk/conversations/1/claim", csrf=karl.csrf()).status_code == 404
    assert "/desk/conversations/1" not in karl.get("/desk").text


def test_with_https_the_cookies_belong_to_this_host_alone(database: str) -> None:
    with DoorServer(database, DoorSettings(public_url="https://chat.city.example")) as server:
        server.add("Marta")
        page = server.browser().get("/desk/sign-in")
        door = page.headers["set-cookie"]
        assert door.startswith("__Host-ventanilla-door=") and "Secure" in door and "SameSite=strict" in door
        token = inputs(page.text)["csrf"]
        answer = server.browser().client.post(
            "/desk/sign-in",
            data={"csrf": token, "email": address("Marta"), "password": PASSWORD},
            headers={"cookie": f"__Host-ventanilla-door={token}"},
        )
        cookie = answer.headers.get_list("set-cookie")[0]
        assert cookie.startswith("__Host-ventanilla-desk=")
        assert "Secure" in cookie and "HttpOnly" in cookie and "Path=/" in cookie and "Domain" not in cookie
        plain = cookie.partition(";")[0].removeprefix("__Host-")
        assert server.browser().get("/desk", headers={"cookie": plain}).status_code == 303
