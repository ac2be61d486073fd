"""The whole thing on a phone: real Chromium at 360 pixels, real Rasa, real records, in three languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.servers import Server

PHONE = {"width": 360, "height": 740}
TALKS = {
    "en": (
        "ltr",
        ["I need a doctor, I have no papers", "I need a flat and a job", "where is it and when does it open?"],
    ),
    "ar": ("rtl", ["أحتاج إلى طبيب وليس عندي أوراق", "بدي بيت وشغل", "متى يفتح؟"]),
    "uk": ("ltr", ["Мені потрібен лікар, я без документів", "шукаю житло і роботу", "коли відкрито?"]),
}


def say(page: Page, text: str) -> None:
    """Type as a person does, and wait until the answer has come."""
    answers = page.locator('[role="log"] .bot, [role="log"] [data-from="bot"]')
    before = answers.count()
    page.locator("textarea").fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text(text)
    if before:
        expect(answers.nth(before)).to_be_visible(timeout=15_000)
    page.wait_for_timeout(1200)


@pytest.mark.parametrize("language", TALKS)
def test_three_needs_on_a_phone(browser: Browser, server: Server, language: str) -> None:
    direction, messages = TALKS[language]
    context = browser.new_context(viewport=PHONE, locale=language)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server.url}/chat/turin?language={language}")
    assert page.locator("html").get_attribute("dir") == direction
    for text in messages:
        say(page, text)
    log = page.get_by_role("log")
    assert log.locator("a[href^='tel:']").count() >= 1
    assert log.locator("a[href^='https://www.openstreetmap.org/']").count() >= 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert errors == []
    page.reload()
    expect(page.get_by_role("log")).to_contain_text(messages[0])
    context.close()


def test_what_a_person_wrote_is_shown_as_text(phone: Page, server: Server) -> None:
    phone.goto(f"{server.url}/chat/turin?language=en")
    say(phone, "<img src=x onerror=document.title='broken'> doctor")
    assert phone.locator('[role="log"] img').count() == 0
    assert "broken" not in phone.title()
