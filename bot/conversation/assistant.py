"""The assistant process as the app sees it: over loopback HTTP, within a time limit, and allowed to be down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

HEALTH_SECONDS = 2.0


class AssistantDown(Exception):
    """The assistant did not answer, answered too late, or answered with nothing."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means.

    ``topics`` are pairs of code and confidence (0 to 1), most certain first; ``circumstances`` are codes,
    "language:<BCP 47>" for a language wanted; ``evidence`` says what the language rests on: text, conversation, hint
    or default.
    """

    language: str
    language_confidence: float = 0.0
    evidence: str = "default"
    detected: str | None = None
    topics: tuple[tuple[str, float], ...] = ()
    acts: tuple[str, ...] = ()
    safety: str | None = None
    circumstances: tuple[str, ...] = ()
    territory: str | None = None

    @classmethod
    def read(cls, shape: Mapping[str, Any]) -> Understanding:
        """Return the understanding that the assistant gives as JSON."""
        return cls(
            language=str(shape["language"]),
            language_confidence=float(shape.get("language_confidence") or 0),
            evidence=str(shape.get("language_evidence") or "default"),
            detected=shape.get("language_detected"),
            topics=tuple((str(topic["topic"]), float(topic["confidence"])) for topic in shape.get("topics") or ()),
            acts=tuple(shape.get("acts") or ()),
            safety=shape.get("safety"),
            circumstances=tuple(shape.get("circumstances") or ()),
            territory=shape.get("territory"),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields of ``bot understand --jsonl``."""
        return {
            "language": self.language,
            "topics": [{"topic": topic, "confidence": round(confidence, 3)} for topic, confidence in self.topics],
            "acts": list(self.acts),
            "safety": self.safety,
            "circumstances": list(self.circumstances),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one message: its meaning, replies as they were composed, and what the dialogue remembers."""

    understanding: Understanding | None
    replies: tuple[dict[str, Any], ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)


class Assistant:
    """Client of the assistant's ``exchange`` channel."""

    def __init__(self, url: str, secret: str, seconds: float) -> None:
        """Connect to nothing yet.

        Args:
            url: where the assistant listens; secret: what it expects in the X-Ventanilla header;
            seconds: time limit for one message.
        """
        self._url = url
        self._headers = {"X-Ventanilla": secret}
        self._timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=min(1.0, seconds))
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def handle(
        self, sender: str, text: str, metadata: Mapping[str, Any], slots: Mapping[str, Any], *, command: bool
    ) -> Answer:
        """Have one message understood and answered.

        Args:
            sender: id of the conversation; text: the message, or a Rasa command when ``command``;
            metadata: territory, language, hint, languages, turn;
            slots: what the dialogue remembered after the message before.

        Returns:
            the understanding (None for commands) and the replies.

        Raises:
            AssistantDown: no answer in time, an error, or no reply at all.
        """
        body = {"sender": sender, "message": text, "metadata": dict(metadata), "command": command, "slots": dict(slots)}
        shape = await self._post("/webhooks/exchange/webhook", body)
        replies = tuple(reply for reply in shape.get("replies") or () if isinstance(reply, dict))
        if not replies:
            # With its action server unreachable Rasa answers 200 and nothing: that is a failure, not an answer.
            raise AssistantDown("empty answer")
        understanding = shape.get("understanding")
        meaning = Understanding.read(understanding) if understanding else None
        return Answer(meaning, replies, shape.get("slots") or {})

    async def understand(self, messages: Sequence[Mapping[str, Any]]) -> list[Understanding]:
        """Return what each of ``messages`` ({"text", "metadata"}) means.

        Raises:
            AssistantDown: as in ``handle``.
        """
        shape = await self._post("/webhooks/exchange/understand", {"messages": list(messages)})
        return [Understanding.read(one) for one in shape["understandings"]]

    async def is_up(self) -> bool:
        """Tell whether the assistant answers and has a model."""
        try:
            limit = aiohttp.ClientTimeout(total=HEALTH_SECONDS)
            async with self._client().get("/webhooks/exchange/health", timeout=limit) as reply:
                return reply.ok
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _client(self) -> aiohttp.ClientSession:
        # A session belongs to the event loop in which it was made.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                self._url,
                timeout=self._timeout,
                headers=self._headers,
                connector=aiohttp.TCPConnector(limit=64),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            async with self._client().post(path, json=body) as reply:
                reply.raise_for_status()
                shape = await reply.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise AssistantDown(type(error).__name__) from error
        if not isinstance(shape, dict):
            raise AssistantDown("unexpected shape")
        return shape
