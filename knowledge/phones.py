"""Telephone numbers: from how a record writes them to how a phone dials them."""

from __future__ import annotations

import re

import phonenumbers

_SHORT = re.compile(r"\+?[\d*#]{2,8}$")


class BadNumber(ValueError):
    """Not a telephone number of the country."""


def to_e164(number: str, country: str) -> str:
    """`number`, written nationally or internationally, as E.164 ("+390111234567").

    Args:
        number: as a record writes it; spaces and punctuation do not matter.
        country: ISO 3166-1 alpha-2, for numbers without country code.

    Raises:
        BadNumber: the country has no such number.
    """
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException as error:
        raise BadNumber(number) from error
    if not phonenumbers.is_valid_number(parsed):
        raise BadNumber(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_short(number: str) -> bool:
    """Whether `number` looks like a short number, which has no E.164 form ("112", "116 006")."""
    return bool(_SHORT.match(re.sub(r"[\s/.-]", "", number)))


def short_form(number: str) -> str:
    """A short number without spaces."""
    return re.sub(r"[\s/.-]", "", number)


def national_form(e164: str, country: str) -> str:
    """How people of `country` write the number: nationally if it is theirs, else internationally.

    Numbers that are not E.164 (short ones) come back unchanged.
    """
    if not e164.startswith("+"):
        return e164
    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    home = phonenumbers.country_code_for_region(country)
    style = phonenumbers.PhoneNumberFormat
    wanted = style.NATIONAL if parsed.country_code == home else style.INTERNATIONAL
    return phonenumbers.format_number(parsed, wanted)
