"""A conversation as a file for the newcomer: everything that is stored of it, readable and machine-readable."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.records import conversations as records
from bot.records import feedback, handoffs, outcomes, telegram

MOST_MESSAGES = 100_000
# Says nothing of what was talked about: others may see what lies on a phone.
FILE_NAME = "conversation.json"


def exported(session: Session, conversation: str) -> str | None:
    """Return a conversation as JSON text (UTF-8, indented); None when there is none of that id (any more).

    It holds what was said by whom and when, the language and the territory, what the assistant remembers, what was said
    of services, and every handoff: what the desk saw and set down as codes and labels, its steps and ratings. Notes that
    colleagues at the desk write to each other belong to the desk.
    """
    found = records.get(session, conversation)
    if found is None:
        return None
    shape: dict[str, Any] = {
        "exported_at": datetime.now(UTC).isoformat(),
        "territory": found.territory_id,
        "channel": found.channel,
        "telegram_chat": chat.chat_id if (chat := telegram.of_conversation(session, conversation)) else None,
        "counter": found.desk,
        "language": found.language,
        "language_chosen": found.language_chosen,
        "begun_at": found.created_at.isoformat(),
        "last_at": found.last_at.isoformat(),
        "turns": found.turns,
        "remembered": found.slots,
        "messages": [
            message.as_dict() for message in records.messages(session, conversation, after=0, limit=MOST_MESSAGES)
        ],
        "said_of_services": [
            {"service": row.service_id, "verdict": row.verdict, "at": row.at.isoformat()}
            for row in feedback.of_conversation(session, conversation)
        ],
        "person_wanted": [
            {"reason": row.reason, "at": row.at.isoformat()} for row in outcomes.person_requests(session, conversation)
        ],
        "handoffs": [_handoff(session, row) for row in handoffs.of_conversation(session, found.id)],
    }
    return json.dumps(shape, ensure_ascii=False, indent=2)


def _handoff(session: Session, row: handoffs.Handoff) -> dict[str, Any]:
    return {
        "territory": row.territory_id,
        "proposed_territory": row.proposed_territory,
        "requested_at": row.requested_at.isoformat(),
        "taken_at": _moment(row.claimed_at),
        "replied_at": _moment(row.replied_at),
        "closed_at": _moment(row.closed_at),
        "reason": row.reason,
        "state": row.state,
        "language": row.language,
        "topic": row.topic,
        "danger": row.danger,
        "urgency": row.urgency,
        "labels": row.labels,
        "wants_woman": row.wants_woman,
        "wants_language": row.wants_language,
        "message_left": row.message_left,
        "callback": row.callback,
        "read_up_to_message": row.read_by_newcomer,
        "shown_to_the_desk": row.card,
        "outcome": row.outcome,
        "agreed": row.agreed,
        "rating": row.rating,
        "rating_word": row.rating_word,
        "steps": [
            {"at": step.at.isoformat(), "action": step.action, "by": step.actor.partition(":")[0]}
            for step in handoffs.events(session, row.id)
        ],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
