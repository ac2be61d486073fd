"""Pages as browsers without JavaScript get them, and the headers and files around them."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from benchmarks.page_weight import LIMIT, weigh_all
from bot.channels.web import WebSettings
from bot.channels.web.joining import joined
from bot.channels.web.rendering import card, safe_address
from bot.conversation.messages import Reply
from bot.poster.addresses import Addresses
from tests.channels.web.chat_server import ChatServer
from tests.channels.web.chat_words import wording

EVIL = '<img src=x onerror="alert(1)"></textarea></script><script>alert(2)</script>'


class Text(HTMLParser):
    """Collects the text and the names of elements of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[str] = []
        self.attributes: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [name for name, _ in attributes]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def client_id(html: str) -> str:
    found = re.search(r'name="client_id" value="([\w-]+)"', html)
    assert found
    return found[1]


def test_a_conversation_without_javascript(client: httpx.Client, server: ChatServer) -> None:
    first = client.get("/chat/turin")
    sent = client.post("/chat/turin", data={"client_id": client_id(first.text), "text": "I need a doctor"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/chat/turin#latest")
    cookie = sent.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/chat/turin" in cookie
    after = client.get("/chat/turin")
    words = " ".join(Text(after.text).words)
    for expected in ("I need a doctor", "Ambulatorio ISI", "Open until 17:00", "Not yet confirmed by the city"):
        assert expected in words
    assert 'href="tel:+3901170951111"' in after.text
    pressed = client.post("/chat/turin", data={"client_id": client_id(after.text), "text": "", "choice": "more"})
    assert pressed.status_code == 303
    assert server.conversations.accepted[-1].choice == "more"


def form_action(html: str) -> str:
    found = re.search(r'id="composer" method="post" action="([^"]+)"', html)
    assert found
    return unescape(found[1])


def test_the_counter_of_a_poster_is_carried_through_without_javascript(
    client: httpx.Client, server: ChatServer
) -> None:
    poster = Addresses(server.url, "turin", "desk2").web("ar")
    page = client.get(poster)
    assert 'href="?language=uk&amp;desk=desk2"' in page.text
    sent = client.post(form_action(page.text), data={"client_id": client_id(page.text), "text": "doctor"})
    assert sent.headers["location"] == "/chat/turin?language=ar&desk=desk2#latest"
    anew = client.post("/chat/turin/new?language=ar&desk=desk2")
    assert anew.headers["location"] == "/chat/turin?language=ar&desk=desk2"
    assert [kept.desk for kept in server.conversations.kept.values()] == ["desk2"]


@pytest.mark.parametrize("desk", ["", "a b", '"><script>', "x" * 33, "كاونتر"])
def test_a_counter_that_cannot_be_called_so_is_passed_over(client: httpx.Client, server: ChatServer, desk: str) -> None:
    page = client.get("/chat/turin", params={"desk": desk})
    assert form_action(page.text) == "/chat/turin"
    sent = client.post("/chat/turin", params={"desk": desk}, data={"client_id": "a", "text": "doctor"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/chat/turin#latest")
    assert [kept.desk for kept in server.conversations.kept.values()] == [None]


def test_the_same_form_sent_twice_is_one_message(client: httpx.Client, server: ChatServer) -> None:
    client.post("/chat/turin", data={"client_id": "first", "text": "hello"})
    form = {"client_id": "second", "text": "doctor"}
    assert {client.post("/chat/turin", data=form).status_code for _ in range(3)} == {303}
    assert [message.text for message in server.conversations.accepted] == ["hello", "doctor"]


def test_an_answer_that_takes_long_is_waited_for_by_the_page(client: httpx.Client, server: ChatServer) -> None:
    server.conversations.pause = 3.0
    client.post("/chat/turin", data={"client_id": "a", "text": "doctor"})
    assert '<noscript><meta http-equiv="refresh"' in client.get("/chat/turin").text


REFUSED = [
    ("empty", {"text": "  "}, 400, "Please write something first."),
    ("too long", {"text": "a" * 10000}, 413, "no more than 2000 characters"),
    ("bad id", {"text": "hello", "client_id": "<>"}, 422, "client_id"),
]


@pytest.mark.parametrize(("label", "form", "status", "words"), REFUSED)
def test_forms_that_are_refused_say_why_and_keep_the_text(
    client: httpx.Client, label: str, form: dict[str, str], status: int, words: str
) -> None:
    found = client.post("/chat/turin", data={"client_id": "a", **form})
    assert found.status_code == status, label
    assert words in found.text
    assert form["text"].strip() in found.text


def test_an_ended_conversation_does_not_stand_in_the_way(client: httpx.Client, server: ChatServer) -> None:
    client.post("/chat/turin", data={"client_id": "a", "text": "doctor"})
    server.conversations.kept.clear()
    assert client.get("/chat/turin").status_code == 200
    assert client.post("/chat/turin", data={"client_id": "b", "text": "doctor"}).status_code == 303
    assert len(server.conversations.kept) == 1


def test_what_was_written_is_never_markup(client: httpx.Client, server: ChatServer) -> None:
    server.conversations.answer = lambda incoming: [Reply(EVIL, "en", "ltr")]
    client.post("/chat/turin", data={"client_id": "a", "text": EVIL})
    page = Text(client.get("/chat/turin").text)
    assert page.words.count(EVIL) == 2
    assert "img" not in page.elements and "onerror" not in page.attributes


def test_leaving_and_beginning_anew_forget(client: httpx.Client, server: ChatServer) -> None:
    for method, path, target in (
        ("GET", "leave", server.settings.quick_exit_url),
        ("POST", "new", "/chat/turin?language=en"),
    ):
        client.post("/chat/turin", data={"client_id": path, "text": "doctor"})
        found = client.request(method, f"/chat/turin/{path}")
        assert (found.status_code, found.headers["location"]) == (303, target)
        assert "I need" not in client.get("/chat/turin").text
        assert "ventanilla" not in client.cookies


PAGES = [
    ("the browser's language", "/chat/turin", "ar,en;q=0.5", "ar", "rtl"),
    ("the newcomer's word", "/chat/turin?language=uk", "ar", "uk", "ltr"),
    ("a regional form", "/chat/turin?language=es-AR", "", "es", "ltr"),
    ("nothing known", "/chat/turin?language=xx", "yy", "en", "ltr"),
    ("the choice of cities", "/chat", "ar", "ar", "rtl"),
]


@pytest.mark.parametrize(("label", "path", "header", "language", "direction"), PAGES)
def test_pages_are_in_the_newcomers_language(
    client: httpx.Client, label: str, path: str, header: str, language: str, direction: str
) -> None:
    found = client.get(path, headers={"accept-language": header})
    assert f'<html lang="{language}" dir="{direction}">' in found.text, label
    for name in ("English", "العربية", "Українська"):
        assert name in found.text


def test_cities_are_chosen_by_name(client: httpx.Client) -> None:
    found = client.get("/chat?language=uk").text
    assert '<a href="/chat/turin?language=uk">Турин</a>' in found


MISSING = [("/chat/atlantis", 404), ("/chat/atlantis/texts", 404), ("/chat/static/nothing.js", 404)]


@pytest.mark.parametrize(("path", "status"), MISSING)
def test_what_is_not_there_leads_on(client: httpx.Client, path: str, status: int) -> None:
    found = client.get(path, headers={"accept-language": "uk"})
    assert found.status_code == status
    assert 'href="/chat?language=uk"' in found.text


def test_every_word_of_the_pages_is_in_the_catalogs(client: httpx.Client, server: ChatServer) -> None:
    client.post("/chat/turin", data={"client_id": "a", "text": "doctor"})
    for path in ("/chat", "/chat/turin", "/chat/turin/texts", "/chat/demo", "/chat/atlantis", "/chat/embed.js"):
        assert "web." not in client.get(path).text.replace("web.error", "web."), path
    assert server.words.missing == set()


def test_headers_keep_the_page_to_itself(client: httpx.Client) -> None:
    found = client.get("/chat/turin")
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'self'" in policy
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in found.headers["permissions-policy"]
    assert found.headers["cache-control"] == "no-store"
    assert "frame-ancestors *" in client.get("/chat/turin?embedded=1").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in client.get("/chat/embed.js").headers["content-security-policy"]


def test_cookies_are_secure_where_newcomers_come_over_https() -> None:
    with ChatServer(WebSettings(secure=True)) as server:
        found = httpx.post(f"{server.url}/chat/turin", data={"client_id": "a", "text": "hello"})
    assert "Secure" in found.headers["set-cookie"]


def test_files_are_kept_for_a_year_under_the_name_of_their_content(client: httpx.Client) -> None:
    page = client.get("/chat/turin").text
    paths = re.findall(r'(?:src|href)="(/chat/static/[^"]+)"', page)
    assert {path.rsplit(".", 1)[1] for path in paths} == {"js", "css", "svg", "png"}
    for path in paths:
        found = client.get(path)
        assert "immutable" in found.headers["cache-control"], path
        assert (found.headers.get("content-encoding") == "gzip") != path.endswith(".png")
        assert client.get(path, headers={"if-none-match": found.headers["etag"]}).status_code == 304
    older = re.sub(r"\.[0-9a-f]{10}\.", ".0123456789.", paths[0])
    assert client.get(older).headers["cache-control"] == "no-cache"


MODULES = [
    (
        "a circle",
        {"a": 'import { b } from "./b.js";\n', "b": 'import { a } from "./a.js";\n'},
        "in a circle: a → b → a",
    ),
    ("everything of a module", {"a": 'import * as b from "./b.js";\n'}, "a.js: import \\* as b"),
    ("a default", {"a": "export default 1;\n"}, "a.js: export default 1;"),
]


@pytest.mark.parametrize(("label", "modules", "words"), MODULES)
def test_modules_that_cannot_be_joined_are_refused_at_the_start(
    tmp_path: Path, label: str, modules: dict[str, str], words: str
) -> None:
    for name, text in modules.items():
        (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        joined(tmp_path, "a")


@pytest.mark.parametrize("language", wording().languages)
def test_the_first_load_is_light_in_every_language(language: str) -> None:
    first, later = asyncio.run(weigh_all(None, wording()))[language]
    assert {name.rsplit(".")[-1] for name in first} == {"page", "css", "js", "svg"}
    assert sum(first.values()) < LIMIT
    assert sum(later.values()) < LIMIT / 4


LINKS = [
    ("https://city.example/a?b=c", True),
    ("tel:+39011", True),
    ("mailto:desk@city.example", True),
    ("javascript:alert(1)", False),
    ("JaVaScRiPt:alert(1)", False),
    (" javascript:alert(1)", False),
    ("java\nscript:alert(1)", False),
    ("data:text/html,x", False),
    ("//city.example", False),
    ("https:", False),
    ("http://[", False),
    ("", False),
    (None, False),
]


@pytest.mark.parametrize(("address", "kept"), LINKS)
def test_only_known_kinds_of_addresses_become_links(address: str | None, kept: bool) -> None:
    assert (safe_address(address) is not None) == kept
    shown = card(
        {"id": "turin-isi", "links": [{"kind": "web", "label": "x", "href": address}], "sources": [address or ""]}
    )
    assert len(shown["links"]) == int(kept)
    assert (shown["sources"][0]["href"] is not None) == kept
