"""A letter to the people of a desk when somebody waits and nobody watches: that somebody waits, and nothing of what they wrote."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
from sqlalchemy.orm import Session

from bot.conversation.wording import Wording
from bot.records import handoffs, staff
from knowledge.store import Store

UNSEEN = timedelta(minutes=2)
SECONDS = 20.0
log = logging.getLogger(__name__)


class BadMailServer(ValueError):
    """The setting smtp_url is no address of a mail server; ``smtp://user:password@host:587`` or ``smtps://…`` is."""


class Letters:
    """Writes to everybody who takes conversations at a desk, once for each newcomer who waits unseen."""

    def __init__(self, store: Store, wording: Wording, *, server: str, sender: str, desk_url: str) -> None:
        """Connect to nothing yet.

        Args:
            server: ``smtp://user:password@host:587`` (STARTTLS where offered) or ``smtps://…``; "" for no letters;
            sender: address that letters come from; desk_url: where the desk is.

        Raises:
            BadMailServer: ``server`` is neither.
        """
        self._server = urlsplit(server)
        if server and (self._server.scheme not in ("smtp", "smtps") or not self._server.hostname):
            raise BadMailServer("use smtp://user:password@host:587 or smtps://user:password@host")
        self._store = store
        self._wording = wording
        self._sender = sender
        self._desk_url = desk_url
        self._told: set[int] = set()

    async def tell(self) -> int:
        """Write about who waits unseen and nobody was told of; return how many letters went out."""
        if not self._server.hostname:
            return 0
        sent = 0
        for handoff, readers in await self._store.read(_unseen, frozenset(self._told)):
            self._told.add(handoff)
            for address, language in readers:
                sent += await self._send(address, language)
        return sent

    async def _send(self, address: str, language: str) -> int:
        letter = EmailMessage()
        letter["From"], letter["To"] = self._sender, address
        letter["Subject"] = self._wording.text("letter.subject", language)
        letter.set_content(self._wording.text("letter.text", language, address=self._desk_url))
        try:
            await aiosmtplib.send(
                letter,
                hostname=self._server.hostname,
                port=self._server.port,
                username=unquote(self._server.username) if self._server.username else None,
                password=unquote(self._server.password) if self._server.password else None,
                use_tls=self._server.scheme == "smtps",
                timeout=SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            log.error("letter not sent", extra={"reason": type(error).__name__})
            return 0
        return 1


def _unseen(session: Session, told: frozenset[int]) -> Sequence[tuple[int, list[tuple[str, str]]]]:
    edge = datetime.now(UTC) - UNSEEN
    return [
        (row.id, [(one.email, one.language) for one in staff.at_desk(session, row.territory_id)])
        for row in handoffs.waiting_since(session, edge)
        if row.id not in told and not staff.there(session, row.territory_id)
    ]
