"""Devices that want to be told when somebody waits: signed up and off by the page's button."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.desk.assets import DeskAssets
from bot.desk.base import Desk, field, worker_of
from bot.pushing import Unusable
from bot.security.outside import LONGEST, NotOutside
from bot.security.sessions import SignedIn

WORKER = "push-worker.js"


class Push:
    """Keeps the browsers of the desk's people."""

    def __init__(self, desk: Desk, assets: DeskAssets) -> None:
        self._desk = desk
        self._assets = assets

    async def on(self, request: Request) -> Response:
        """Sign a browser up, or on: its page does so again at each look.

        Raises:
            HTTPException: 404 where there is no web push, 422 for an address or keys that cannot be used.
        """
        signed_in = getattr(request.state, "signed_in", None)
        if self._desk.pushing is None or not isinstance(signed_in, SignedIn):
            raise HTTPException(404)
        endpoint = await field(request, "endpoint", LONGEST)
        p256dh, auth = await field(request, "p256dh", 128), await field(request, "auth", 64)
        try:
            await self._desk.pushing.subscribe(signed_in.token, endpoint, p256dh, auth)
        except (NotOutside, Unusable) as error:
            raise HTTPException(422) from error
        return Response(status_code=204)

    async def off(self, request: Request) -> Response:
        """Sign a browser off."""
        if self._desk.pushing is not None:
            endpoint = await field(request, "endpoint", LONGEST)
            await self._desk.pushing.unsubscribe(worker_of(request).id, endpoint)
        return Response(status_code=204)

    async def worker(self, request: Request) -> Response:
        """Return the service worker: at an address of its own that never changes, good for the whole desk."""
        return self._assets.response(WORKER, {"cache-control": "no-cache", "service-worker-allowed": "/desk"})
