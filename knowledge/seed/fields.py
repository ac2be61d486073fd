"""Types of single seed values: codes, languages, times, web addresses."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any

from babel import Locale
from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from knowledge.codes import Vocabulary

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$")
_IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*$")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d$")
_WEB = re.compile(r"https?://[^\s/.]+\.[^\s]+$")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+$")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")


@lru_cache(maxsize=1)
def _known_languages() -> frozenset[str]:
    # CLDR has no data for these, but people speak them and records name them: Dari, Balkan and Vlax Romani.
    return frozenset(str(code).split("_")[0] for code in Locale("en").languages) | {"prs", "rmn", "rmy"}


def is_language(tag: str) -> bool:
    """Whether `tag` is a BCP 47 tag (RFC 5646: language, script, region) whose language CLDR names."""
    return bool(_LANGUAGE.match(tag)) and tag.split("-")[0] in _known_languages()


def _matching(pattern: re.Pattern[str], expected: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.match(value):
            raise ValueError(expected)
        return value

    return AfterValidator(check)


def _language(value: str) -> str:
    if not is_language(value):
        raise ValueError(f"a BCP 47 language such as en or zh-Hant, not {value!r}")
    return value


def _filled(value: str) -> str:
    stripped = value.strip()
    if not stripped:
        raise ValueError("some words: leave the field out if nothing is known")
    return stripped


def _texts(value: dict[str, str]) -> dict[str, str]:
    if not value:
        raise ValueError("a text in at least one language, such as {en: …}")
    return value


def code_of(vocabulary: str) -> AfterValidator:
    """A validator that accepts the codes of one vocabulary, which the validation context holds as `vocabulary`."""

    def check(value: str, info: ValidationInfo) -> str:
        known: Vocabulary = (info.context or {})["vocabulary"]
        if not known.knows(vocabulary, value):
            raise ValueError(f"a code of knowledge/vocabulary/{vocabulary}.yml, not {value!r}")
        return value

    return AfterValidator(check)


def one_of(*words: str) -> AfterValidator:
    """A validator that accepts only `words`."""

    def check(value: str) -> str:
        if value not in words:
            raise ValueError(f"{' | '.join(words)}, not {value!r}")
        return value

    return AfterValidator(check)


def _date_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else str(value) if type(value) is int else value


def _distinct(values: list[Any]) -> list[Any]:
    seen: list[Any] = []
    for value in values:
        if value in seen:
            raise ValueError(f"each only once, but {value!r} stands twice")
        seen.append(value)
    return values


_is_time: Callable[[str], bool] = lambda text: bool(_TIME.match(text))  # noqa: E731


def _closing(value: str) -> str:
    if value != "24:00" and not _is_time(value):
        raise ValueError(f"a time in quotes such as '16:30' or '24:00', not {value!r}")
    return value


Word = Annotated[str, AfterValidator(_filled)]
Identifier = Annotated[str, _matching(_IDENTIFIER, "small letters, digits and single hyphens")]
Language = Annotated[str, AfterValidator(_language)]
Texts = Annotated[dict[Language, Word], AfterValidator(_texts)]
WebAddress = Annotated[str, _matching(_WEB, "a web address that begins with https:// or http://")]
Email = Annotated[str, _matching(_EMAIL, "one e-mail address")]
OpeningTime = Annotated[str, _matching(_TIME, "a time in quotes such as '09:00'")]
ClosingTime = Annotated[str, AfterValidator(_closing)]
MonthDay = Annotated[str, _matching(_MONTH_DAY, "a month and day in quotes such as '06-24'")]
PartialDate = Annotated[
    str,
    BeforeValidator(_date_text),
    _matching(_PARTIAL_DATE, "a year, a month or a day: '2024', '2024-02', '2024-02-29'"),
]
distinct = AfterValidator(_distinct)
