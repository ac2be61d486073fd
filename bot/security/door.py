"""Coming in, choosing a password and leaving: each checked, limited and written down in the audit log."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.records import audit, staff
from bot.records.staff import Staff
from bot.security.limits import Tries
from bot.security.passwords import Passwords, weakness
from bot.security.sessions import Sessions, SignedIn
from knowledge.store import Store

# Who tried is not written down where there is no such account: it may be a password typed into the wrong field.
UNKNOWN = "unknown"


class NotAllowed(Exception):
    """Somebody may not come in; ``why`` is a code of the texts: ``wrong``, ``off``, ``over``, ``no_account``, ``other``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class WeakPassword(Exception):
    """A new password is too easily guessed; ``why`` as ``passwords.weakness`` gives it, or ``same``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Door:
    """Lets staff in and out."""

    def __init__(self, store: Store, sessions: Sessions, passwords: Passwords, tries: Tries) -> None:
        self._store = store
        self._sessions = sessions
        self._passwords = passwords
        self._tries = tries

    async def come_in(self, email: str, password: str, address: str, old: str) -> str:
        """Check an e-mail address and a password; return the token of a new session.

        Args:
            address: of the browser, for the limits; old: token of the session that the browser had, which ends.

        Raises:
            TooManyTries: wait.
            NotAllowed: ``wrong`` (also where there is no such account), ``off`` or ``over`` (the one-time password).
        """
        async with self._tries.trying(email, address) as one:
            found = await self._store.read(staff.by_email, email)
            stored = found.password_hash if found else None
            if not await asyncio.to_thread(self._passwords.fits, stored, password) or found is None or stored is None:
                await one.wrong()
                await self._note(found, "sign_in_failed")
                raise NotAllowed("wrong")
            await one.right()
        why = _barred(found)
        if why:
            await self._note(found, "sign_in_refused")
            raise NotAllowed(why)
        better = None
        if self._passwords.outdated(stored):
            better = await asyncio.to_thread(self._passwords.hashed, password)
        return await self._store.run(self._begin, found.id, stored, better, old)

    async def come_in_elsewhere(self, subject: str, email: str | None, old: str) -> str:
        """Let in who signed in at the single sign-on; return the token of a new session.

        Args:
            subject: their id there; email: their address if the provider has verified it, for the first time; old: as above.

        Raises:
            NotAllowed: ``no_account``, ``other`` (the account belongs to another id) or ``off``.
        """
        token, why, found = await self._store.run(self._begin_elsewhere, subject, email, old)
        if why:
            await self._note(found, "sso_refused")
            raise NotAllowed(why)
        return token

    async def choose(self, who: SignedIn, current: str, new: str, address: str) -> str:
        """Give somebody an own password; all their sessions end, and a new one begins. Return its token.

        Args:
            current: the password up to now; not asked for again from who has just come in with a one-time one.

        Raises:
            TooManyTries, NotAllowed (``wrong``), WeakPassword.
        """
        row = await self._store.read(lambda session: session.get_one(Staff, who.worker.id))
        if not who.one_time:
            async with self._tries.trying(row.email, address) as one:
                if not await asyncio.to_thread(self._passwords.fits, row.password_hash, current):
                    await one.wrong()
                    await self._note(row, "password_failed")
                    raise NotAllowed("wrong")
                await one.right()
        why = await asyncio.to_thread(weakness, new, known_of(row))
        if why is None and await asyncio.to_thread(self._passwords.fits, row.password_hash, new):
            why = "same"
        if why:
            raise WeakPassword(why)
        hashed = await asyncio.to_thread(self._passwords.hashed, new)
        return await self._store.run(self._changed, row.id, row.password_hash, hashed)

    async def leave(self, who: SignedIn) -> None:
        """End a browser's session."""

        def write(session: Session) -> None:
            staff.sign_out(session, who.token)
            audit.record(session, territory=who.worker.territory, actor=who.worker.email, action="sign_out")

        await self._store.run(write)

    async def _note(self, row: Staff | None, action: str) -> None:
        territory, actor = (row.territory_id, row.email) if row else ("", UNKNOWN)
        await self._store.run(audit.record, territory=territory, actor=actor, action=action)

    def _begin(self, session: Session, staff_id: int, stored: str, better: str | None, old: str) -> str:
        row = session.get_one(Staff, staff_id)
        # While the password was being checked, it may have been replaced or the account disabled.
        if row.password_hash != stored or _barred(row):
            raise NotAllowed("wrong")
        row.password_hash = better or stored
        audit.record(session, territory=row.territory_id, actor=row.email, action="sign_in")
        return self._sessions.begin(session, row, old)

    def _begin_elsewhere(
        self, session: Session, subject: str, email: str | None, old: str
    ) -> tuple[str, str, Staff | None]:
        row = staff.by_subject(session, subject)
        if row is None:
            row = staff.by_email(session, email) if email else None
            if row is None:
                return "", "no_account", None
            if row.subject is not None:
                return "", "other", row
        if row.disabled:
            return "", "off", row
        staff.link(session, row, subject)
        audit.record(session, territory=row.territory_id, actor=row.email, action="sso_sign_in")
        return self._sessions.begin(session, row, old), "", row

    def _changed(self, session: Session, staff_id: int, before: str | None, hashed: str) -> str:
        row = session.get_one(Staff, staff_id)
        if row.password_hash != before or row.disabled:
            raise NotAllowed("wrong")
        staff.set_password(session, row, hashed)
        audit.record(session, territory=row.territory_id, actor=row.email, action="password_changed")
        return self._sessions.begin(session, row)


def known_of(row: Staff) -> tuple[str, ...]:
    """Return what others know of somebody, which makes a bad password."""
    return row.name, row.email, row.territory_id, "ventanilla"


def _barred(row: Staff) -> str | None:
    if row.disabled:
        return "off"
    if row.one_time_until is not None and row.one_time_until < datetime.now(UTC):
        return "over"
    return None
