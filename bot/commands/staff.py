"""``staff``: add, list, disable, enable and reset the people who work at the desks."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address

from babel import Locale, UnknownLocaleError
from sqlalchemy.orm import Session

from bot.commands.migrate import migrate
from bot.conversation.wording import Wording
from bot.progress import Trouble
from bot.records import audit, staff
from bot.records.staff import AT_THE_DESK, ROLES, Staff
from bot.security.door import known_of
from bot.security.passwords import Passwords, new_password, weakness
from bot.settings import settings
from knowledge.codes import load_vocabulary
from knowledge.store import Store, StoreError
from knowledge.territories import TerritoryView, list_territories

ONE_TIME_DAYS = 7
ACTOR = "system"
WEAK = {
    "short": "it has fewer than 10 characters",
    "long": "it has more than 200 characters",
    "own": "it is made of the name, the address or the city",
    "common": "it is made of words that many people use",
    "keyboard": "its keys stand side by side",
    "repeat": "it repeats itself",
    "sequence": "it holds a row like abc or 123",
    "date": "it holds a date",
    "simple": "it is easily guessed",
}


def main(arguments: list[str]) -> int:
    """Run the verb; return its exit code.

    Raises:
        Trouble: a territory, role, language, topic or account does not exist, or a password is too weak.
    """
    chosen = _parser().parse_args(arguments)
    password = _read_password() if getattr(chosen, "password_stdin", False) else None
    migrate(settings())
    store = Store(settings().database)
    try:
        if chosen.what == "list":
            with store.session() as session:
                _list(session, chosen.territory)
        else:
            with store.write() as session:
                said = _WRITING[chosen.what](session, chosen, password)
            print(said)
    except StoreError as error:
        raise Trouble(str(error)) from error
    finally:
        store.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m bot staff", description=__doc__)
    verbs = parser.add_subparsers(dest="what", required=True, metavar="add|list|disable|enable|reset")
    add = verbs.add_parser("add", help="a new account; prints a one-time password")
    add.add_argument("--territory", required=True, help="id of the city or region, e.g. turin")
    add.add_argument("--email", required=True, help="address that they sign in with")
    add.add_argument("--name", required=True, help="what newcomers see")
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--languages", default="", help="languages they help in, BCP 47 with commas: ar,fr")
    add.add_argument("--topics", default="", help="topics they help in, with commas (default: all)")
    add.add_argument("--mediator", action="store_true", help="a cultural mediator")
    add.add_argument("--woman", action="store_true", help="may be asked for by women, if she wishes so")
    add.add_argument("--at-once", type=int, default=4, help="conversations at the same time (default: 4)")
    add.add_argument("--language", default="", help="language of the desk's pages (default: that of the territory)")
    listed = verbs.add_parser("list", help="who there is")
    listed.add_argument("--territory", default="", help="of one territory only")
    for name, text in (
        ("disable", "sign somebody out everywhere and let them in no more"),
        ("enable", "let somebody in again"),
        ("reset", "sign somebody out everywhere; prints a new one-time password"),
    ):
        verbs.add_parser(name, help=text).add_argument("--email", required=True)
    for name in ("add", "reset"):
        verbs.choices[name].add_argument(
            "--password-stdin", action="store_true", help="read their own password from standard input instead"
        )
    return parser


def _add(session: Session, chosen: argparse.Namespace, password: str | None) -> str:
    territory = _territory(session, chosen.territory)
    email = _email(chosen.email)
    if staff.by_email(session, email):
        raise Trouble(f"there is an account for {email} already: see 'staff list', or use 'staff reset'.")
    name = chosen.name.strip()
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise Trouble("--name: use 1 to 80 characters.")
    if not 1 <= chosen.at_once <= 50:
        raise Trouble(f"--at-once {chosen.at_once}: use a number from 1 to 50.")
    row = staff.add(
        session,
        territory=territory.id,
        email=email,
        name=name,
        role=chosen.role,
        languages=_languages(chosen.languages),
        topics=_topics(chosen.topics),
        mediator=chosen.mediator,
        woman=chosen.woman,
        at_once=chosen.at_once,
        language=_page_language(chosen.language, territory),
    )
    return _new_password(session, row, password, "staff_added")


def _reset(session: Session, chosen: argparse.Namespace, password: str | None) -> str:
    return _new_password(session, _account(session, chosen.email), password, "staff_reset")


def _disable(session: Session, chosen: argparse.Namespace, _password: str | None) -> str:
    return _switched(session, _account(session, chosen.email), on=False)


def _enable(session: Session, chosen: argparse.Namespace, _password: str | None) -> str:
    return _switched(session, _account(session, chosen.email), on=True)


_WRITING: dict[str, Callable[[Session, argparse.Namespace, str | None], str]] = {
    "add": _add,
    "reset": _reset,
    "disable": _disable,
    "enable": _enable,
}


def _switched(session: Session, row: Staff, *, on: bool) -> str:
    staff.switch(session, row, on=on)
    action = "enabled" if on else "disabled"
    audit.record(session, territory=row.territory_id, actor=ACTOR, action=f"staff_{action}", about=str(row.id))
    return f"{row.email} is {action}." + ("" if on else " Open conversations go back to the queue.")


def _new_password(session: Session, row: Staff, password: str | None, action: str) -> str:
    why = weakness(password, known_of(row)) if password is not None else None
    if why:
        raise Trouble(f"the password is refused: {WEAK[why]}.")
    given = password or new_password()
    until = None if password else datetime.now(UTC) + timedelta(days=ONE_TIME_DAYS)
    staff.set_password(session, row, Passwords().hashed(given), until)
    audit.record(session, territory=row.territory_id, actor=ACTOR, action=action, about=str(row.id))
    if password:
        return f"{row.email} ({row.role}, {row.territory_id}) signs in at /desk with the password read."
    return (
        f"{row.email} ({row.role}, {row.territory_id}) signs in at /desk with this one-time password,\n"
        f"good for {ONE_TIME_DAYS} days, and then chooses their own:\n{given}"
    )


def _list(session: Session, territory: str) -> None:
    if territory:
        _territory(session, territory)
    rows = staff.of_territory(session, territory) if territory else staff.everybody(session)
    for row in rows:
        signs = [
            row.role,
            *(["mediator"] if row.mediator else []),
            *([f"languages {','.join(row.languages)}"] if row.languages else []),
            *([f"topics {','.join(row.topics)}"] if row.topics else []),
            *([f"{row.at_once} at once"] if row.role in AT_THE_DESK else []),
            *(["single sign-on"] if row.subject else []),
            *(["has not chosen a password yet"] if row.one_time_until else []),
            *(["disabled"] if row.disabled else []),
        ]
        print(f"{row.territory_id}  {row.email}  {row.name}: {'; '.join(signs)}")
    if not rows:
        print("nobody yet: add somebody with 'python3 -m bot staff add'")


def _read_password() -> str:
    password = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Trouble("--password-stdin: standard input holds no password.")
    return password


def _account(session: Session, email: str) -> Staff:
    found = staff.by_email(session, email)
    if found is None:
        raise Trouble(f"there is no account for {email}: see 'python3 -m bot staff list'.")
    return found


def _territory(session: Session, name: str) -> TerritoryView:
    known = {territory.id: territory for territory in list_territories(session)}
    if name not in known:
        raise Trouble(f"there is no territory '{name}': choose {', '.join(sorted(known))}.")
    return known[name]


def _email(text: str) -> str:
    try:
        address = Address(addr_spec=text.strip())
    except (ValueError, IndexError, HeaderParseError) as error:
        raise Trouble(f"--email {text}: this is no e-mail address.") from error
    if not address.username or not address.domain or len(text) > 254:
        raise Trouble(f"--email {text}: this is no e-mail address.")
    return text.strip().lower()


def _languages(text: str) -> list[str]:
    codes = _parts(text)
    for code in codes:
        try:
            Locale.parse(code.replace("-", "_"))
        except (UnknownLocaleError, ValueError) as error:
            raise Trouble(f"--languages {code}: use BCP 47 codes with commas, e.g. ar,fr.") from error
    return codes


def _topics(text: str) -> list[str]:
    codes, known = _parts(text), load_vocabulary().codes["topics"]
    for code in codes:
        if code not in known:
            raise Trouble(f"--topics {code}: choose from {', '.join(sorted(known))}.")
    return codes


def _page_language(text: str, territory: TerritoryView) -> str:
    wording = Wording()
    if text and not wording.speaks(text):
        raise Trouble(f"--language {text}: the pages are written in {', '.join(wording.languages)}.")
    official = (code for code in territory.official_languages if wording.speaks(code))
    return text or next(official, "en")


def _parts(text: str) -> list[str]:
    return list(dict.fromkeys(part for piece in text.split(",") if (part := piece.strip())))
