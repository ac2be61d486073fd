"""Single sign-on against a real provider: who gets in, and what cannot be slipped in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.desk.signing_in import SSO, SSO_BACK, DoorSettings
from bot.security.sso import Provider
from tests.security.door_server import Browser, DoorServer
from tests.security.provider import SECRET, ProviderServer, free_port, installed


@dataclass
class City:
    """Our desk, and the city's own sign-in beside it."""

    server: DoorServer
    issuer: str

    def visit(self, browser: Browser, name: str, start: str = SSO) -> str:
        """Sign in at the provider as ``name``; return the address that it sends the browser back to."""
        answer = browser.get(start)
        assert answer.headers["location"].startswith(f"{self.issuer}/auth?"), answer.text
        with httpx.Client(timeout=20) as at_provider:
            page = at_provider.get(answer.headers["location"])
            for _ in range(8):
                if page.is_redirect:
                    to = page.headers["location"]
                    if to.startswith(self.server.url):
                        return str(to)
                    page = at_provider.get(httpx.URL(str(page.url)).join(to))
                    continue
                form = re.search(r'action="([^"]+)"', page.text)
                prompt = re.search(r'name="prompt" value="(\w+)"', page.text)
                assert form and prompt, page.text[:500]
                page = at_provider.post(form[1], data={"prompt": prompt[1], "login": name, "password": "any"})
        raise AssertionError("the provider does not let go")

    def sign_in(self, name: str, start: str = SSO) -> tuple[Browser, httpx.Response]:
        """Return a browser and what our desk answered when it came back."""
        browser = self.server.browser()
        return browser, browser.get(self.visit(browser, name, start))


@pytest.fixture
def city(database: str) -> Iterator[City]:
    folder, port = installed(), free_port()
    issuer = f"http://127.0.0.1:{port}"
    settings = DoorSettings(provider=Provider(issuer, "ventanilla", SECRET))
    with DoorServer(database, settings) as server, ProviderServer(folder, port, server.url + SSO_BACK):
        yield City(server, issuer)


def test_who_has_an_account_here_comes_in_with_the_citys(city: City) -> None:
    marta = city.server.add("Marta", password_hash=None)
    assert SSO in city.server.browser().get("/desk/sign-in").text
    browser, answer = city.sign_in("marta", f"{SSO}?next=/desk/search")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/search")
    assert browser.is_inside() and city.server.row(marta).subject
    # From now on the id there counts, not the address.
    city.server.change(marta, email="renamed@city.example")
    again, _ = city.sign_in("marta")
    assert again.is_inside()
    assert [action for _, _, action in city.server.audit()] == ["sso_sign_in", "sso_sign_in"]


def test_the_request_carries_pkce_state_and_nonce(city: City) -> None:
    sent = parse_qs(urlsplit(city.server.browser().get(SSO).headers["location"]).query)
    assert sent["code_challenge_method"] == ["S256"] and sent["code_challenge"] and sent["state"] and sent["nonce"]
    assert sent["response_type"] == ["code"] and "code_verifier" not in sent


@pytest.mark.parametrize("name", ["stranger", "unverified"])
def test_nobody_is_let_in_or_made_who_has_no_account(city: City, name: str) -> None:
    marta = city.server.add("Marta")
    browser, answer = city.sign_in(name)
    assert answer.status_code == 403 and "no desk account for you" in answer.text
    assert not browser.is_inside() and city.server.row(marta).subject is None
    assert city.server.audit()[-1] == ("", "unknown", "sso_refused")


def test_an_address_that_moved_to_somebody_else_does_not_open_the_account(city: City) -> None:
    city.server.add("Marta")
    city.sign_in("marta")
    browser, answer = city.sign_in("impostor")
    assert answer.status_code == 403 and "belongs to another account" in answer.text and not browser.is_inside()


def test_a_disabled_account_stays_out(city: City) -> None:
    city.server.add("Marta", disabled=True)
    browser, answer = city.sign_in("marta")
    assert answer.status_code == 403 and "switched off" in answer.text and not browser.is_inside()


def test_a_waiting_one_time_password_is_dropped(city: City) -> None:
    marta = city.server.add("Marta", one_time_until=datetime.now(UTC) + timedelta(days=1))
    browser, _ = city.sign_in("marta")
    assert browser.is_inside() and city.server.row(marta).password_hash is None


def test_an_answer_works_in_the_browser_that_asked_and_once(city: City) -> None:
    city.server.add("Marta")
    asked, victim = city.server.browser(), city.server.browser()
    back = city.visit(asked, "marta")
    victim.get(SSO)
    refused = victim.get(back)
    assert refused.status_code == 403 and "did not work" in refused.text and not victim.is_inside()
    assert city.server.browser().get(back).status_code == 403
    assert asked.get(back).status_code == 303
    asked.client.cookies.delete("ventanilla-desk")
    assert asked.get(back).status_code == 403


def test_a_changed_state_cookie_is_refused(city: City) -> None:
    city.server.add("Marta")
    browser = city.server.browser()
    back = city.visit(browser, "marta")
    kept = browser.client.cookies["ventanilla-elsewhere"]
    browser.client.cookies.clear()
    browser.client.cookies.set("ventanilla-elsewhere", "A" + kept[1:] if kept[0] != "A" else "B" + kept[1:])
    assert browser.get(back).status_code == 403 and not browser.is_inside()


def test_next_leads_nowhere_else(city: City) -> None:
    city.server.add("Marta")
    _, answer = city.sign_in("marta", f"{SSO}?next=//evil.example")
    assert answer.headers["location"] == "/desk"


def test_a_refusal_at_the_provider_is_said(city: City) -> None:
    browser = city.server.browser()
    browser.get(SSO)
    answer = browser.get(f"{SSO_BACK}?error=access_denied&error_description=%3Cb%3Eno%3C/b%3E")
    assert answer.status_code == 403 and "<b>no" not in answer.text and not browser.is_inside()


def test_a_provider_that_does_not_answer_is_said_and_passwords_still_work(database: str) -> None:
    provider = Provider(f"http://127.0.0.1:{free_port()}", "ventanilla", SECRET)
    with DoorServer(database, DoorSettings(provider=provider)) as server:
        server.add("Marta")
        browser = server.browser()
        answer = browser.get(SSO)
        assert answer.status_code == 503 and "does not answer" in answer.text
        assert browser.sign_in("Marta").status_code == 303


def test_without_a_provider_there_is_no_such_door(server: DoorServer) -> None:
    assert server.browser().get(SSO).status_code == 404
    assert SSO not in server.browser().get("/desk/sign-in").text
