"""The labelled lines of a service card: codes and structured data of a record, worded in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.numbers import format_currency

from bot.conversation import languages, opening_words
from bot.conversation.messages import Fact
from bot.conversation.wording import Wording
from knowledge.territories import TerritoryView
from knowledge.texts import Prose
from knowledge.views import CostView, PlaceView, ServiceView

OFFERS_ON_SHORT_CARD = 4
PLACES_ON_SHORT_CARD = 1


class Facts:
    """Words facts for one language and moment."""

    def __init__(self, wording: Wording, language: str, territory: TerritoryView, at: datetime) -> None:
        self._wording = wording
        self._language = language
        self._territory = territory
        self._at = at
        self._makers: dict[str, Callable[[ServiceView, bool], Iterable[Fact | None]]] = {
            "offers": self._offers,
            "audience": self._audience,
            "cost": self._cost,
            "documents": self._documents,
            "how_to_come": self._how_to_come,
            "languages": self._languages,
            "hours": self._hours,
            "address": self._address,
            "conditions": lambda service, full: [self._prose("conditions", service.conditions)],
            "apply": lambda service, full: [self._prose("apply", service.how_to_apply)],
            "accessibility": self._accessibility,
            "phone": self._phone,
            "note": self._doubts,
        }

    def of(self, service: ServiceView, kind: str, *, full: bool) -> list[Fact]:
        """Return the lines of one kind; none where the record says nothing.

        Args:
            kind: see ``bot.conversation.messages.Fact``; full: everything known, not just the most important.
        """
        return [fact for fact in self._makers[kind](service, full) if fact is not None]

    def not_known(self, kind: str) -> Fact:
        """Return the line that says that a fact asked for is not known."""
        return self._fact(kind, self._text("fact.not_known"), state="unknown")

    def foreign_prose(self, prose: Prose) -> Fact:
        """Return prose in another language as a line whose label is that language's name."""
        return Fact("note", self._language_name(prose), prose.text.strip(), language=prose.language)

    def _offers(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        shown = service.offers if full else service.offers[:OFFERS_ON_SHORT_CARD]
        yield self._listed("offers", "offer", shown)

    def _audience(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        parts = [self._text(f"audience.{code}") for code in service.audiences]
        if service.papers:
            parts.append(self._text(f"fact.papers_{service.papers}"))
        low, high = service.minimum_age, service.maximum_age
        if low is not None and high is not None:
            parts.append(self._text("fact.ages_from_to", **{"from": low, "to": high}))
        elif low is not None:
            parts.append(self._text("fact.ages_from", **{"from": low}))
        elif high is not None:
            parts.append(self._text("fact.ages_to", to=high))
        yield self._fact("audience", self._join(parts)) if parts else None

    def _cost(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        lines = [self._one_cost(cost) for cost in service.costs]
        yield self._fact("cost", self._join(lines)) if lines else None

    def _one_cost(self, cost: CostView) -> str:
        amount = ""
        if cost.amount is not None:
            currency = cost.currency or self._territory.currency
            amount = format_currency(
                cost.amount, currency, locale=languages.locale(self._language), format_type="standard"
            )
        msgid = f"cost.{cost.code}"
        worded = self._text(msgid, amount=amount) if self._wording.has(msgid) else cost.code
        return f"{worded} ({cost.note.text})" if cost.note else worded

    def _documents(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        yield self._listed("documents", "document", service.documents)

    def _how_to_come(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        yield self._listed("how_to_come", "way", service.ways)

    def _accessibility(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        yield self._listed("accessibility", "accessibility", service.accessibility)

    def _languages(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        parts = [languages.name_in(code, self._language) for code in service.languages]
        if service.interpreters:
            parts.append(self._text(f"fact.interpreters_{service.interpreters}"))
        yield self._fact("languages", self._join(parts)) if parts else None

    def _hours(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        opening = service.opening
        now = self._at.astimezone(ZoneInfo(service.timezone))
        if opening.state != "unknown":
            yield self._fact(
                "hours", opening_words.state(opening, now, self._wording, self._language), state=opening.state
            )
            for line in opening_words.week(opening, self._wording, self._language) if full else ():
                yield self._fact("hours", line)
        note = service.hours_note
        if note:
            yield self._prose("hours", note)

    def _address(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        places = service.places if full else service.places[:PLACES_ON_SHORT_CARD]
        for place in places:
            text = self._one_place(place, full)
            if text:
                yield self._fact("address", text, language=self._territory.official_languages[0])

    def _one_place(self, place: PlaceView, full: bool) -> str:
        city = " ".join(part for part in (place.postal_code, place.city) if part)
        parts = [part for part in (place.name.text if place.name and full else None, place.address, city) if part]
        if place.note and full:
            parts.append(place.note.text)
        text = ", ".join(parts)
        return f"{text} {self._text('fact.approximate')}" if text and place.approximate else text

    def _phone(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        for phone in service.phones:
            shown = f"\u2068{phone.shown}\u2069"
            parts = [
                shown,
                *([phone.note.text] if phone.note else []),
                *([self._text("fact.free_call")] if phone.free else []),
            ]
            yield self._fact("phone", self._join(parts))

    def _doubts(self, service: ServiceView, full: bool) -> Iterable[Fact | None]:
        names = dict.fromkeys(FACT_OF_FIELD.get(doubt.field, "") for doubt in service.doubts)
        known = [self._text(f"fact.{name}") for name in names if name]
        yield self._fact("note", self._text("freshness.doubt", fields=self._join(known))) if known else None

    def _listed(self, kind: str, prefix: str, codes: Iterable[str]) -> Fact | None:
        parts = [self._text(f"{prefix}.{code}") for code in codes if self._wording.has(f"{prefix}.{code}")]
        return self._fact(kind, self._join(parts)) if parts else None

    def _prose(self, kind: str, prose: Prose | None) -> Fact | None:
        if prose is None:
            return None
        if prose.language == self._language:
            return self._fact(kind, prose.text.strip())
        label = f"{self._text(f'fact.{kind}')} ({self._language_name(prose)})"
        return Fact(kind, label, prose.text.strip(), language=prose.language)

    def _language_name(self, prose: Prose) -> str:
        return languages.name_in(prose.language, self._language)

    def _join(self, parts: Iterable[str]) -> str:
        # A middle dot instead of a grammatical list: it needs no "and" and works in every script.
        return " · ".join(parts)

    def _fact(self, kind: str, text: str, *, state: str | None = None, language: str | None = None) -> Fact:
        return Fact(kind, self._text(f"fact.{kind}"), text, state, language)

    def _text(self, msgid: str, /, **values: object) -> str:
        return self._wording.text(msgid, self._language, **values)


# Fields of seed records that a doubt may name, and the fact that a newcomer sees instead.
FACT_OF_FIELD = {
    "places": "address",
    "address": "address",
    "hours": "hours",
    "opening_hours": "hours",
    "phones": "phone",
    "costs": "cost",
    "bring": "documents",
    "languages": "languages",
    "for": "audience",
    "conditions": "conditions",
    "come": "how_to_come",
}
