"""Headers of every response: what browsers may do with it."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_EVERYWHERE = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    # Where a newcomer goes next must not learn that they were here.
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
}


def page_policy(*, framed: bool) -> str:
    """Return the Content-Security-Policy of a page; ``framed`` pages may stand in a city's own site."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            # Pictures that came with messages: fetched with the token, shown from memory.
            "img-src 'self' blob:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "frame-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            # Nothing on the page can turn text into markup, not even by mistake; the one policy names the worker's script.
            "require-trusted-types-for 'script'",
            "trusted-types ventanilla-worker",
            "frame-ancestors *" if framed else "frame-ancestors 'self'",
        )
    )


class SecurityHeaders:
    """Adds the headers that a response does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on the request; add to the head of the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _EVERYWHERE.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("strict-transport-security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, add)


def web_middleware() -> list[Middleware]:
    """Return the middleware of the public application: safe headers, and compression (event streams excepted)."""
    return [Middleware(SecurityHeaders), Middleware(GZipMiddleware, minimum_size=600, compresslevel=6)]
