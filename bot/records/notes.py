"""Notes and labels of handoffs: what colleagues at the desk tell each other. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records.handoffs import Handoff, HandoffNote
from bot.records.staff import Staff

MOST_LABELS = 12
LONGEST_LABEL = 40
LONGEST_NOTE = 2000
# How far back labels are looked for that a desk uses.
_LATEST = 500


@dataclass(frozen=True, slots=True)
class Note:
    """One note; ``author`` is "" when the account is gone."""

    text: str
    at: datetime
    author: str


def add_note(session: Session, handoff: int, staff: int, text: str) -> None:
    """Store a note; longer than ``LONGEST_NOTE`` characters it is cut."""
    session.add(HandoffNote(handoff_id=handoff, staff_id=staff, text=text[:LONGEST_NOTE], at=datetime.now(UTC)))
    session.flush()


def notes_of(session: Session, handoffs: Sequence[int]) -> list[Note]:
    """Return the notes of handoffs, the oldest first."""
    query = (
        select(HandoffNote.text, HandoffNote.at, Staff.name)
        .outerjoin(Staff, Staff.id == HandoffNote.staff_id)
        .where(HandoffNote.handoff_id.in_(handoffs))
        .order_by(HandoffNote.id)
    )
    return [Note(text, at, name or "") for text, at, name in session.execute(query)]


def add_label(handoff: Handoff, label: str) -> None:
    """Add a label to a handoff; the same one twice, or one too many, changes nothing."""
    clean = " ".join(label.split())[:LONGEST_LABEL]
    if clean and clean not in handoff.labels and len(handoff.labels) < MOST_LABELS:
        handoff.labels = [*handoff.labels, clean]


def remove_label(handoff: Handoff, label: str) -> None:
    """Take a label from a handoff."""
    handoff.labels = [one for one in handoff.labels if one != label]


def labels_used(session: Session, territory: str) -> list[str]:
    """Return the labels of a desk's latest handoffs, in alphabetical order."""
    query = select(Handoff.labels).where(Handoff.territory_id == territory).order_by(Handoff.id.desc()).limit(_LATEST)
    return sorted({label for labels in session.scalars(query) for label in labels}, key=str.casefold)
