"""Why a service stands where it does, as codes that staff read translated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.flags import Flag

if TYPE_CHECKING:
    from knowledge.candidates import Candidate, Scope
    from knowledge.wishes import Wishes
    from knowledge.word_search import Hit

CODES = (
    "offers",
    "words_in_name",
    "words_in_text",
    "for_women",
    "for_children",
    "papers_not_needed",
    "papers_not_known",
    "speaks",
    "interpreters",
    "free",
    "cost_not_known",
    "open_now",
    "phone_open_now",
    "online",
    "by_phone",
    "near",
    "own_territory",
    "parent_territory",
    "main_topic",
    "side_topic",
    "special_group",
    "sourced",
    "recalled",
    "assured",
    "not_assured",
    "lacks",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One of `CODES`, and what it is about (a code, a language, kilometres …; may be empty)."""

    code: str
    detail: str = ""


def reasons_for(candidate: Candidate, wishes: Wishes, scope: Scope, hit: Hit | None) -> tuple[Reason, ...]:
    """The reasons for the rank of `candidate`, weightiest first."""
    flags = candidate.flags
    found: list[Reason] = []
    offered = [offer for offer in wishes.offers if f" {offer} " in candidate.offers]
    if offered:
        found.append(Reason("offers", " ".join(offered)))
    if hit:
        found.append(Reason("words_in_name" if hit.in_title else "words_in_text", " ".join(hit.words)))
    found += _circumstances(candidate, wishes)
    if candidate.distance_km is not None:
        found.append(Reason("near", f"{candidate.distance_km:.1f}"))
    found.append(Reason("parent_territory" if candidate.depth else "own_territory", candidate.territory))
    if candidate.topic:
        found.append(Reason("side_topic" if candidate.position else "main_topic", candidate.topic))
    if Flag.SPECIAL_GROUP in flags:
        found.append(Reason("special_group"))
    found.append(Reason("sourced" if Flag.SOURCED in flags else "recalled"))
    found.append(Reason("assured" if Flag.ASSURED in flags else "not_assured"))
    parts = ((Flag.HAS_ADDRESS, "address"), (Flag.HAS_PHONE, "phone"), (Flag.HAS_HOURS, "hours"))
    lacking = [name for flag, name in parts if flag not in flags]
    if lacking:
        found.append(Reason("lacks", " ".join(lacking)))
    return tuple(found)


def _circumstances(candidate: Candidate, wishes: Wishes) -> list[Reason]:
    flags = candidate.flags
    found: list[Reason] = []
    if wishes.women and Flag.WOMEN in flags:
        found.append(Reason("for_women"))
    if wishes.children and Flag.CHILDREN in flags:
        found.append(Reason("for_children"))
    if wishes.no_papers:
        found.append(Reason("papers_not_needed" if Flag.WITHOUT_PAPERS in flags else "papers_not_known"))
    if wishes.language:
        spoken = f" {wishes.language} " in candidate.languages
        found.append(Reason("speaks", wishes.language) if spoken else Reason("interpreters"))
    if wishes.free:
        found.append(Reason("free" if Flag.FREE in flags else "cost_not_known"))
    if candidate.opening is not None:
        until = candidate.opening.until.isoformat() if candidate.opening.until else ""
        found.append(Reason("open_now" if candidate.opening.state == "open" else "phone_open_now", until))
    if wishes.online:
        found.append(Reason("online" if Flag.ONLINE in flags else "by_phone"))
    return found
