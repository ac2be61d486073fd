"""A word to the devices of a desk's people when somebody waits and nobody watches: that somebody waits, nothing more."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import http_ece  # type: ignore[import-untyped]
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02  # type: ignore[import-untyped]
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.conversation.wording import Wording
from bot.letters import UNSEEN
from bot.records import handoffs, push, staff
from bot.records.push import Device
from bot.security import outside
from knowledge.store import Store, StoreError

# After this the newcomer was taken over long ago: the push service then drops the message.
KEPT_SECONDS = 3600
# A JWT is good for at most 24 hours; ours are used at once.
SIGNED_SECONDS = 3600
SECONDS = 10.0
WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60, 3600
AT_ONCE = 20
log = logging.getLogger(__name__)


class Unusable(ValueError):
    """A browser's keys are no keys."""


class Pushing:
    """Tells every subscribed device of a desk, once for each newcomer who waits unseen."""

    def __init__(
        self, store: Store, wording: Wording, *, contact: str, desk_url: str, trusted: ssl.SSLContext | None = None
    ) -> None:
        """Connect to nothing yet.

        Args:
            contact: e-mail or https address at which push services reach who runs this; "" for no web push;
            desk_url: where the desk is; trusted: whom to trust for a push service on this very machine, as tests
            have one; None: only public ones are called.
        """
        self._store = store
        self._wording = wording
        self._contact = contact if contact.startswith("https://") or not contact else f"mailto:{contact}"
        self._desk_url = desk_url
        self._trusted = trusted
        self._key: Vapid02 | None = None
        self._told: dict[int, set[int]] = {}
        self._not_before: dict[int, float] = {}
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def public_key(self) -> str:
        """Return the key that browsers subscribe with (base64url); "" when there is no web push."""
        if not self._contact:
            return ""
        try:
            return _encoded(_raw((await self._own_key()).public_key))
        except StoreError as error:
            # Somebody else writes for long: the page is worth more than the button.
            log.warning("no key for web push", extra={"reason": str(error)})
            return ""

    async def subscribe(self, token: str, endpoint: str, p256dh: str, auth: str) -> None:
        """Keep the browser of the session with ``token``.

        Raises:
            NotOutside: the push service's address is none that we call.
            Unusable: the keys are none.
        """
        if self._trusted is None:
            outside.check(endpoint)
        _checked(p256dh, auth)
        await self._store.run(push.subscribe, token, endpoint, p256dh, auth)

    async def unsubscribe(self, worker: int, endpoint: str) -> None:
        """Forget a browser of somebody."""
        await self._store.run(push.unsubscribe, worker, endpoint)

    async def tell(self) -> int:
        """Tell the devices of desks where somebody waits unseen; return how many were told.

        A device whose push service asks for time, or is out of reach, is told later, while somebody still waits.
        """
        if not self._contact:
            return 0
        waiting = await self._store.read(_unseen)
        now = time.monotonic()
        self._told = {device.id: self._told.get(device.id, set()) & people for device, people in waiting.items()}
        self._not_before = {one: until for one, until in self._not_before.items() if until > now}
        due = [
            (device, people)
            for device, people in waiting.items()
            if people - self._told[device.id] and device.id not in self._not_before
        ]
        return sum(await asyncio.gather(*(self._tell(device, people) for device, people in due)))

    async def _tell(self, device: Device, people: set[int]) -> bool:
        async with self._at_once:
            try:
                answer = await asyncio.wait_for(self._send(device), SECONDS)
            except (httpx.HTTPError, OSError, TimeoutError, outside.NotOutside, Unusable) as error:
                self._later(device, WAIT_SECONDS, type(error).__name__)
                return False
        if answer.status_code in (404, 410):
            await self._store.run(push.remove, device.id)
            log.info("device signed off by its push service")
        elif answer.is_success:
            self._told[device.id] = people
            return True
        else:
            busy = answer.status_code == 429 or answer.status_code >= 500
            self._later(device, _wait(answer.headers) if busy else LONGEST_WAIT_SECONDS, str(answer.status_code))
        return False

    def _later(self, device: Device, seconds: int, why: str) -> None:
        self._not_before[device.id] = time.monotonic() + seconds
        log.warning("device not told", extra={"reason": why, "again_in_seconds": seconds})

    async def _send(self, device: Device) -> httpx.Response:
        address = urlsplit(device.endpoint)
        host, port = address.hostname or "", address.port or 443
        if self._trusted is None:
            outside.check(device.endpoint)
            places = await outside.places(host, port)
        else:
            places = await outside.look_up(host, port)
        headers = {
            "Host": address.netloc,
            "TTL": str(KEPT_SECONDS),
            "Urgency": "high",
            # A device that was off shows one line, not one for each who waited meanwhile.
            "Topic": "waiting",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            **self._signed(await self._own_key(), f"https://{address.netloc}"),
        }
        content = _sealed(device, self._words(device.language))
        async with httpx.AsyncClient(verify=self._trusted or True, trust_env=False, timeout=SECONDS) as client:
            for place in places:
                # The place that was looked at is the one that is called, whatever the name leads to by then.
                url = httpx.URL(device.endpoint).copy_with(host=place)
                try:
                    return await client.post(url, content=content, headers=headers, extensions={"sni_hostname": host})
                except httpx.ConnectError:
                    continue
        raise httpx.ConnectError("no place answered")

    def _words(self, language: str) -> bytes:
        said = {
            "title": self._wording.text("letter.subject", language),
            "body": self._wording.text("letter.push", language),
            "language": language,
            "url": self._desk_url,
        }
        return json.dumps(said, ensure_ascii=False).encode()

    def _signed(self, key: Vapid02, audience: str) -> dict[str, str]:
        claims = {"aud": audience, "sub": self._contact, "exp": int(time.time()) + SIGNED_SECONDS}
        return dict(key.sign(claims))

    async def _own_key(self) -> Vapid02:
        if self._key is None:
            stored = await self._store.read(push.key)
            if stored is None:
                stored = await self._make_key()
            self._key = Vapid02.from_pem(stored.encode())
        return self._key

    async def _make_key(self) -> str:
        made = Vapid02()
        made.generate_keys()
        pem = made.private_pem().decode()
        try:
            await self._store.run(push.add_key, pem)
        except IntegrityError:
            # Another process was first: its key counts.
            return await self._store.read(push.key) or pem
        return str(pem)


def _unseen(session: Session) -> dict[Device, set[int]]:
    """Return the devices of desks where somebody waits and nobody watches, each with who waits."""
    found: dict[Device, set[int]] = {}
    for row in handoffs.waiting_since(session, datetime.now(UTC) - UNSEEN):
        if not staff.there(session, row.territory_id):
            for device in push.at_desk(session, row.territory_id):
                found.setdefault(device, set()).add(row.id)
    return found


def _sealed(device: Device, words: bytes) -> bytes:
    """Return words that only the device can read (RFC 8291)."""
    theirs, secret = _checked(device.p256dh, device.auth)
    own = ec.generate_private_key(ec.SECP256R1())
    return bytes(http_ece.encrypt(words, private_key=own, dh=theirs, auth_secret=secret, version="aes128gcm"))


def _checked(p256dh: str, auth: str) -> tuple[bytes, bytes]:
    try:
        theirs, secret = _decoded(p256dh), _decoded(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    except ValueError as error:
        raise Unusable("no point of the curve") from error
    if len(theirs) != 65 or len(secret) != 16:
        raise Unusable("not of the right length")
    return theirs, secret


def _wait(headers: Mapping[str, str]) -> int:
    asked = headers.get("retry-after", "")
    return min(max(int(asked), 1), LONGEST_WAIT_SECONDS) if asked.isdecimal() else WAIT_SECONDS


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
