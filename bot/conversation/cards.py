"""Cards: one service, one emergency number or one first step, as a newcomer sees it in one language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from babel.dates import format_date

from bot.conversation.facts import Facts
from bot.conversation.languages import locale
from bot.conversation.links import call, links_of
from bot.conversation.messages import Card, Choice, Fact
from bot.conversation.wording import Wording
from knowledge.territories import NumberView, TerritoryView
from knowledge.views import ServiceView

# What a short card says, in this order; a full one says everything that is known.
SHORT = ("offers", "hours", "cost", "audience", "documents", "how_to_come", "languages", "address")
FULL = (*SHORT, "conditions", "apply", "accessibility", "note")


class CardMaker:
    """Makes cards for one reply: one language, one territory, one moment."""

    def __init__(self, wording: Wording, language: str, territory: TerritoryView, at: datetime) -> None:
        self._wording = wording
        self._language = language
        self._facts = Facts(wording, language, territory, at)

    def service(self, service: ServiceView, show: Sequence[str]) -> Card:
        """Return the card of a service.

        Args:
            show: ``("short",)``, ``("full",)`` or names of facts; a fact asked for that is not known says so.
        """
        full = tuple(show) == ("full",)
        kinds = FULL if full else SHORT if tuple(show) == ("short",) else tuple(show)
        facts = [fact for kind in kinds for fact in self._facts.of(service, kind, full=full)]
        asked = kinds not in (FULL, SHORT)
        if asked and not facts:
            facts = [self._facts.not_known(kinds[0])]
        own_words = (
            service.description if service.description and service.description.language == self._language else None
        )
        summary = own_words if not asked else None
        if full and service.description and not own_words:
            # Prose in another language comes last and says which it is: the codes above it are the answer.
            facts.append(self._facts.foreign_prose(service.description))
        return Card(
            id=service.id,
            title=service.name.text,
            title_language=service.name.language,
            language=self._language,
            subtitle=service.organization,
            summary=summary.text if summary else None,
            summary_language=summary.language if summary else None,
            alert=service.alert.text if service.alert else None,
            facts=tuple(facts),
            links=links_of(service, self._wording, self._language, only_calls=kinds == ("phone",)),
            freshness=service.freshness,
            freshness_text=self._freshness_text(service),
            sources=tuple(source.url for source in service.sources) if full else (),
            choices=() if full else (Choice(self._text("choice.details"), f"details:{service.id}"),),
        )

    def number(self, number: NumberView) -> Card:
        """Return the card of an emergency number."""
        facts = []
        if number.free:
            facts.append(Fact("cost", self._text("fact.cost"), self._text("fact.free_call")))
        if number.always:
            facts.append(Fact("hours", self._text("fact.hours"), self._text("fact.always"), state="open"))
        return Card(
            id=f"number:{number.service}:{number.number}",
            title=self._text(f"emergency.{number.service}"),
            title_language=self._language,
            language=self._language,
            kind="emergency",
            facts=tuple(facts),
            links=(call(number.number, number.shown, self._wording, self._language),),
        )

    def step(self, step: str, services: Sequence[ServiceView]) -> Card:
        """Return the card of a first step with the service where it is done."""
        title = self._text(f"step.{step}")
        if not services:
            return Card(
                id=f"step:{step}", title=title, title_language=self._language, language=self._language, kind="step"
            )
        inner = self.service(services[0], ("documents", "hours", "address"))
        return Card(
            id=inner.id,
            title=title,
            title_language=self._language,
            language=self._language,
            kind="step",
            subtitle=inner.title,
            facts=inner.facts,
            links=inner.links,
            freshness=inner.freshness,
            freshness_text=inner.freshness_text,
            choices=inner.choices,
        )

    def _freshness_text(self, service: ServiceView) -> str:
        date = ""
        if service.assured_date is not None:
            date = format_date(service.assured_date, "long", locale=locale(self._language))
        return self._text(f"freshness.{service.freshness}", date=date)

    def _text(self, msgid: str, /, **values: object) -> str:
        return self._wording.text(msgid, self._language, **values)
