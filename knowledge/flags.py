"""What ranking needs to know about a service, as bits of one number."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntFlag


class Flag(IntFlag):
    """Facts that a search filters or orders by. Stored in `service_topic.flags`: never renumber."""

    SHARED = 1 << 0
    SOURCED = 1 << 1
    ASSURED = 1 << 2
    HAS_ADDRESS = 1 << 3
    HAS_PHONE = 1 << 4
    HAS_HOURS = 1 << 5
    WOMEN = 1 << 6
    MEN_ONLY = 1 << 7
    CHILDREN = 1 << 8
    ADULTS_ONLY = 1 << 9
    WITHOUT_PAPERS = 1 << 10
    PAPERS_NEEDED = 1 << 11
    FREE = 1 << 12
    PAID = 1 << 13
    ONLINE = 1 << 14
    INTERPRETERS = 1 << 15
    OPEN_ON_HOLIDAYS = 1 << 16
    SPECIAL_GROUP = 1 << 17


_CHILDREN = {"children", "families", "young_people", "unaccompanied_minors", "pregnant_women"}
# Who has one of these has papers, or is not a newcomer at all: a service only for them is none for people without.
_WITH_PAPERS = {
    "refugees",
    "asylum_seekers",
    "temporary_protection",
    "eu_citizens",
    "residents",
    "registered_residents",
    "professionals",
}
_ANY_PAPERS = {"everyone", "people_without_papers"}
# A service only for some of these is a poor first answer to somebody who did not say that they are one of them.
_SPECIAL = {
    "women",
    "men",
    "unaccompanied_minors",
    "older_people",
    "violence_victims",
    "trafficking_victims",
    "torture_survivors",
    "lgbtq_people",
    "disabled_people",
    "detained_people",
    "roma",
    "students",
    "professionals",
}
_PRICED = {"amount", "from_amount", "paid"}
_REMOTE_WAYS = {"phone", "online", "email", "chat"}
_REMOTE_OFFERS = {
    "online_information",
    "phone_information",
    "online_language_course",
    "phone_interpreter",
    "crisis_line",
}


def audience_flags(audiences: Collection[str], papers: str | None, minimum_age: int | None) -> Flag:
    """What the codes of `audiences`, `papers` and the lowest age say."""
    codes = set(audiences)
    flags = Flag(0)
    if "women" in codes or "pregnant_women" in codes:
        flags |= Flag.WOMEN
    if "men" in codes and not codes & {"women", "everyone", "families"}:
        flags |= Flag.MEN_ONLY
    if codes & _CHILDREN:
        flags |= Flag.CHILDREN
    elif (minimum_age is not None and minimum_age >= 18) or (codes and codes <= {"older_people", "men"}):
        flags |= Flag.ADULTS_ONLY
    if papers == "not_needed" or (papers is None and codes & _ANY_PAPERS):
        flags |= Flag.WITHOUT_PAPERS
    elif papers == "needed" or (codes and codes <= _WITH_PAPERS):
        flags |= Flag.PAPERS_NEEDED
    if codes and codes <= _SPECIAL:
        flags |= Flag.SPECIAL_GROUP
    return flags


def cost_flags(costs: Collection[str]) -> Flag:
    """What the codes of `costs` say."""
    if "free" in costs:
        return Flag.FREE
    return Flag.PAID if set(costs) & _PRICED and "free_for_some" not in costs else Flag(0)


def remote_flag(ways: Collection[str], offers: Collection[str]) -> Flag:
    """Whether one need not go anywhere."""
    return Flag.ONLINE if set(ways) & _REMOTE_WAYS or set(offers) & _REMOTE_OFFERS else Flag(0)
