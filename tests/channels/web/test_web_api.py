"""The HTTP interface, asked over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from bot.channels.web.api import DESCRIPTION
from bot.channels.web.errors import STATUS
from bot.conversation.messages import Reply
from tests.channels.web.chat_server import ChatServer, wait_until

ROOT = Path(__file__).parents[3]
JSON = {"content-type": "application/json"}
SPECIFICATION = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))


def fits(shape: object, schema: str) -> bool:
    registry: Registry[Any] = Registry().with_resource("urn:api", Resource(SPECIFICATION, DRAFT202012))
    reference = {"$ref": f"urn:api#/components/schemas/{schema}"}
    errors = list(Draft202012Validator(reference, registry=registry).iter_errors(shape))
    assert errors == [], errors
    return True


class Chat:
    """One conversation, as a front end holds it."""

    def __init__(self, client: httpx.Client, **opening: str) -> None:
        found = client.post("/chat/api/conversations", json={"territory": "turin", **opening})
        assert found.status_code == 201, found.text
        self.opened = found.json()
        self.client = client
        self.path = f"/chat/api/conversations/{self.opened['conversation']}"
        self.headers = {"authorization": f"Bearer {self.opened['token']}"}

    def send(self, **body: Any) -> httpx.Response:
        return self.client.post(f"{self.path}/messages", json=body, headers=self.headers)

    def messages(self, after: object = 0) -> list[dict[str, Any]]:
        found = self.client.get(f"{self.path}/messages", params={"after": after}, headers=self.headers)
        assert found.status_code == 200 and fits(found.json(), "Messages")
        return list(found.json()["messages"])

    def events(self, after: object, wanted: int, then: Any = None) -> list[tuple[str, str | None, Any]]:
        """Return the first ``wanted`` events after ``after`` as (event, id, data)."""
        found: list[tuple[str, str | None, Any]] = []
        headers = {**self.headers, "last-event-id": str(after)}
        with self.client.stream("GET", f"{self.path}/events", headers=headers) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            fields: dict[str, str] = {}
            for line in response.iter_lines():
                if line == "" and "data" in fields:
                    found.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
                    if then and len(found) == 1:
                        then()
                    if len(found) == wanted:
                        break
                name, _, value = line.partition(": ")
                fields = {**fields, name: value} if line else {}
        return found


def test_a_question_is_answered_with_cards(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    assert fits(chat.opened, "Opened")
    assert [message["from"] for message in chat.opened["messages"]] == ["bot"]
    assert chat.send(client_id="a", text="I need a doctor").status_code == 202
    wait_until(lambda: len(chat.messages()) == 3)
    asked, answer = chat.messages(after=chat.opened["messages"][-1]["id"])
    assert (asked["from"], asked["text"], asked["client_id"]) == ("newcomer", "I need a doctor", "a")
    assert answer["cards"][0]["title"] == "Ambulatorio ISI"
    assert chat.messages(after=answer["id"]) == []


def test_the_counter_whose_poster_led_here_is_kept(client: httpx.Client, server: ChatServer) -> None:
    for opening in ({"desk": "desk_2"}, {"desk": None}, {}):
        assert fits({"territory": "turin", **opening}, "Opening")
        assert client.post(OPEN, json={"territory": "turin", **opening}).status_code == 201
    assert [kept.desk for kept in server.conversations.kept.values()] == ["desk_2", None, None]


def test_the_same_client_id_is_one_message(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    assert {chat.send(client_id="a", text="doctor").status_code for _ in range(5)} == {202}
    wait_until(lambda: len(chat.messages()) == 3)
    assert len(server.conversations.accepted) == 1


def test_events_come_in_order_and_resume_where_they_ended(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    welcome = chat.opened["messages"][0]["id"]
    events = chat.events(welcome, 5, then=lambda: chat.send(client_id="a", text="doctor"))
    assert [event for event, _, _ in events] == ["working", "message", "working", "message", "working"]
    assert [data["working"] for event, _, data in events if event == "working"] == [False, True, False]
    asked, answer = [data for event, _, data in events if event == "message"]
    assert [number for event, number, _ in events if event == "message"] == [asked["id"], answer["id"]]
    resumed = chat.events(asked["id"], 1)
    assert resumed[0][2]["id"] == answer["id"]


def test_a_stream_ends_when_its_conversation_is_erased(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    name = chat.opened["conversation"]
    events = chat.events(10**6, 2, then=lambda: server.call(server.conversations.forget, name))
    assert events[-1][0] == "ended"


def test_a_caseworker_is_heard_while_nothing_is_asked(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    name = chat.opened["conversation"]
    reply = Reply("Good morning", "en", "ltr")
    events = chat.events(10**6 - 1, 1)
    assert events == [("working", None, {"working": False})]
    events = chat.events(
        chat.opened["messages"][0]["id"], 2, then=lambda: server.call(server.conversations.say, name, reply)
    )
    assert (events[1][2]["from"], events[1][2]["text"]) == ("caseworker", "Good morning")


OPEN = "/chat/api/conversations"
REFUSED_OPENINGS = [
    ("no JSON", b"{", JSON, 400, "bad_json", None),
    ("a list", b"[]", JSON, 400, "bad_json", None),
    ("nested a hundred thousand deep", b"[" * 60000, JSON, 400, "bad_json", None),
    ("Latin-1", '{"territory": "Málaga"}'.encode("latin-1"), JSON, 400, "bad_encoding", None),
    ("half a surrogate pair", b'{"territory": "\\ud800"}', JSON, 400, "bad_encoding", "territory"),
    ("another charset", b"{}", {"content-type": "application/json; charset=utf-16"}, 415, "wrong_type", None),
    ("a form", b"territory=turin", {"content-type": "application/x-www-form-urlencoded"}, 415, "wrong_type", None),
    ("no type", b"{}", {}, 415, "wrong_type", None),
    ("nothing in it", b"{}", JSON, 422, "bad_field", "territory"),
    ("a number for a name", b'{"territory": 7}', JSON, 422, "bad_field", "territory"),
    ("a language that is none", b'{"territory": "turin", "language": "../en"}', JSON, 422, "bad_field", "language"),
    ("a counter that is none", b'{"territory": "turin", "desk": "desk 2"}', JSON, 422, "bad_field", "desk"),
    ("a counter that is a number", b'{"territory": "turin", "desk": 2}', JSON, 422, "bad_field", "desk"),
    ("an unknown place", b'{"territory": "atlantis"}', JSON, 404, "unknown_territory", "territory"),
    ("a null in the name", b'{"territory": "turin\\u0000"}', JSON, 404, "unknown_territory", "territory"),
    ("a megabyte", b'{"territory": "' + b"a" * 2**20 + b'"}', JSON, 413, "too_large", None),
]


@pytest.mark.parametrize(("label", "body", "headers", "status", "code", "field"), REFUSED_OPENINGS)
def test_openings_that_are_refused(
    client: httpx.Client, label: str, body: bytes, headers: dict[str, str], status: int, code: str, field: str | None
) -> None:
    found = client.post(OPEN, content=body, headers=headers)
    assert (found.status_code, found.json()["error"], found.json().get("field")) == (status, code, field), label
    assert fits(found.json(), "Error")
    assert found.json()["message"] not in ("", f"web.error.{code}")


REFUSED_MESSAGES = [
    ("empty", {"client_id": "a", "text": ""}, 400, "empty", "text"),
    ("blank", {"client_id": "a", "text": " \n\t "}, 400, "empty", "text"),
    ("neither text nor choice", {"client_id": "a"}, 400, "empty", "text"),
    ("10,000 characters", {"client_id": "a", "text": "a" * 10000}, 413, "too_long", "text"),
    ("no client_id", {"text": "hello"}, 422, "bad_field", "client_id"),
    ("client_id with a space", {"client_id": "a b", "text": "hello"}, 422, "bad_field", "client_id"),
    ("client_id with a null", {"client_id": "a\0", "text": "hello"}, 422, "bad_field", "client_id"),
    ("client_id too long", {"client_id": "a" * 65, "text": "hello"}, 422, "bad_field", "client_id"),
    ("text that is a list", {"client_id": "a", "text": ["hello"]}, 422, "bad_field", "text"),
    ("both", {"client_id": "a", "text": "hello", "choice": "more"}, 422, "bad_field", "choice"),
    ("a choice that is none", {"client_id": "a", "choice": "/restart"}, 422, "bad_field", "choice"),
    ("a choice too long", {"client_id": "a", "choice": "topic:" + "a" * 64}, 422, "bad_field", "choice"),
]


@pytest.mark.parametrize(("label", "body", "status", "code", "field"), REFUSED_MESSAGES)
def test_messages_that_are_refused(
    client: httpx.Client, server: ChatServer, label: str, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    found = Chat(client).send(**body)
    assert (found.status_code, found.json()["error"], found.json()["field"]) == (status, code, field), label
    assert server.conversations.accepted == []


KEPT_AS_WRITTEN = ["😀😀😀", "<script>alert(1)</script>", "e\u0301 \u202e abc", "a\u0007b", "سلام", "x" * 2000]


@pytest.mark.parametrize("text", KEPT_AS_WRITTEN)
def test_what_was_written_comes_back_unchanged(client: httpx.Client, server: ChatServer, text: str) -> None:
    chat = Chat(client)
    assert chat.send(client_id="a", text=text).status_code == 202
    assert chat.messages()[1]["text"] == text


UNANSWERED = [
    ("no token", "GET", "messages", {}, 401, "missing_token"),
    ("another kind of authorisation", "GET", "messages", {"authorization": "Basic YTpi"}, 401, "missing_token"),
    ("a wrong token", "GET", "events", {"authorization": "Bearer nonsense"}, 401, "not_allowed"),
    ("a token in bytes", "GET", "messages", {"authorization": b"Bearer \xff\xfe"}, 401, "not_allowed"),
    ("a wrong method", "DELETE", "messages", {}, 405, "wrong_method"),
    ("no such address", "GET", "letters", {}, 404, "not_found"),
]


@pytest.mark.parametrize(("label", "method", "what", "headers", "status", "code"), UNANSWERED)
def test_who_may_not_read(
    client: httpx.Client, label: str, method: str, what: str, headers: dict[str, Any], status: int, code: str
) -> None:
    found = client.request(method, f"{Chat(client).path}/{what}", headers=headers)
    assert (found.status_code, found.json()["error"]) == (status, code), label


@pytest.mark.parametrize("name", ["nobody", "%00", "a" * 5000])
def test_an_unknown_conversation_is_told_from_a_wrong_token(client: httpx.Client, name: str) -> None:
    found = client.get(f"{OPEN}/{name}/messages", headers={"authorization": "Bearer x"})
    assert (found.status_code, found.json()["error"]) == (404, "unknown_conversation")


@pytest.mark.parametrize("after", ["-1", "x", "1.5", str(2**63), "9" * 30, "١"])
def test_a_place_in_the_conversation_that_is_no_number(client: httpx.Client, after: str) -> None:
    chat = Chat(client)
    polled = client.get(f"{chat.path}/messages", params={"after": after}, headers=chat.headers)
    assert (polled.status_code, polled.json()["field"]) == (422, "after")
    streamed = client.get(f"{chat.path}/events", headers={**chat.headers, "last-event-id": after.encode()})
    assert (streamed.status_code, streamed.json()["field"]) == (422, "Last-Event-ID")


def test_a_flood_is_told_when_to_come_back(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    server.conversations.flood = 7
    found = chat.send(client_id="a", text="hello")
    assert (found.status_code, found.headers["retry-after"], found.json()["retry_after"]) == (429, "7", 7)
    assert "7" in found.json()["message"]


def test_our_own_failure_says_nothing_of_the_inside(client: httpx.Client, server: ChatServer) -> None:
    chat = Chat(client)
    server.conversations.broken = True
    found = chat.send(client_id="a", text="hello")
    assert (found.status_code, found.json()["error"]) == (500, "server")
    assert "database" not in found.text


@pytest.mark.parametrize(
    ("header", "language"), [("ar-SY,en;q=0.5", "ar"), ("xx,uk;q=0.1", "uk"), ("xx", "en"), ("", "en")]
)
def test_errors_are_in_the_newcomers_language(client: httpx.Client, header: str, language: str) -> None:
    found = client.post(OPEN, json={}, headers={"accept-language": header})
    assert found.headers["content-language"] == language
    assert found.json()["message"].endswith(f"[{language}]") == (language != "en")


def test_any_origin_may_call_with_a_token_and_without_cookies(client: httpx.Client) -> None:
    asked = {"origin": "https://city.example", "access-control-request-method": "POST"}
    asked["access-control-request-headers"] = "authorization,content-type,last-event-id"
    found = client.options(OPEN, headers=asked)
    assert found.status_code == 200
    assert found.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in found.headers
    opened = client.post(OPEN, json={"territory": "turin"}, headers={"origin": "https://city.example"})
    assert opened.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in opened.headers


def test_the_description_names_every_address_and_error(client: httpx.Client) -> None:
    assert yaml.safe_load(client.get("/chat/api/openapi.yml").text) == SPECIFICATION
    assert SPECIFICATION["components"]["schemas"]["Error"]["properties"]["error"]["enum"] == list(STATUS)
    documentation = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert [code for code in STATUS if f"`{code}`" not in documentation] == []
    for path, operations in SPECIFICATION["paths"].items():
        for method in operations.keys() - {"parameters"}:
            address = "/chat/api" + path.replace("{conversation}", "nobody")
            found = client.request(method.upper(), address)
            assert str(found.status_code) in operations[method]["responses"], (method, path)
