"""One turn of a newcomer as the actions see it: read from the tracker that Rasa sends with each call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TOPICS_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What the last answer was about, so that "more", "is it open Saturday?" and "for women?" have a subject.

    ``last`` are the ids shown most recently, ``shown`` all ids shown for these topics so far; ``why``: the reasons (codes)
    for the rank of each one found last, for the caseworker who may take over.
    """

    topics: tuple[str, ...] = ()
    circumstances: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    words: str = ""
    why: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    @classmethod
    def read(cls, slot: Any) -> LastAnswer:
        """Return the answer stored in a slot; an empty one for anything unreadable."""
        if not isinstance(slot, Mapping):
            return cls()
        lists = {
            name: tuple(map(str, slot.get(name) or ()))
            for name in ("topics", "circumstances", "offers", "shown", "last")
        }
        why = {str(one): tuple(map(str, codes)) for one, codes in (slot.get("why") or {}).items()}
        return cls(words=str(slot.get("words") or ""), why=why, **lists)

    def write(self) -> dict[str, Any]:
        """Return the answer as a slot's value."""
        return {
            "topics": list(self.topics),
            "circumstances": list(self.circumstances),
            "offers": list(self.offers),
            "words": self.words,
            "why": {one: list(codes) for one, codes in self.why.items()},
            "shown": list(self.shown)[-60:],
            "last": list(self.last),
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """What the newcomer said and what is known around it.

    ``circumstances`` are codes, "language:<BCP 47>" for a language wanted at a service. ``entities`` maps a name to its
    values in order. ``near`` is where the person stands (degrees). ``misses`` counts answers in a row that missed;
    ``question`` names a question still open.
    """

    intent: str
    text: str
    territory: str
    language: str
    topics: tuple[str, ...] = ()
    circumstances: tuple[str, ...] = ()
    safety: str | None = None
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answer: LastAnswer = field(default_factory=LastAnswer)
    question: str | None = None
    misses: int = 0
    languages: tuple[str, ...] = ()
    near: tuple[float, float] | None = None

    def entity(self, name: str) -> str | None:
        """Return the first value of an entity, or None."""
        values = self.entities.get(name)
        return values[0] if values else None


def read_turn(tracker: Mapping[str, Any]) -> Turn:
    """Return the turn that a tracker's state ends with.

    Args:
        tracker: ``tracker.current_state()`` of Rasa with all events; metadata of the last user event carries
            ``territory``, ``language`` and ``languages`` (those that have a catalog).

    Returns:
        the turn; missing parts stay empty.
    """
    latest = tracker.get("latest_message") or {}
    metadata = latest_metadata(tracker)
    slots = tracker.get("slots") or {}
    entities: dict[str, list[str]] = {}
    for entity in latest.get("entities") or ():
        entities.setdefault(str(entity.get("entity")), []).append(str(entity.get("value")))
    spoken = tuple(metadata.get("languages") or ())
    identified = (latest.get("language") or {}).get("code")
    return Turn(
        intent=str((latest.get("intent") or {}).get("name") or ""),
        text=str(latest.get("text") or ""),
        territory=str(metadata.get("territory") or ""),
        language=str(identified) if identified in spoken else str(metadata.get("language") or "en"),
        topics=tuple(dict.fromkeys(entities.get("topic", ())))[:TOPICS_AT_ONCE],
        circumstances=tuple(dict.fromkeys(entities.get("circumstance", ()))),
        safety=latest.get("safety"),
        entities={name: tuple(values) for name, values in entities.items()},
        answer=LastAnswer.read(slots.get("answer")),
        question=slots.get("question"),
        misses=int(slots.get("misses") or 0),
        languages=spoken,
        near=_point(metadata.get("near")),
    )


def _point(shape: Any) -> tuple[float, float] | None:
    return (float(shape[0]), float(shape[1])) if isinstance(shape, list) and len(shape) > 1 else None


def latest_metadata(tracker: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the metadata of the last message in a tracker's state, an empty mapping when there is none."""
    for event in reversed(tracker.get("events") or ()):
        if event.get("event") == "user":
            return event.get("metadata") or {}
    return {}
