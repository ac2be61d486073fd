"""The words of the assistant: gettext catalogs in bot/locale, one per language, looked up by message id."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.conversation.languages import direction
from bot.conversation.messages import Direction

LOCALE = Path(__file__).resolve().parent.parent / "locale"
SOURCE = "en"
_GAP = re.compile(r"\{(\w+)\}")
log = logging.getLogger(__name__)


class Wording:
    """Looks texts up: in the language asked for, else in English; a missing one is logged once."""

    def __init__(self, folder: Path = LOCALE) -> None:
        """Read every catalog below ``folder`` (``<code>/LC_MESSAGES/*.po``).

        Raises:
            FileNotFoundError: the English catalog, which defines the message ids, is missing.
        """
        self._texts: dict[str, dict[str, str | tuple[str, ...]]] = {}
        self._plurals: dict[str, Catalog] = {}
        self._reported: set[tuple[str, str]] = set()
        for path in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            self._read(path, path.parent.parent.name)
        if SOURCE not in self._texts:
            raise FileNotFoundError(f"{folder}/{SOURCE}/LC_MESSAGES has no catalog")

    @property
    def languages(self) -> list[str]:
        """Codes of all languages that have a catalog, in alphabetical order."""
        return sorted(self._texts)

    def speaks(self, code: str | None) -> bool:
        """Tell whether there is a catalog for ``code``."""
        return code in self._texts

    def has(self, msgid: str) -> bool:
        """Tell whether the English catalog defines ``msgid``."""
        return msgid in self._texts[SOURCE]

    def text(self, msgid: str, language: str, /, **values: object) -> str:
        """Return the text of ``msgid`` with its ``{gaps}`` filled.

        Args:
            msgid: id in the catalogs.
            language: BCP 47 code.
            values: what goes into the gaps; shown as text by every channel, so nothing is escaped here.

        Returns:
            the text in ``language``, in English where it is missing there, the id where it is missing everywhere.
        """
        found = self._find(msgid, language)
        return _fill(found if isinstance(found, str) else found[-1], values)

    def plural(self, msgid: str, n: int, language: str, /, **values: object) -> str:
        """Return the form of ``msgid`` that the language uses for ``n`` (CLDR rule in the catalog), gaps filled with ``n`` too."""
        forms = self._find(msgid, language)
        if isinstance(forms, str):
            return _fill(forms, {"n": n, **values})
        spoken = language if isinstance(self._texts.get(language, {}).get(msgid), tuple) else SOURCE
        form = forms[min(_plural_form(self._plurals[spoken], n), len(forms) - 1)]
        return _fill(form, {"n": n, **values})

    def dir(self, language: str) -> Direction:
        """Return the script direction of ``language``."""
        return direction(language)

    def _find(self, msgid: str, language: str) -> str | tuple[str, ...]:
        found = self._texts.get(language, {}).get(msgid)
        if found:
            return found
        if language != SOURCE and (language, msgid) not in self._reported:
            self._reported.add((language, msgid))
            log.warning("no text %s in %s", msgid, language)
        return self._texts[SOURCE].get(msgid) or msgid

    def _read(self, path: Path, language: str) -> None:
        with path.open("rb") as file:
            catalog = read_po(file, locale=None, abort_invalid=True)
        texts = self._texts.setdefault(language, {})
        self._plurals[language] = catalog
        for message in catalog:
            if not message.id or message.fuzzy:
                continue
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            if not forms or not all(forms):
                continue
            if isinstance(message.id, str):
                texts[message.id] = forms[0]
            else:
                texts[message.id[0]] = forms


def _fill(text: str, values: dict[str, object]) -> str:
    # One pass, so that a gap's value that itself looks like a gap stays as it is.
    return _GAP.sub(lambda gap: str(values.get(gap[1], gap[0])), text)


def _plural_form(catalog: Catalog, n: int) -> int:
    return _rule(catalog.plural_expr)(n)


@lru_cache
def _rule(expression: str) -> Callable[[int], int]:
    return c2py(expression)
