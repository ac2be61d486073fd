"""What an exchange leaves behind besides its replies: a changed language or city, an unmet need, a request for a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.records import feedback
from bot.records.model import Conversation, PersonRequest, UnmetNeed


def apply(session: Session, conversation: str, territory: str, language: str, effects: Mapping[str, Any]) -> None:
    """Store the effects of an exchange.

    Args:
        territory, language: those of the exchange, for the counts.
        effects: ``territory`` (id), ``language`` (BCP 47), ``unmet`` ({"topic", "circumstances"}), ``person`` (reason),
            ``feedback`` ({"service", "verdict"}).
    """
    now = datetime.now(UTC)
    if "language" in effects:
        set_language(session, conversation, effects["language"], chosen=False)
    if "territory" in effects:
        session.execute(
            update(Conversation).where(Conversation.id == conversation).values(territory_id=effects["territory"])
        )
    if "unmet" in effects:
        unmet = effects["unmet"]
        session.add(
            UnmetNeed(
                territory_id=territory,
                topic=unmet.get("topic"),
                circumstances=list(unmet.get("circumstances") or ()),
                language=language,
                at=now,
            )
        )
    if "person" in effects:
        session.add(
            PersonRequest(conversation_id=conversation, territory_id=territory, reason=effects["person"], at=now)
        )

    if "feedback" in effects:
        said = effects["feedback"]
        feedback.store(session, conversation, territory, language, said["service"], said["verdict"])


def set_territory(session: Session, conversation: str, territory: str, desk: str | None) -> None:
    """Set the territory of a conversation, and the counter whose poster led here; what was shown before is no subject."""
    values: dict[str, Any] = {"territory_id": territory, "desk": desk, "slots": {}}
    session.execute(update(Conversation).where(Conversation.id == conversation).values(**values))


def set_language(session: Session, conversation: str, language: str, *, chosen: bool = True) -> None:
    """Set the language of a conversation; ``chosen``: picked on purpose, so that weak evidence never changes it."""
    values: dict[str, Any] = {"language": language}
    if chosen:
        values["language_chosen"] = True
    session.execute(update(Conversation).where(Conversation.id == conversation).values(**values))
