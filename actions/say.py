"""What an action wants said, free of any language: a response's name and codes that fill it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Effect = Literal["territory", "language", "unmet", "person", "erase"]


@dataclass(frozen=True, slots=True)
class Say:
    """One reply.

    Args:
        response: name of the response, ``utter_…``; its text stands in the catalogs.
        values: codes for the text's gaps (``topic``, ``territory``, ``language``, ``n``).
        notes: message ids of sentences that follow the text.
        services: ids of the services shown as cards, in order.
        show: which facts the cards hold: ``short``, ``full`` or names of fact kinds.
        emergency: kind of danger whose numbers are shown first, or None.
        steps: ordered first steps shown as cards: (step, service ids).
        choices: values of the buttons under the reply.
        effects: what the exchange has to do besides.
        language: BCP 47 code to say it in, when it is not the turn's.
    """

    response: str
    values: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    show: tuple[str, ...] = ("short",)
    emergency: str | None = None
    steps: tuple[tuple[str, tuple[str, ...]], ...] = ()
    choices: tuple[str, ...] = ()
    effects: dict[str, Any] = field(default_factory=dict)
    language: str | None = None

    def arguments(self) -> dict[str, Any]:
        """Return what goes to Rasa's NLG call besides the response's name: only what is set, as plain JSON types."""
        given: dict[str, Any] = {
            "values": self.values,
            "notes": list(self.notes),
            "services": list(self.services),
            "show": list(self.show) if self.services else [],
            "emergency": self.emergency,
            "steps": [[step, list(services)] for step, services in self.steps],
            "choices": list(self.choices),
            "effects": self.effects,
            "language": self.language,
        }
        return {name: value for name, value in given.items() if value}
