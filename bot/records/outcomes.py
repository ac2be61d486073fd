"""What an exchange leaves behind besides its replies: a changed language or city, an unmet need, a request for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.records import feedback, handoffs
from bot.records.model import Conversation, PersonRequest, UnmetNeed


def apply(session: Session, conversation: str, territory: str, language: str, effects: Mapping[str, Any]) -> None:
    """Store the effects of an exchange.

    Args:
        territory, language: those of the exchange, for the counts.
        effects: ``territory`` (id), ``language`` (BCP 47), ``unmet`` ({"topic", "circumstances"}), ``person`` (reason),
            ``feedback`` ({"service", "verdict"}), ``handoff`` ({"action", …}, see ``bot.conversation.handover``).
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

    if "handoff" in effects:
        _hand_over(session, conversation, language, dict(effects["handoff"]))


def person_requests(session: Session, conversation: str) -> Sequence[PersonRequest]:
    """Return each time that a person was wanted in a conversation, the oldest first."""
    query = select(PersonRequest).where(PersonRequest.conversation_id == conversation)
    return session.scalars(query.order_by(PersonRequest.id)).all()


def _hand_over(session: Session, conversation: str, language: str, effect: dict[str, Any]) -> None:
    action = effect.pop("action")
    if action == "request":
        # The turn's slots were stored without the object's knowledge.
        found = session.get_one(Conversation, conversation, populate_existing=True)
        danger = found.slots.get("danger") if effect.get("reason") != "danger" else None
        topics = effect["card"].get("topics")
        more = {"danger": danger, "urgency": handoffs.URGENT} if danger else {}
        handoffs.request(session, found, topic=topics[0] if topics else None, **effect, **more)
        return
    waiting = handoffs.active(session, conversation)
    if action == "rate":
        rated = handoffs.latest(session, conversation)
        if rated is not None and rated.state == "closed":
            rated.rating = effect.get("rating", rated.rating)
            rated.rating_word = effect.get("word", rated.rating_word)
    elif waiting is None:
        return
    elif action == "leave":
        handoffs.move(session, waiting, "leave", "newcomer", "newcomer", outcome="left", closed_at=datetime.now(UTC))
    elif action == "callback":
        waiting.callback = effect["callback"]
    elif action == "danger":
        waiting.urgency, waiting.danger = handoffs.URGENT, effect["danger"]
    elif action == "stay":
        waiting.proposed_territory = None
    elif action == "move" and waiting.proposed_territory:
        values = {"territory_id": waiting.proposed_territory, "proposed_territory": None, "staff_id": None}
        handoffs.move(session, waiting, "transfer", "owner", "newcomer", "agreed", **values)


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
