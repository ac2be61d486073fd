"""Checks the catalogs: every text in every language, with the same gaps, and how many still want a native reviewer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.conversation.wording import LOCALE, SOURCE
from knowledge.codes import load_vocabulary

REVIEW = "native review"
_GAP = re.compile(r"\{(\w+)\}")
# vocabulary: prefix of its message ids
PREFIXES = {
    "topics": "topic",
    "offers": "offer",
    "audiences": "audience",
    "documents": "document",
    "costs": "cost",
    "ways": "way",
    "accessibility": "accessibility",
}


@dataclass(frozen=True, slots=True)
class CatalogProblem:
    """One mistake: the file, the message id, and what is expected."""

    file: Path
    msgid: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.msgid}: {self.expected}"


@dataclass(frozen=True, slots=True)
class CatalogReport:
    """``waiting``: by language, how many entries carry a comment that asks for a native reviewer."""

    problems: list[CatalogProblem]
    waiting: dict[str, int]
    texts: int


def check_catalogs(folder: Path = LOCALE) -> CatalogReport:
    """Compare every catalog with the English one of the same name, and all English ones with the vocabularies of codes."""
    names = sorted({path.name for path in folder.glob("*/LC_MESSAGES/*.po")})
    languages = sorted(path.name for path in folder.iterdir() if path.is_dir())
    problems: list[CatalogProblem] = []
    waiting = dict.fromkeys(languages, 0)
    known: dict[str, str] = {}
    for name in names:
        own = folder / SOURCE / "LC_MESSAGES" / name
        source = _by_id(_read(own))
        problems += [
            CatalogProblem(own, msgid, f"one text; {known[msgid]} has it too") for msgid in source.keys() & known.keys()
        ]
        known |= dict.fromkeys(source, name)
        for language in languages:
            file = folder / language / "LC_MESSAGES" / name
            catalog = _read(file)
            problems += _compare(file, _by_id(catalog), source)
            waiting[language] += _waiting(catalog)
    main = folder / SOURCE / "LC_MESSAGES"
    problems += [CatalogProblem(main, msgid, "a text for this code") for msgid in _codes() if msgid not in known]
    return CatalogReport(problems, waiting, len(known))


def _compare(file: Path, catalog: dict[str, Message], source: dict[str, Message]) -> Iterator[CatalogProblem]:
    for msgid, original in source.items():
        message = catalog.get(msgid)
        if message is None or not all(_forms(message)):
            yield CatalogProblem(file, msgid, "a translation")
            continue
        wanted = set(_GAP.findall(_forms(original)[-1]))
        for form in _forms(message):
            found = set(_GAP.findall(form))
            # A singular or dual may say "one" in words.
            if not found <= wanted or (len(_forms(message)) == 1 and found != wanted):
                yield CatalogProblem(file, msgid, f"the gaps {sorted(wanted)}, not {sorted(found)}")
    for msgid in catalog.keys() - source.keys():
        yield CatalogProblem(file, msgid, "an id that the English catalog has")


def _codes() -> Iterator[str]:
    codes = load_vocabulary().codes
    for vocabulary, prefix in PREFIXES.items():
        for code in codes[vocabulary]:
            yield f"{prefix}.{code}"


def _by_id(catalog: Catalog) -> dict[str, Message]:
    return {message.id if isinstance(message.id, str) else message.id[0]: message for message in catalog if message.id}


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _waiting(catalog: Catalog) -> int:
    return sum(
        any(REVIEW in comment for comment in (*message.user_comments, *message.auto_comments)) for message in catalog
    )


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)
