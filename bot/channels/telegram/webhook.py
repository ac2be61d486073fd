"""Takes updates that Telegram posts: only with the secret of their header, answered when they are stored."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram.account import Account
from bot.channels.telegram.receiving import Receiver
from bot.channels.telegram.settings import BotToken

PATH = "/telegram"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
LARGEST_BODY = 1024 * 1024
log = logging.getLogger(__name__)


def secret(bot: BotToken) -> str:
    """Return what Telegram has to send along with each update: made from the token, so that it needs no keeping."""
    return hmac.new(bot.token.get_secret_value().encode(), b"ventanilla webhook", hashlib.sha256).hexdigest()


def address(public_url: str, account: Account) -> str:
    """Return where Telegram is to post a bot's updates."""
    return f"{public_url.rstrip('/')}{PATH}/{account.id}"


def route(accounts: dict[int, Account], secrets: dict[int, str], receiver: Receiver) -> Route:
    """Return the route for all bots' updates."""

    async def take(request: Request) -> Response:
        account = accounts.get(request.path_params["bot"])
        given = request.headers.get(SECRET_HEADER, "")
        if account is None or not hmac.compare_digest(given.encode(), secrets[account.id].encode()):
            return Response(status_code=404)
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_BODY:
                return Response(status_code=413)
        try:
            shape = json.loads(body)
            update = account.client.update(shape)
        except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
            # It would be posted again and again: nobody can read it, so it counts as taken.
            log.error("telegram: update not understood", extra={"reason": type(error).__name__})
            return Response(status_code=200)
        if update is not None:
            await receiver.take(account, [update])
        return Response(status_code=200)

    return Route(f"{PATH}/{{bot:int}}", take, methods=["POST"])
