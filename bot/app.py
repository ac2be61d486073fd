"""The public web application: health and channels, with what starts and ends along with them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.routing import Route

from bot import health
from bot.channels.web import WebSettings, create_routes, web_middleware
from bot.desk_routes import desk_routes
from bot.parts import Parts
from bot.sweeping import sweep

log = logging.getLogger(__name__)


def create_app(parts: Parts) -> Starlette:
    """Return the public web application."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        resumed = await parts.conversations.resume()
        log.info("started", extra={"conversations_taken_up": resumed})
        keeping = [
            asyncio.create_task(parts.retention.keep()),
            asyncio.create_task(sweep(parts.handoffs, parts.letters, parts.pushing)),
        ]
        await parts.telegram.start()
        yield
        await parts.telegram.stop()
        for task in keeping:
            task.cancel()
        with suppress(TimeoutError):
            # What is not answered by then is taken up at the next start.
            await asyncio.wait_for(parts.conversations.settle(), timeout=parts.settings.assistant_seconds + 1)
        await parts.assistant.close()
        parts.store.close()

    return Starlette(
        routes=[
            Route("/health", health.endpoint(parts.store, parts.assistant, parts.telegram)),
            *parts.telegram.routes,
            *desk_routes(parts),
            *create_routes(
                parts.conversations,
                parts.wording,
                WebSettings(
                    quick_exit_url=parts.settings.quick_exit_url,
                    longest_message=parts.settings.longest_message,
                    secure=parts.settings.public_url.startswith("https://"),
                ),
                parts.store.read,
            ),
        ],
        middleware=web_middleware(),
        lifespan=lifespan,
    )
