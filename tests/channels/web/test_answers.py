"""What newcomers do with an answer: tell whether it is right, keep it, share it, print it, have it read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.conversation.messages import Card, Reply
from tests.channels.web.chat_memory import DOCTOR
from tests.channels.web.chat_server import ChatServer, wait_until
from tests.channels.web.test_chromium import ask, open_chat

# A device's voices: refuses what real ones refuse, and writes down what it is told to say.
VOICES = """
(languages) => {
  const voices = languages.map((lang) => ({ lang, name: lang, localService: true }));
  const said = [];
  const device = Object.assign(new EventTarget(), {
    said, voices, getVoices: () => voices,
    speak(words) {
      if (!(words instanceof SpeechSynthesisUtterance)) throw new TypeError("speak");
      said.push([words.lang, words.text]);
      device.last = words;
    },
    cancel() { said.push("stopped"); },
  });
  Object.defineProperty(window, "speechSynthesis", { value: device });
  Object.defineProperty(SpeechSynthesisUtterance.prototype, "voice", { set(one) { this.own = one; }, get() { return this.own; } });
}
"""


def give_voices(page: Page, *languages: str) -> None:
    listed = ", ".join(f'"{language}"' for language in languages)
    page.add_init_script(f"({VOICES})([{listed}])")


def choices_sent(server: ChatServer) -> list[str | None]:
    return [message.choice for message in server.conversations.accepted if message.choice]


def doctor_shown(page: Page, server: ChatServer, *cards: Card) -> None:
    server.conversations.answer = lambda incoming: (
        [Reply("Here is help.", "en", "ltr", cards or (DOCTOR,))]
        if incoming.text
        else [Reply("Thank you!", "en", "ltr")]
    )
    open_chat(page, server)
    ask(page, "doctor")
    expect(page.locator(".card")).to_have_count(len(cards) or 1)


def test_yes_it_was_right(page: Page, server: ChatServer) -> None:
    doctor_shown(page, server)
    box = page.locator(".feedback")
    expect(box).to_contain_text("Is this right?")
    box.get_by_role("button", name="Yes", exact=True).click()
    given = box.get_by_role("button", name="Yes, right", pressed=True)
    expect(given).to_be_focused()
    expect(box).to_contain_text("Thank you. You told us:")
    expect(page.locator(".bot").last).to_contain_text("Thank you!")
    assert choices_sent(server) == ["right:turin-isi"]
    page.reload()
    expect(page.locator(".feedback").get_by_role("button", pressed=True)).to_have_text("Yes, right")


def test_no_it_was_not_and_a_word_can_be_changed(page: Page, server: ChatServer) -> None:
    doctor_shown(page, server)
    box = page.locator(".feedback")
    expect(box.get_by_role("button", name="Wrong address")).to_be_hidden()
    box.locator("summary").click()
    reasons = box.locator(".choices button").all_inner_texts()
    assert reasons == ["It is closed", "Wrong phone number", "Wrong address", "Not for me", "Something else"]
    box.get_by_role("button", name="Wrong address").click()
    box.get_by_role("button", name="Wrong address", pressed=True).click()
    expect(box).to_contain_text("Is this right?")
    wait_until(lambda: choices_sent(server) == ["wrong_address:turin-isi"])
    box.locator("summary").click()
    box.get_by_role("button", name="It is closed").click()
    expect(box.get_by_role("button", pressed=True)).to_have_text("It is closed")
    expect(page.locator(".bot")).to_have_count(4)
    # Taking a word up again sent nothing.
    assert choices_sent(server) == ["wrong_address:turin-isi", "closed:turin-isi"]


def test_a_word_on_a_card_leaves_the_reader_there(page: Page, server: ChatServer) -> None:
    many = tuple(replace(DOCTOR, id=f"turin-{number}") for number in range(4))
    doctor_shown(page, server, *many)
    page.wait_for_timeout(1500)
    box = page.locator(".feedback").first
    box.scroll_into_view_if_needed()
    before = page.evaluate("document.querySelector('.log').scrollTop")
    box.get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator(".bot").last).to_contain_text("Thank you!")
    assert abs(page.evaluate("document.querySelector('.log').scrollTop") - before) < 80
    expect(page.get_by_role("button", name="New message")).to_be_hidden()
    expect(page.locator(".feedback.told")).to_have_count(1)


def test_without_javascript_too(browser: Browser, server: ChatServer) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{server.url}/chat/turin")
    page.get_by_role("textbox").fill("doctor")
    page.get_by_role("button", name="Send").click()
    page.locator(".feedback summary").click()
    page.get_by_role("button", name="It is closed").click()
    expect(page.locator(".newcomer").last).to_contain_text("closed")
    assert choices_sent(server) == ["closed:turin-isi"]
    page.locator(".keep summary").first.click()
    contact = page.get_by_role("link", name="Add to contacts").first
    assert (
        page.request.get(server.url + str(contact.get_attribute("href")))
        .headers["content-type"]
        .startswith("text/vcard")
    )
    context.close()


def test_a_service_is_taken_along(page: Page, context: BrowserContext, server: ChatServer) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script("window.print = () => { window.paper = document.querySelector('.printed')?.className; }")
    doctor_shown(page, server)
    page.locator(".keep summary").click()
    for name, kind in (("Add to contacts", "text/vcard"), ("Next opening in my calendar", "text/calendar")):
        href = page.get_by_role("link", name=name).get_attribute("href")
        assert page.request.get(f"{server.url}{href}").headers["content-type"] == f"{kind}; charset=utf-8"
    page.get_by_role("button", name="Copy address").click()
    expect(page.get_by_role("status")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == "Via Monginevro 130, 10141 Torino"
    page.get_by_role("button", name="Share").click()
    wait_until(lambda: page.evaluate("navigator.clipboard.readText()").startswith("Ambulatorio ISI"))
    shared = page.evaluate("navigator.clipboard.readText()")
    assert "Hours: Open until 17:00" in shared and "Call +39 011 7095 1111" in shared
    page.get_by_role("button", name="Print or save as a file").click()
    assert page.evaluate("window.paper") == "card service printed"


def test_the_phones_own_sharing_is_used_where_it_has_one(page: Page, server: ChatServer) -> None:
    page.add_init_script(
        "navigator.share = (what) => { window.shared = what; return Promise.reject(new DOMException('no', 'AbortError')); }"
    )
    doctor_shown(page, server)
    page.locator(".keep summary").click()
    page.get_by_role("button", name="Share").click()
    shared = page.evaluate("window.shared")
    assert shared["title"] == "Ambulatorio ISI"
    assert "Address: Via Monginevro 130" in shared["text"]


NO_HOURS = replace(DOCTOR, facts=tuple(replace(fact, state="unknown") for fact in DOCTOR.facts))
NAME_ALONE = replace(NO_HOURS, facts=(), links=())
NUMBER = replace(DOCTOR, id="number:police:112", kind="emergency", facts=())


OFFERED = [(DOCTOR, 1, 1, 1), (NO_HOURS, 1, 1, 0), (NAME_ALONE, 1, 0, 0), (NUMBER, 0, 0, 0)]


@pytest.mark.parametrize(("card", "kept", "reached", "dated"), OFFERED)
def test_only_what_makes_sense_is_offered(
    page: Page, server: ChatServer, card: Card, kept: int, reached: int, dated: int
) -> None:
    doctor_shown(page, server, card)
    expect(page.locator(".keep")).to_have_count(kept)
    expect(page.locator(".feedback")).to_have_count(kept)
    expect(page.locator("a[href*='.vcf']")).to_have_count(reached)
    expect(page.locator("a[href*='.ics']")).to_have_count(dated)


def test_the_first_steps_go_on_paper_as_a_plan(page: Page, server: ChatServer) -> None:
    steps = tuple(replace(DOCTOR, id=f"turin-{number}", kind="step", title=f"Step {number}") for number in (1, 2, 3))
    page.add_init_script("window.print = () => { window.dispatchEvent(new Event('beforeprint')); }")
    doctor_shown(page, server, *steps)
    ask(page, "one more thing")
    expect(page.locator(".card")).to_have_count(6)
    page.get_by_role("button", name="Print or save this plan").first.click()
    page.emulate_media(media="print")
    shown = page.locator(".log").inner_text()
    assert "Step 1" in shown and "Step 3" in shown
    assert "one more thing" not in shown and "Is this right?" not in shown and "Save or share" not in shown
    assert page.get_by_role("textbox").is_hidden()
    expect(page.locator(".paper")).to_contain_text("Turin, printed on")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.get_by_text("one more thing").first).to_be_visible()


def test_a_card_is_read_aloud_digit_by_digit(page: Page, server: ChatServer) -> None:
    give_voices(page, "en-GB", "it-IT")
    doctor_shown(page, server)
    page.locator(".card").get_by_role("button", name="Read aloud").click()
    said = page.evaluate("speechSynthesis.said")
    assert said[0] == ["it-IT", "Ambulatorio ISI"], "a name in its own language"
    assert ["en-GB", "Hours: Open until 17:00"] in said
    assert ["en-GB", "Call + 3 9 0 1 1 7 0 9 5 1 1 1 1"] in said
    stopping = page.locator(".card").get_by_role("button", name="Stop reading")
    expect(stopping).to_be_focused()
    stopping.click()
    assert page.evaluate("speechSynthesis.said.at(-1)") == "stopped"
    expect(page.locator(".card").get_by_role("button", name="Read aloud")).to_be_visible()


def test_reading_ends_by_itself(page: Page, server: ChatServer) -> None:
    give_voices(page, "en-GB")
    doctor_shown(page, server)
    page.locator(".bot").last.locator(".said").get_by_role("button", name="Read aloud").click()
    assert page.evaluate("speechSynthesis.said.at(-1)") == ["en-GB", "Here is help."]
    page.evaluate("speechSynthesis.last.dispatchEvent(new Event('end'))")
    expect(page.get_by_role("button", name="Stop reading")).to_have_count(0)


def test_without_a_voice_for_the_language_nothing_is_promised(page: Page, server: ChatServer) -> None:
    give_voices(page, "fr-FR")
    doctor_shown(page, server)
    expect(page.locator(".speak:visible")).to_have_count(0)
    page.evaluate("speechSynthesis.voices.push({ lang: 'en_US', name: 'late', localService: true })")
    page.evaluate("speechSynthesis.dispatchEvent(new Event('voiceschanged'))")
    expect(page.locator(".card .speak")).to_be_visible()
