"""Signing in by password: who gets in, who does not, and what is said and written down."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.security.next_page import allowed
from bot.security.passwords import new_password, weakness
from tests.security.door_server import HASHED, PASSWORD, Browser, DoorServer, address, inputs

WRONG = "not the password at all"


def alert(page: str) -> str:
    found = re.search(r'role="alert"[^>]*>([^<]*)<', page)
    return found[1] if found else ""


def test_who_knows_the_password_gets_to_the_desk(server: DoorServer, marta: int) -> None:
    browser = server.browser()
    assert browser.get("/desk").headers["location"] == "/desk/sign-in"
    answer = browser.sign_in("MARTA@city.example")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    page = browser.get("/desk")
    assert page.status_code == 200 and "Marta" in page.text
    assert server.audit() == [("turin", address("Marta"), "sign_in")]


def test_the_token_is_stored_as_a_hash_and_kept_from_scripts(server: DoorServer, browser: Browser) -> None:
    answer = server.browser().sign_in("Marta")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("ventanilla-desk="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie
    assert browser.cookie not in [one.token_hash for one in server.sessions()]


def test_a_wrong_password_and_an_unknown_address_sound_alike(server: DoorServer, marta: int) -> None:
    wrong, unknown = server.browser().sign_in("Marta", WRONG), server.browser().sign_in("Nobody", WRONG)
    assert wrong.status_code == unknown.status_code == 403
    assert alert(wrong.text) == alert(unknown.text) == "The e-mail address or the password is wrong."
    assert WRONG not in wrong.text
    assert server.audit() == [("turin", address("Marta"), "sign_in_failed"), ("", "unknown", "sign_in_failed")]
    assert server.sessions() == []


def test_a_wrong_password_and_an_unknown_address_take_equally_long(server: DoorServer, marta: int) -> None:
    def shortest(name: str) -> float:
        browser = server.browser()
        page = inputs(browser.get("/desk/sign-in").text)
        spans = []
        for _ in range(5):
            started = time.perf_counter()
            browser.post("/desk/sign-in", **page, email=address(name), password=WRONG)
            spans.append(time.perf_counter() - started)
        return min(spans)

    assert 0.4 < shortest("Marta") / shortest("Nobody") < 2.5


@pytest.mark.parametrize("name", ["Marta", "Nobody"])
def test_after_five_wrong_tries_the_right_password_waits_too(server: DoorServer, marta: int, name: str) -> None:
    browser = server.browser()
    assert [browser.sign_in(name, WRONG).status_code for _ in range(5)] == [403] * 5
    answer = browser.sign_in(name)
    assert answer.status_code == 429 and 800 < int(answer.headers["retry-after"]) <= 900
    assert alert(answer.text) == "Too many wrong tries. Please wait 15 minutes."
    assert not browser.cookie


def test_a_right_password_forgets_the_wrong_ones_before(server: DoorServer, marta: int) -> None:
    browser = server.browser()
    for _ in range(2):
        assert [browser.sign_in("Marta", WRONG).status_code for _ in range(4)] == [403] * 4
        assert server.browser().sign_in("Marta").status_code == 303


def test_tries_sent_at_once_are_all_counted(server: DoorServer, marta: int) -> None:
    browsers = [server.browser() for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        codes = list(pool.map(lambda browser: browser.sign_in("Marta", WRONG).status_code, browsers))
    assert (codes.count(403), codes.count(429)) == (5, 7)


def test_an_address_that_tries_many_accounts_waits(server: DoorServer, marta: int) -> None:
    browser = server.browser()
    assert [browser.sign_in(f"n{number}", WRONG).status_code for number in range(20)] == [403] * 20
    assert browser.sign_in("Marta").status_code == 429


def test_a_form_of_another_site_signs_nobody_in(server: DoorServer, marta: int) -> None:
    browser = server.browser()
    browser.get("/desk/sign-in")
    answer = browser.post("/desk/sign-in", email=address("Marta"), password=PASSWORD, csrf="x" * 32)
    assert answer.status_code == 403 and alert(answer.text) == "This form was too old. Please try again."
    bare = server.browser().post("/desk/sign-in", email=address("Marta"), password=PASSWORD, csrf="")
    assert bare.status_code == 403
    assert server.sessions() == []


def test_a_huge_or_strange_form_is_not_read(server: DoorServer) -> None:
    client = server.browser().client
    assert client.post("/desk/sign-in", data={"password": "x" * 20_000}).status_code == 413
    assert client.post("/desk/sign-in", files={"email": b"x"}).status_code == 415


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example/desk", "/\\evil.example", "/desk/../chat", "/desk//evil.example", "/deskevil",
     "/desk\\@evil.example", "javascript:alert(1)", "/desk\r\nset-cookie: a=b", "/desk/sign-out", " /desk/x", "/desk/\t/x"],
)  # fmt: skip
def test_next_leads_nowhere_else(server: DoorServer, marta: int, wanted: str) -> None:
    browser = server.browser()
    assert inputs(browser.get("/desk/sign-in", params={"next": wanted}).text)["next"] == "/desk"
    assert browser.sign_in("Marta", next=wanted).headers["location"] == "/desk"
    assert browser.get("/desk/sign-in", params={"next": wanted}).headers["location"] == "/desk"


def test_the_page_that_was_wanted_comes_after_signing_in(server: DoorServer, marta: int) -> None:
    browser = server.browser()
    assert (
        browser.sign_in("Marta", start="/desk/search?q=a%20b&page=2").headers["location"]
        == "/desk/search?q=a%20b&page=2"
    )
    assert allowed("/desk/conversations/12") == "/desk/conversations/12"


def test_a_disabled_account_is_told_so_only_with_the_right_password(server: DoorServer, marta: int) -> None:
    server.change(marta, disabled=True)
    assert "switched off" in alert(server.browser().sign_in("Marta").text)
    assert "switched off" not in alert(server.browser().sign_in("Marta", WRONG).text)
    assert server.sessions() == []


def test_a_one_time_password_opens_nothing_but_the_choice_of_an_own_one(server: DoorServer) -> None:
    ines = server.add("Ines", one_time_until=datetime.now(UTC) + timedelta(days=1))
    browser = server.browser()
    browser.sign_in("Ines")
    assert browser.get("/desk").headers["location"] == "/desk/password"
    assert browser.get("/desk/search").headers["location"] == "/desk/password"
    own = "seven green kettles sing"
    fields = {"csrf": browser.csrf(), "new": own, "repeated": own}
    assert browser.post("/desk/password", **fields).headers["location"] == "/desk"
    assert browser.is_inside() and server.row(ines).one_time_until is None
    assert server.browser().sign_in("Ines").status_code == 403
    assert server.browser().sign_in("Ines", own).status_code == 303


def test_a_one_time_password_ends(server: DoorServer) -> None:
    server.add("Ines", one_time_until=datetime.now(UTC) - timedelta(seconds=1))
    answer = server.browser().sign_in("Ines")
    assert answer.status_code == 403 and "too old" in alert(answer.text)


def test_an_account_without_a_password_does_not_open(server: DoorServer) -> None:
    server.add("Ines", password_hash=None)
    assert server.browser().sign_in("Ines", "").status_code == 422
    assert server.browser().sign_in("Ines", WRONG).status_code == 403


def test_an_old_hash_is_replaced_at_the_next_sign_in(server: DoorServer) -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    ines = server.add("Ines", password_hash=old)
    assert server.browser().sign_in("Ines").status_code == 303
    kept = server.row(ines).password_hash or ""
    assert kept.split("$")[3] == HASHED.split("$")[3] and kept != old
    assert server.browser().sign_in("Ines").status_code == 303


@pytest.mark.parametrize("language", ["ar", "de", "en", "es", "fr", "uk"])
def test_the_pages_speak_the_browsers_language_and_then_the_persons(
    server: DoorServer, marta: int, language: str
) -> None:
    server.change(marta, language=language)
    browser = server.browser(f"{language}-XX,en;q=0.5")
    page = browser.get("/desk/sign-in").text
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page
    assert "signin." not in page and "{" not in alert(browser.sign_in("Marta", WRONG).text)
    browser.sign_in("Marta")
    assert f'<html lang="{language}"' in browser.get("/desk/password").text


@pytest.mark.parametrize(
    ("password", "why"),
    [("short1!", "short"), ("password12", "common"), ("qwertyuiop1", "common"), ("aaaaaaaaaaaa", "repeat"),
     ("abcdefghijkl", "sequence"), ("19.05.1978-x", "date"), ("marta@city", "own"), ("x" * 201, "long"), (PASSWORD, None),
     ("مظلة خضراء فوق سبعة", None), ("violet tram " * 15, None)],
)  # fmt: skip
def test_weak_passwords_are_named(password: str, why: str | None) -> None:
    assert weakness(password, ("Marta Rossi", "marta@city.example", "turin")) == why


def test_random_passwords_are_strong_and_never_the_same() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200 and {weakness(one) for one in made} == {None}
