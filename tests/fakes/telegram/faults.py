"""Faults on purpose: what goes wrong, when, and with which chance."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["too_many", "error", "slow", "cut_before", "cut_after"]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one call.

    Args:
        kind: what happens.
        seconds: how slow, or for how long to stay away (``retry_after``).
        status: HTTP status of an error, sent with an HTML body.
        handled: whether the call took effect before the error was sent.
    """

    kind: Kind
    seconds: float = 0
    status: int = 502
    handled: bool = False


def too_many_requests(seconds: int = 1) -> Fault:
    """429 with ``retry_after``; the chat (or the bot) stays closed for that time."""
    return Fault("too_many", seconds=seconds)


def server_error(status: int = 502, *, handled: bool = False) -> Fault:
    """A 5xx with an HTML body; with ``handled`` the call had its effect all the same."""
    return Fault("error", status=status, handled=handled)


def slow(seconds: float) -> Fault:
    """The call is taken after ``seconds``."""
    return Fault("slow", seconds=seconds)


def cut_before() -> Fault:
    """The connection breaks before the call is handled."""
    return Fault("cut_before")


def cut_after() -> Fault:
    """The connection breaks after the call had its effect: the bot cannot know."""
    return Fault("cut_after")


@dataclass
class _Mix:
    probability: float
    faults: Sequence[Fault]
    methods: frozenset[str]
    chance: random.Random


@dataclass
class Faults:
    """What to do wrong. Nothing, until told."""

    repeated: float = 0
    reordered: float = 0
    done: list[tuple[str, Fault]] = field(default_factory=list)
    _next: dict[str, deque[Fault]] = field(default_factory=dict)
    _mixes: list[_Mix] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def next(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method ("*": of any) meet these faults, one each, in this order."""
        self._next.setdefault(method.lower(), deque()).extend(faults)

    def sometimes(
        self, probability: float, faults: Sequence[Fault], methods: Sequence[str] = (), seed: int = 1
    ) -> None:
        """Let each call (of ``methods``, of any when empty) meet one of these faults with a probability from 0 to 1."""
        names = frozenset(method.lower() for method in methods)
        self._mixes.append(_Mix(probability, list(faults), names, random.Random(seed)))

    def updates(self, *, repeated: float = 0, reordered: float = 0, seed: int = 1) -> None:
        """Let batches of updates hold some twice or again (``repeated``) or be shuffled (``reordered``), with these probabilities."""
        self.repeated, self.reordered, self.chance = repeated, reordered, random.Random(seed)

    def clear(self) -> None:
        """Do everything right again."""
        self._next.clear()
        self._mixes.clear()
        self.repeated = self.reordered = 0

    def take(self, method: str) -> Fault | None:
        """Return the fault that this call meets, if any."""
        fault = self._planned(method.lower()) or self._by_chance(method.lower())
        if fault:
            self.done.append((method, fault))
        return fault

    def _planned(self, method: str) -> Fault | None:
        for name in (method, "*"):
            if self._next.get(name):
                return self._next[name].popleft()
        return None

    def _by_chance(self, method: str) -> Fault | None:
        for mix in self._mixes:
            if (not mix.methods or method in mix.methods) and mix.chance.random() < mix.probability:
                return mix.chance.choice(mix.faults)
        return None
