"""A conversation as a file for the newcomer: everything that is stored of it, readable and machine-readable."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.records import conversations as records
from bot.records import handoffs

MOST_MESSAGES = 100_000


def exported(session: Session, conversation: str) -> str | None:
    """Return a conversation as JSON text (UTF-8, indented); None when there is none of that id (any more).

    It holds what was said by whom and when, the language and the territory, what the assistant remembers, and every
    handoff with its steps and ratings. Notes that colleagues at the desk write to each other belong to the desk.
    """
    found = records.get(session, conversation)
    if found is None:
        return None
    shape: dict[str, Any] = {
        "exported_at": datetime.now(UTC).isoformat(),
        "territory": found.territory_id,
        "channel": found.channel,
        "language": found.language,
        "begun_at": found.created_at.isoformat(),
        "remembered": found.slots,
        "messages": [
            message.as_dict() for message in records.messages(session, conversation, after=0, limit=MOST_MESSAGES)
        ],
        "handoffs": [_handoff(session, row) for row in handoffs.of_conversation(session, found.id)],
    }
    return json.dumps(shape, ensure_ascii=False, indent=2)


def _handoff(session: Session, row: handoffs.Handoff) -> dict[str, Any]:
    return {
        "requested_at": row.requested_at.isoformat(),
        "reason": row.reason,
        "state": row.state,
        "wants_woman": row.wants_woman,
        "wants_language": row.wants_language,
        "callback": row.callback,
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
