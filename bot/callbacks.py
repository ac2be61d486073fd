"""What the assistant calls back: /webhook runs our actions, /nlg words replies. Served on loopback only, with a secret."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions.turn import latest_metadata
from bot.conversation.composing import Composer

HEADER = "x-ventanilla"
DOMAIN = {"version": "3.1"}
log = logging.getLogger(__name__)


def create(executor: ActionExecutor, composer: Composer, secret: str) -> Starlette:
    """Return the application for the callback port.

    Args:
        executor: rasa-sdk's executor with our actions; composer: words replies;
        secret: what the assistant must send in the X-Ventanilla header.
    """

    async def actions(request: Request) -> Response:
        call = await _authorised(request, secret)
        # Our actions never look into the domain, so it does not travel; rasa-sdk wants to see one all the same.
        call["domain"] = DOMAIN
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as rejection:
            return JSONResponse({"error": str(rejection), "action_name": rejection.action_name}, 400)
        except ActionNotFoundException as missing:
            return JSONResponse({"error": str(missing), "action_name": missing.action_name}, 404)
        if result is None:
            return JSONResponse({"events": [], "responses": []})
        # Worded here already: through /nlg each reply would travel once more, with the whole tracker.
        responses = [await word(said.pop("response"), said, call["tracker"]) for said in _said(result.responses)]
        return JSONResponse({"events": result.events, "responses": responses})

    async def nlg(request: Request) -> Response:
        call = await _authorised(request, secret)
        return JSONResponse(await word(call["response"], call.get("arguments") or {}, call.get("tracker") or {}))

    async def word(response: str, arguments: Mapping[str, Any], tracker: Mapping[str, Any]) -> dict[str, Any]:
        metadata = latest_metadata(tracker)
        language = arguments.get("language") or _language(tracker.get("latest_message") or {}, metadata, composer)
        territory = str(metadata.get("territory") or "")
        composed = await composer.compose(response, arguments, language, territory)
        return {"custom": composed.as_dict()}

    return Starlette(routes=[Route("/webhook", actions, methods=["POST"]), Route("/nlg", nlg, methods=["POST"])])


def _said(responses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # rasa-sdk adds empty text, buttons, image … to each: only what our action said goes on.
    return [{name: value for name, value in said.items() if value} for said in responses if said.get("response")]


async def _authorised(request: Request, secret: str) -> dict[str, Any]:
    if not hmac.compare_digest(request.headers.get(HEADER, ""), secret):
        raise HTTPException(403)
    call = await request.json()
    if not isinstance(call, dict):
        raise HTTPException(400)
    return call


def _language(latest: Mapping[str, Any], metadata: Mapping[str, Any], composer: Composer) -> str:
    identified = (latest.get("language") or {}).get("code")
    return str(identified) if composer.speaks(identified) else str(metadata.get("language") or "en")
