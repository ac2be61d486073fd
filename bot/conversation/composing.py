"""Turns what an action decided (a response's name and codes) into a reply in one language: text, cards, choices.

Nothing is generated: texts come from the catalogs, facts from records, each with its freshness.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.conversation import languages, opening_words
from bot.conversation.cards import CardMaker
from bot.conversation.choices import value
from bot.conversation.messages import Card, Choice, Fact, Link, Reply
from bot.conversation.shelf import Shelf
from bot.conversation.wording import Wording
from knowledge import danger, detail, territories
from knowledge.codes import load_vocabulary
from knowledge.store import Store

MAIN_TOPICS = (
    "healthcare",
    "housing",
    "employment",
    "language_learning",
    "residence_permits",
    "education_children",
    "legal_aid",
    "social_assistance",
)


@dataclass(frozen=True, slots=True)
class Composed:
    """A reply and what the exchange has to do besides."""

    reply: Reply
    effects: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return both as plain JSON types, the way they travel through Rasa."""
        return {**self.reply.as_dict(), "effects": self.effects}


class Composer:
    """Words responses for a language and a territory."""

    def __init__(self, wording: Wording, store: Store, *, retention_days: int) -> None:
        self._wording = wording
        self._store = store
        self._retention_days = retention_days
        self._shelf = Shelf()
        self.languages: list[str] = wording.languages
        self.known_languages = [languages.describe(code) for code in self.languages]

    def speaks(self, code: str | None) -> bool:
        """Tell whether the assistant can write ``code``."""
        return self._wording.speaks(code)

    def territory_name(self, territory: str, language: str) -> str:
        """Return a territory's name as speakers of ``language`` write it."""
        return self._named("territory", territory, language)

    async def compose(self, response: str, arguments: Mapping[str, Any], language: str, territory: str) -> Composed:
        """Return the reply for one response.

        Args:
            response: ``utter_…``, a message id of the catalogs.
            arguments: as ``actions.say.Say.arguments`` gives them.
            language: BCP 47 code with a catalog; territory: id.
        """
        spoken = language if self.speaks(language) else "en"
        if "territories" in (arguments.get("choices") or ()):
            everywhere = [value("territory", one) for one in await self.territories()]
            arguments = {**arguments, "choices": everywhere}
        cards = await self._store.read(self._cards, arguments, spoken, territory)
        text = self._text(response, arguments, spoken, territory)
        choices = self._choices(response, arguments, spoken)
        reply = Reply(text, spoken, languages.direction(spoken), tuple(cards), tuple(choices))
        return Composed(reply, dict(arguments.get("effects") or {}))

    async def territories(self) -> list[str]:
        """Return the ids of the territories that newcomers can choose."""
        return [found.id for found in await self._store.read(territories.list_territories)]

    async def welcome(self, language: str, territory: str) -> Reply:
        """Return the first message of a conversation; without a territory it asks for one."""
        response, choices = ("utter_welcome", "main") if territory else ("utter_welcome_anywhere", "territories")
        composed = await self.compose(response, {"choices": [choices]}, language, territory)
        return composed.reply

    async def apology(self, language: str, territory: str) -> Reply:
        """Return what is said when something of ours failed, with the topics as a way on."""
        composed = await self.compose("utter_apology", {"choices": ["main"]}, language, territory)
        return composed.reply

    async def search(self, function: Callable[..., list[str]], *arguments: str) -> list[str]:
        """Return ids of services that ``function(session, *arguments)`` finds."""
        return await self._store.read(function, *arguments)

    def choice(self, choice: str, language: str) -> Choice:
        """Return a choice's button with its label in ``language``."""
        kind, _, what = choice.partition(":")
        if kind == "language" and what:
            label = languages.autonym(what)
        elif what and kind in ("topic", "territory", "circumstance"):
            label = self._named(kind, what, language)
        elif self._wording.has(f"choice.{kind}_{what}"):
            label = self._wording.text(f"choice.{kind}_{what}", language)
        else:
            label = self._wording.text(f"choice.{kind}", language)
        return Choice(label, choice)

    def read(self, shape: Mapping[str, Any]) -> Reply:
        """Return the reply that travelled through Rasa as JSON."""
        return Reply(
            text=str(shape.get("text") or ""),
            language=str(shape["language"]),
            dir=shape["dir"],
            cards=tuple(_card(card) for card in shape.get("cards") or ()),
            choices=tuple(Choice(**choice) for choice in shape.get("choices") or ()),
        )

    def _named(self, kind: str, code: str, language: str) -> str:
        msgid = f"{kind}.{code}"
        return self._wording.text(msgid, language) if self._wording.has(msgid) else code

    def _text(self, response: str, arguments: Mapping[str, Any], language: str, territory: str) -> str:
        values: dict[str, Any] = {"days": self._retention_days, "territory": territory}
        values |= arguments.get("values") or {}
        shown = {name: self._value(name, code, language) for name, code in values.items()}
        lines = [self._wording.text(response, language, **shown)]
        lines += [self._wording.text(note, language, **shown) for note in arguments.get("notes") or ()]
        return "\n".join(lines)

    def _value(self, name: str, code: Any, language: str) -> str:
        if name in ("topic", "territory"):
            return self._named(name, str(code), language)
        if name == "language":
            return languages.name_in(str(code), language)
        if name == "when":
            return opening_words.moment(datetime.fromisoformat(str(code)), datetime.now(UTC), language)
        return str(code)

    def _choices(self, response: str, arguments: Mapping[str, Any], language: str) -> list[Choice]:
        wanted = arguments.get("choices") or DEFAULT_CHOICES.get(response, ())
        return [self.choice(choice, language) for name in wanted for choice in self._menu(name)]

    def _menu(self, name: str) -> Sequence[str]:
        if name == "main":
            return (*(value("topic", topic) for topic in MAIN_TOPICS), "menu:all", "steps", "person")
        if name == "topics":
            return [value("topic", topic) for topic in load_vocabulary().codes["topics"]]
        return (name,)

    def _cards(self, session: Session, arguments: Mapping[str, Any], language: str, territory: str) -> list[Card]:
        if not any(arguments.get(name) for name in ("services", "emergency", "steps", "danger_services")):
            return []
        now = datetime.now(UTC)
        if not territory:
            # Not known yet where the person is: the numbers that are right in every territory.
            maker = CardMaker(self._wording, language, territories.list_territories(session)[0], now)
            numbers = danger.numbers_everywhere(session, str(arguments.get("emergency") or "danger"))
            return [maker.number(number) for number in numbers]
        maker = CardMaker(self._wording, language, territories.get_territory(session, territory), now)
        cards: list[Card] = []
        if arguments.get("emergency"):
            kind = str(arguments["emergency"])
            cards += [maker.number(number) for number in territories.emergency_numbers(session, territory, kind)]
        services = list(arguments.get("services") or ())
        if arguments.get("danger_services"):
            services += danger.helping_services(session, territory, str(arguments["danger_services"]))
        show = tuple(arguments.get("show") or ("short",))
        keys = {one: (one, show, language, territory) for one in services}
        known = {one: self._shelf.take(key, now) for one, key in keys.items()}
        missing = [one for one, card in known.items() if card is None]
        for view in detail.load_views(session, missing, language, now) if missing else ():
            known[view.id] = self._shelf.put(keys[view.id], maker.service(view, show), now)
        cards += [card for one in services if (card := known[one])]
        return cards + self._steps(session, arguments, maker, language, now)

    def _steps(
        self, session: Session, arguments: Mapping[str, Any], maker: CardMaker, language: str, now: datetime
    ) -> list[Card]:
        steps = [(step, list(ids)) for step, ids in arguments.get("steps") or ()]
        wanted = [one for _, ids in steps for one in ids]
        views = {view.id: view for view in detail.load_views(session, wanted, language, now)} if wanted else {}
        return [maker.step(step, [views[one] for one in ids if one in views]) for step, ids in steps]


# Choices under responses that Rasa utters without an action.
DEFAULT_CHOICES: dict[str, tuple[str, ...]] = {
    "utter_greet": ("main",),
    "utter_thanks": ("menu", "person"),
    "utter_bye": (),
    "utter_what_can_you_do": ("topics",),
    "utter_are_you_a_machine": ("person", "privacy", "menu"),
    "utter_what_do_you_store": ("forget", "menu"),
    "utter_complaint": ("person", "wrong"),
}


def _card(shape: Mapping[str, Any]) -> Card:
    made = dict(shape)
    made["facts"] = tuple(Fact(**fact) for fact in shape.get("facts") or ())
    made["links"] = tuple(Link(**link) for link in shape.get("links") or ())
    made["choices"] = tuple(Choice(**choice) for choice in shape.get("choices") or ())
    made["sources"] = tuple(shape.get("sources") or ())
    return Card(**made)
