"""The ``exchange`` channel: messages of the app, answered together with what they were understood to mean."""

from __future__ import annotations

import hmac
import logging
from functools import partial
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from nlu.components.batches import Batches
from nlu.components.memory import ExchangeTrackerStore

HEADER = "x-ventanilla"
UNPROCESSABLE, FORBIDDEN, UNAVAILABLE, FAILED = 422, 403, 503, 500
logger = logging.getLogger(__name__)


class ExchangeInput(InputChannel):
    """Takes messages from the app only: it proves itself with a secret made at start."""

    def __init__(self, secret: Text, trackers: ExchangeTrackerStore) -> None:
        """Keep the secret, of which an empty one is refused, and the store that the agent uses too.

        Raises:
            ValueError: the secret is empty.
        """
        if not secret:
            raise ValueError("the exchange channel needs a secret")
        self._secret = secret
        self._trackers = trackers
        self._batched: Optional[Batches] = None

    @classmethod
    def name(cls) -> Text:
        """Return the channel's name, which is also its path below /webhooks."""
        return "exchange"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the endpoints: GET health, POST webhook (one message), POST understand (many, without dialogue)."""
        blueprint = Blueprint("exchange_channel", "nlu_components_channel")

        @blueprint.route("/health", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            ready = _agent(request) is not None
            return response.json({"status": "ok" if ready else "loading"}, 200 if ready else UNAVAILABLE)

        @blueprint.route("/webhook", methods=["POST"])
        async def webhook(request: Request) -> HTTPResponse:
            refusal = self._refusal(request)
            if refusal:
                return refusal
            body = request.json
            agent = _agent(request)
            collector = CollectingOutputChannel()
            message = UserMessage(
                body["message"],
                collector,
                body["sender"],
                input_channel=self.name(),
                metadata=body.get("metadata") or {},
            )
            try:
                meaning = None
                if not body.get("command"):
                    message.text = _plain(message.text or "")
                    # Parsed once: the dialogue takes what is there already.
                    message.parse_data = await self._batches(agent).submit(message)
                    meaning = meaning_of(message.parse_data)
                self._trackers.begin(message.sender_id, body.get("slots") or {})
                await on_new_message(message)
            except Exception as error:
                self._trackers.end(message.sender_id)
                return _failure(error)
            slots = self._trackers.end(message.sender_id)
            replies = [_reply(one) for one in collector.messages]
            return response.json({"understanding": meaning, "replies": replies, "slots": slots})

        @blueprint.route("/understand", methods=["POST"])
        async def understand(request: Request) -> HTTPResponse:
            refusal = self._refusal(request)
            if refusal:
                return refusal
            messages = [
                UserMessage(_plain(one["text"]), sender_id="understand", metadata=one.get("metadata") or {})
                for one in request.json["messages"]
            ]
            try:
                meanings = [meaning_of(parsed) for parsed in parse_many(_agent(request).processor, messages)]
            except Exception as error:
                return _failure(error)
            return response.json({"understandings": meanings})

        return blueprint

    def _batches(self, agent: Any) -> Batches:
        if self._batched is None:
            self._batched = Batches(partial(parse_many, agent.processor))
        return self._batched

    def _refusal(self, request: Request) -> Optional[HTTPResponse]:
        if not hmac.compare_digest(request.headers.get(HEADER, ""), self._secret):
            return response.json({"error": "forbidden"}, FORBIDDEN)
        if _agent(request) is None:
            return response.json({"error": "loading"}, UNAVAILABLE)
        if not isinstance(request.json, dict):
            return response.json({"error": "an object is expected"}, UNPROCESSABLE)
        return None


def parse_many(processor: Any, messages: List[UserMessage]) -> List[Dict[Text, Any]]:
    """Return Rasa's parse data of each message; the graph runs once for all, which costs a third of one by one."""
    if not messages:
        return []
    target = processor.model_metadata.nlu_target
    parsed = processor.graph_runner.run(inputs={PLACEHOLDER_MESSAGE: messages}, targets=[target])[target]
    empty = {TEXT: "", INTENT: {"name": None, "confidence": 0.0}, ENTITIES: []}
    return [{**empty, **one.as_dict(only_output_properties=True)} for one in parsed]


def meaning_of(parsed: Dict[Text, Any]) -> Dict[Text, Any]:
    """Return the part of Rasa's parse data that the app reads."""
    language = parsed.get("language") or {}
    territories = [entity["value"] for entity in parsed.get("entities") or [] if entity.get("entity") == "territory"]
    return {
        "language": language.get("code"),
        "language_confidence": language.get("confidence", 0.0),
        "language_evidence": language.get("evidence", "default"),
        "language_detected": language.get("detected"),
        "topics": parsed.get("topics") or [],
        "acts": parsed.get("acts") or [],
        "safety": parsed.get("safety"),
        "circumstances": parsed.get("circumstances") or [],
        "territory": territories[0] if territories else None,
    }


def _plain(text: Text) -> Text:
    # A leading slash would make Rasa take a newcomer's words for a command.
    return text.lstrip("/ ")


def _failure(error: Exception) -> HTTPResponse:
    # The text of an error may quote the message: its kind is all that goes into the log.
    logger.error("exchange failed: %s", type(error).__name__, exc_info=logger.isEnabledFor(logging.DEBUG))
    return response.json({"error": type(error).__name__}, FAILED)


def _agent(request: Request) -> Any:
    agent = getattr(request.app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def _reply(message: Dict[Text, Any]) -> Dict[Text, Any]:
    custom = message.get("custom")
    return custom if isinstance(custom, dict) else {"text": message.get("text", "")}
