"""Answers while the assistant is down: an apology in the newcomer's language, and what the records give without it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from bot.conversation import languages
from bot.conversation.composing import Composer
from bot.conversation.messages import Reply
from knowledge import territories
from knowledge.finding import Query, find

if TYPE_CHECKING:
    from bot.conversation.exchange import Exchange

SERVICES = 3
LONG_ENOUGH = 4
# choice about one service: what its card shows
SHOWN = {"hours": "hours", "place": "address", "documents": "documents"}


async def fallback_replies(exchange: Exchange, composer: Composer) -> list[Reply]:
    """Return replies that need no understanding: a chosen topic's services, a word search, the desk, the topic menu.

    Args:
        exchange: the message; when its safety step already gave numbers, nothing is put on top of them.
    """
    if exchange.safety:
        return []
    if not exchange.language_chosen:
        exchange.language = languages.by_script(exchange.text, composer.languages, exchange.language)
    kind, _, what = (exchange.choice or "").partition(":")
    if kind in ("topic", "more"):
        found = await composer.search(_by_topic, exchange.territory, what)
        if found:
            arguments: dict[str, Any] = {"values": {"topic": what}, "services": found, "choices": ["person"]}
            return [await _say(composer, "utter_services", arguments, exchange)]
    if kind == "person":
        desk = await composer.search(_desk, exchange.territory)
        exchange.effects["person"] = "asked"
        return [await _say(composer, "utter_person", {"services": desk}, exchange)]
    if kind in ("details", "hours", "place", "documents"):
        arguments = {"services": [what], "show": [SHOWN.get(kind, "full")], "choices": ["person"]}
        return [await _say(composer, "utter_details", arguments, exchange)]
    if kind == "language" and composer.speaks(what):
        exchange.effects["language"] = exchange.language = what
    replies = [await composer.apology(exchange.language, exchange.territory)]
    if not kind and len(exchange.text) >= LONG_ENOUGH:
        found = await composer.search(_by_words, exchange.territory, exchange.text)
        if found:
            replies.insert(0, await _say(composer, "utter_services_by_words", {"services": found}, exchange))
    return replies


async def _say(composer: Composer, response: str, arguments: dict[str, Any], exchange: Exchange) -> Reply:
    return (await composer.compose(response, arguments, exchange.language, exchange.territory)).reply


def _by_topic(session: Session, territory: str, topic: str) -> list[str]:
    query = Query(territory=territory, topics=(topic,), at=datetime.now(UTC), limit=SERVICES)
    return [found.service_id for found in find(session, query).results]


def _by_words(session: Session, territory: str, words: str) -> list[str]:
    query = Query(territory=territory, words=words, at=datetime.now(UTC), limit=SERVICES)
    return [found.service_id for found in find(session, query).results]


def _desk(session: Session, territory: str) -> list[str]:
    desk = territories.desk_service(session, territory)
    return [desk] if desk else []
