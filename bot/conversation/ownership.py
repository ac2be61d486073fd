"""Who owns a conversation: one explicit state machine. Exactly one side speaks at any time.

``bot → waiting → open → closed → bot``: the assistant speaks unless a handoff is ``open``; then the caseworker who has it
does. A closed handoff ends the matter; the next request begins a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["bot", "waiting", "open", "closed"]
Action = Literal[
    "request", "claim", "release", "transfer", "transfer_to", "offline", "close", "no_show", "leave", "reopen", "erase"
]
Actor = Literal["newcomer", "owner", "caseworker", "lead", "system"]
Speaker = Literal["bot", "caseworker"]

ACTIVE: tuple[State, ...] = ("waiting", "open")


class NotPossible(Exception):
    """The action does not fit the state, or is not this actor's to take. Both are in ``args``: state, action, actor."""


@dataclass(frozen=True, slots=True)
class _Move:
    to: State
    by: tuple[Actor, ...]


# (state, action): where it leads and who may take it. What is not here is not possible.
MOVES: dict[tuple[State, Action], _Move] = {
    ("bot", "request"): _Move("waiting", ("newcomer", "system")),
    ("waiting", "claim"): _Move("open", ("caseworker", "lead")),
    ("waiting", "leave"): _Move("closed", ("newcomer",)),
    ("waiting", "transfer"): _Move("waiting", ("caseworker", "lead")),
    ("waiting", "transfer_to"): _Move("open", ("lead",)),
    ("waiting", "close"): _Move("closed", ("caseworker", "lead", "system")),
    ("open", "leave"): _Move("closed", ("newcomer",)),
    ("open", "release"): _Move("waiting", ("owner", "lead")),
    ("open", "transfer"): _Move("waiting", ("owner", "lead")),
    ("open", "transfer_to"): _Move("open", ("owner", "lead")),
    ("open", "offline"): _Move("waiting", ("system",)),
    ("open", "close"): _Move("closed", ("owner", "lead")),
    ("open", "no_show"): _Move("closed", ("owner", "lead")),
    ("closed", "reopen"): _Move("open", ("owner", "lead")),
}


def next_state(state: State, action: Action, actor: Actor) -> State:
    """Return the state that an action leads to.

    Raises:
        NotPossible: the action does not fit the state, or the actor may not take it.
    """
    move = MOVES.get((state, action))
    if move is None or actor not in move.by:
        raise NotPossible(state, action, actor)
    return move.to


def speaker(state: State) -> Speaker:
    """Return which side speaks in a state."""
    return "caseworker" if state == "open" else "bot"
