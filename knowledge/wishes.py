"""What a newcomer said about one question, as far as it changes which services are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.search_rows import base_language

# Circumstances that shut services out. When nothing is left, the first of these are given up first.
HARD = ("open_now", "online", "free", "language", "children", "no_papers")


@dataclass(frozen=True)
class Wishes:
    """What a newcomer said about this one question. `knowledge.shapes` says it in SQL.

    `language`: the base language that has to be spoken, None if the territory's own will do. `near`: latitude, longitude.
    `women`: men-only services are out whatever else is relaxed, for they would be of no use.
    """

    women: bool = False
    children: bool = False
    no_papers: bool = False
    open_now: bool = False
    near_me: bool = False
    free: bool = False
    online: bool = False
    language: str | None = None
    near: tuple[float, float] | None = None
    offers: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        circumstances: frozenset[str],
        language_wanted: str | None,
        near: tuple[float, float] | None,
        offers: frozenset[str],
        official_languages: Sequence[str],
    ) -> Wishes:
        """Reads the codes of a query. Codes that are unknown here change nothing."""
        language = base_language(language_wanted) if language_wanted and "language" in circumstances else None
        if language in {base_language(official) for official in official_languages}:
            language = None
        named = ("women", "children", "no_papers", "open_now", "free", "online")
        return cls(
            **{name: name in circumstances for name in named},
            near_me="near_me" in circumstances or near is not None,
            language=language,
            near=near,
            offers=tuple(sorted(offers)),
        )

    @property
    def hard(self) -> frozenset[str]:
        """The circumstances that shut services out."""
        return frozenset(name for name in HARD if getattr(self, name))

    def without(self, dropped: Sequence[str]) -> Wishes:
        """The same wishes, but for the hard circumstances in `dropped`."""
        empty = {name: None if name == "language" else False for name in dropped}
        return replace(self, **empty)  # type: ignore[arg-type]
