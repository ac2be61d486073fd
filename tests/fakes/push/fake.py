"""The fake push service and the browsers that it knows."""

from __future__ import annotations

import base64
import json
import secrets
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.fakes.push import certificate

LARGEST = 4096
URGENCIES = (None, "very-low", "low", "normal", "high")
DAY = 24 * 3600


class Refused(Exception):
    """The service does not take a message: status and why."""


@dataclass
class FakeBrowser:
    """One subscription. ``server_key``: the key that it was made for; ``read``: what was shown, decrypted."""

    origin: str
    server_key: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    read: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    tries: int = 0
    gone: bool = False

    @property
    def endpoint(self) -> str:
        """Address at the push service."""
        return f"{self.origin}/send/{self.id}"

    @property
    def p256dh(self) -> str:
        """Public key of the browser."""
        return _encoded(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def auth(self) -> str:
        """Secret that only the browser and the sender know."""
        return _encoded(self.secret)

    def next(self, status: int, **headers: str) -> None:
        """Answer the next message with ``status`` and take nothing."""
        self.answers.append((status, headers))


class FakePush:
    """Starts on enter, ends on exit. ``violations``: what a real service would have refused."""

    def __init__(self) -> None:
        self.browsers: dict[str, FakeBrowser] = {}
        self.violations: list[str] = []
        self._folder = tempfile.TemporaryDirectory(prefix="fake-push-")

    def __enter__(self) -> FakePush:
        server, self.trusted = certificate.make(Path(self._folder.name))
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5

            def do_POST(self) -> None:
                status, headers = fake._take(self)
                self.send_response(status)
                for name, value in {"content-length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = server.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.origin = f"https://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
        self._folder.cleanup()

    def browser(self, server_key: str) -> FakeBrowser:
        """Return a new browser that subscribed with the application server's key (base64url)."""
        made = FakeBrowser(self.origin, server_key)
        self.browsers[made.id] = made
        return made

    def _take(self, request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str]]:
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        browser = self.browsers.get(request.path.removeprefix("/send/"))
        if browser is None:
            return 404, {}
        browser.tries += 1
        if browser.gone:
            return 410, {}
        if browser.answers:
            return browser.answers.pop(0)
        try:
            self._check_headers(request, body)
            self._check_sender(request, browser)
            browser.read.append(self._opened(body, browser))
        except Refused as refused:
            self.violations.append(str(refused.args[1]))
            return int(refused.args[0]), {}
        return 201, {"location": f"{self.origin}/message/{secrets.token_urlsafe(8)}"}

    def _check_headers(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        if not (request.headers.get("ttl") or "").isdecimal():
            raise Refused(400, "no TTL")
        if request.headers.get("urgency") not in URGENCIES:
            raise Refused(400, "unknown urgency")
        topic = request.headers.get("topic") or "x"
        if len(topic) > 32 or not topic.replace("-", "").replace("_", "").isalnum():
            raise Refused(400, "bad topic")
        if request.headers.get("content-encoding") != "aes128gcm":
            raise Refused(400, "not aes128gcm")
        if f"https://{request.headers.get('host')}" != self.origin:
            raise Refused(400, f"not for us: {request.headers.get('host')}")
        if len(body) > LARGEST:
            raise Refused(413, "too large")

    def _check_sender(self, request: BaseHTTPRequestHandler, browser: FakeBrowser) -> None:
        scheme, _, rest = (request.headers.get("authorization") or "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme.lower() != "vapid" or set(parts) != {"t", "k"}:
            raise Refused(401, "no vapid authorization")
        if parts["k"] != browser.server_key:
            raise Refused(403, "another key than the browser subscribed with")
        head, claims, signature = parts["t"].split(".")
        if json.loads(_decoded(head)).get("alg") != "ES256":
            raise Refused(403, "not ES256")
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(parts["k"]))
        raw = _decoded(signature)
        try:
            whole = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
            point.verify(whole, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise Refused(403, "signature does not fit") from error
        said = json.loads(_decoded(claims))
        if said.get("aud") != self.origin:
            raise Refused(403, f"audience {said.get('aud')}")
        if not time.time() < float(said.get("exp", 0)) <= time.time() + DAY:
            raise Refused(403, "expired, or for too long")
        if not str(said.get("sub", "")).startswith(("mailto:", "https://")):
            raise Refused(403, "no contact")

    def _opened(self, body: bytes, browser: FakeBrowser) -> dict[str, Any]:
        try:
            clear = http_ece.decrypt(body, private_key=browser.key, auth_secret=browser.secret, version="aes128gcm")
        except Exception as error:
            raise Refused(400, "cannot be decrypted") from error
        return dict(json.loads(clear))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
