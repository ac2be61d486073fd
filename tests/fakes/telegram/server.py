"""The HTTP face of the fake: Starlette on uvicorn, in a thread of its own on 127.0.0.1."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tests.fakes.telegram import parameters
from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.methods import METHODS
from tests.fakes.telegram.refusals import Refusal, bad, too_many
from tests.fakes.telegram.state import Bot, Call, World
from tests.fakes.telegram.updates import Bell, Posting, long_poll

ERROR_PAGE = "<html>\r\n<head><title>{0} Error</title></head>\r\n<body><h1>{0} Error</h1></body>\r\n</html>"
BIGGEST_UPLOAD = 50 * 1024 * 1024


class _Protocol(HttpToolsProtocol):
    """Lets a response find the transport of its connection, to cut it."""

    transports: dict[tuple[str, int], Any]

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.client:
            self.transports[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client:
            self.transports.pop(self.client, None)
        super().connection_lost(exc)


class _Cut(Response):
    """No answer: the connection is reset."""

    def __init__(self, transports: dict[tuple[str, int], Any]) -> None:
        super().__init__()
        self._transports = transports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = self._transports.get(tuple(scope["client"]))
        if transport:
            transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class Server:
    """Serves a ``World``. ``url`` is what a bot takes as the API's address."""

    def __init__(self, world: World, port: int = 0) -> None:
        self.world = world
        self._transports: dict[tuple[str, int], Any] = {}
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def start(self) -> None:
        """Start serving; returns when the server takes connections."""
        routes = [
            Route("/file/bot{token}/{path:path}", self._file),
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/{rest:path}", _nothing, methods=["GET", "POST"]),
        ]
        app = Starlette(routes=routes, lifespan=self._lifespan)
        protocol = type("Protocol", (_Protocol,), {"transports": self._transports})
        config = uvicorn.Config(
            app, http=protocol, log_level="critical", access_log=False, timeout_graceful_shutdown=0, ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._listening],), daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the fake Telegram did not start")
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop serving and close every connection."""
        self._server.should_exit = True
        self._thread.join(10)
        self._listening.close()

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self._bell = Bell()
        self.world.listeners.append(self._bell.ring)
        posting = asyncio.create_task(Posting(self.world, self._bell).run())
        yield
        self.world.listeners.remove(self._bell.ring)
        posting.cancel()
        await asyncio.gather(posting, return_exceptions=True)

    async def _call(self, request: Request) -> Response:
        request.state.came = time.monotonic()
        bot = self.world.bots.get(request.path_params["token"])
        name = parameters.NAMES.get(request.path_params["method"].lower(), "")
        try:
            if not bot:
                well_formed = re.fullmatch(r"\d+:[\w-]{20,}", request.path_params["token"])
                raise Refusal(401, "Unauthorized") if well_formed else Refusal(404, "Not Found")
            if not name:
                self._violate(f"{request.path_params['method']}: the fake knows no such method")
                raise Refusal(404, "Not Found: method not found")
            given = await _given(request)
        except Refusal as refusal:
            return JSONResponse(refusal.as_json(), refusal.status)
        fault = self._take_fault(name)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        return await self._handle(bot, name, given, fault, request)

    def _take_fault(self, name: str) -> Fault | None:
        with self.world.changed:
            return self.world.faults.take(name)

    async def _handle(
        self, bot: Bot, name: str, given: dict[str, Any], fault: Fault | None, request: Request
    ) -> Response:
        values: dict[str, Any] = given
        try:
            values, unknown = parameters.read(name, given)
            for strange in unknown:
                self._violate(f"{name}: there is no parameter {strange}")
            self._check_open(bot, name, values)
            if fault and fault.kind == "too_many":
                self._hold(bot, name, values, fault)
            if fault and (fault.kind == "cut_before" or (fault.kind == "error" and not fault.handled)):
                self._record(bot, request, name, values, fault.kind)
                return self._failed(fault)
            result = await self._result(bot, name, values, request)
        except Refusal as refusal:
            self._record(bot, request, name, values, refusal.description)
            return self._failed(fault) if _loses(fault) else JSONResponse(refusal.as_json(), refusal.status)
        self._record(bot, request, name, values, f"ok, then {fault.kind}" if fault and _loses(fault) else "ok")
        return self._failed(fault) if fault and _loses(fault) else JSONResponse({"ok": True, "result": result})

    async def _result(self, bot: Bot, name: str, values: dict[str, Any], request: Request) -> Any:
        if name == "getUpdates":
            return await long_poll(self.world, self._bell, bot, values, request)
        with self.world.changed:
            return METHODS[name](self.world, bot, values)

    def _check_open(self, bot: Bot, name: str, values: dict[str, Any]) -> None:
        if bot.logged_out and name != "logOut":
            raise bad("Logged out")
        with self.world.changed:
            self.world.limits.check_hold(bot.id, name, _chat_number(values))

    def _hold(self, bot: Bot, name: str, values: dict[str, Any], fault: Fault) -> None:
        chat = _chat_number(values)
        with self.world.changed:
            self.world.limits.hold(bot.id, name if chat is None else chat, fault.seconds)
        raise too_many(int(fault.seconds))

    def _failed(self, fault: Fault | None) -> Response:
        if fault and fault.kind == "error":
            return HTMLResponse(ERROR_PAGE.format(fault.status), fault.status)
        return _Cut(self._transports)

    def _record(self, bot: Bot, request: Request, name: str, values: dict[str, Any], outcome: str) -> None:
        with self.world.changed:
            self.world.calls.append(Call(bot.username, name, values, request.state.came, time.monotonic(), outcome))
            self.world.changed.notify_all()

    def _violate(self, what: str) -> None:
        with self.world.changed:
            self.world.violations.append(what)

    async def _file(self, request: Request) -> Response:
        path = request.path_params["path"]
        if request.path_params["token"] not in self.world.bots:
            return JSONResponse(Refusal(401, "Unauthorized").as_json(), 401)
        with self.world.changed:
            fault = self.world.faults.take("file")
            found = next((file for file in self.world.files.values() if file.path == path), None)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        elif fault:
            return self._failed(fault)
        if not found:
            return JSONResponse(Refusal(404, "Not Found").as_json(), 404)
        return Response(found.content, media_type="application/octet-stream")


def _loses(fault: Fault | None) -> bool:
    return fault is not None and (fault.kind == "cut_after" or (fault.kind == "error" and fault.handled))


def _chat_number(values: dict[str, Any]) -> int | None:
    try:
        return int(values["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


async def _given(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise bad("can't parse JSON object") from None
        return given | body if isinstance(body, dict) else given
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form(max_part_size=BIGGEST_UPLOAD) as form:
            return given | {name: await _part(value) for name, value in form.items()}
    await request.body()
    return given


async def _part(value: str | UploadFile) -> str | parameters.Upload:
    if isinstance(value, str):
        return value
    return parameters.Upload(value.filename or "", await value.read(), value.content_type or "")


async def _nothing(request: Request) -> Response:
    return JSONResponse(Refusal(404, "Not Found").as_json(), 404)
