"""Finds services for what the newcomer needs: one answer for each need in the message."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from actions.base import Decision, KnowledgeAction
from actions.say import Say
from actions.turn import LastAnswer, Turn
from knowledge import territories
from knowledge.finding import Findings, Query, find

SERVICES_FOR_ONE_NEED = 3
SERVICES_FOR_EACH_OF_SEVERAL = 2


class FindService(KnowledgeAction):
    """``need`` and ``inform``: search by topics, circumstances and, where no topic fits, by words."""

    action = "action_find_service"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return one reply a need; a circumstance alone refines the last answer."""
        territory, moved = _territory(session, turn)
        topics = turn.topics
        circumstances = turn.circumstances
        if turn.near:
            circumstances = tuple(dict.fromkeys((*circumstances, "near_me")))
        offers = turn.entities.get("offer", ())
        if not topics and turn.intent == "inform":
            topics = turn.answer.topics
            circumstances = tuple(dict.fromkeys((*turn.answer.circumstances, *circumstances)))
            offers = offers or turn.answer.offers
            if not topics and not turn.answer.words:
                return Decision((moved or ask_for_need(turn),))
        replies: list[Say] = [moved] if moved else []
        answer = LastAnswer(topics=topics, circumstances=circumstances, offers=offers)
        if not topics:
            answer = replace(answer, words=turn.text if turn.intent != "inform" else turn.answer.words)
        found_ids: list[str] = []
        why: dict[str, tuple[str, ...]] = {}
        each = SERVICES_FOR_ONE_NEED if len(topics) < 2 else SERVICES_FOR_EACH_OF_SEVERAL
        for topic in topics or (None,):
            findings = search(session, territory, topic, answer, limit=each, near=turn.near)
            if topic == "emergency":
                replies.append(Say("utter_emergency_numbers", {"territory": territory}, emergency="danger"))
            replies.append(services_reply(session, territory, topic, answer, findings))
            found_ids += [found.service_id for found in findings.results]
            why |= {found.service_id: tuple(reason.code for reason in found.reasons) for found in findings.results}
        answer = replace(answer, why=why, shown=tuple(found_ids), last=tuple(found_ids))
        return Decision(tuple(replies), {"answer": answer.write(), "misses": 0, "question": None})


def search(
    session: Session,
    territory: str,
    topic: str | None,
    answer: LastAnswer,
    *,
    limit: int,
    near: tuple[float, float] | None = None,
) -> Findings:
    """Return services for one topic (or for words) under the answer's circumstances, without those already shown.

    ``near``: latitude and longitude in degrees where the newcomer stands, if they shared it.
    """
    wanted = next((c.partition(":")[2] for c in answer.circumstances if c.startswith("language:")), None)
    return find(
        session,
        Query(
            territory=territory,
            topics=(topic,) if topic else (),
            circumstances=frozenset(c.partition(":")[0] for c in answer.circumstances),
            language_wanted=wanted,
            near=near,
            words=answer.words,
            offers=frozenset(answer.offers),
            at=datetime.now(UTC),
            exclude=frozenset(answer.shown),
            limit=limit,
        ),
    )


def services_reply(session: Session, territory: str, topic: str | None, answer: LastAnswer, findings: Findings) -> Say:
    """Return the reply that shows findings; when there are none, says so and shows the one-stop shop as the way on."""
    if not findings.results:
        desk = territories.desk_service(session, territory)
        return Say(
            "utter_nothing_known" if topic else "utter_nothing_for_words",
            {"topic": topic, "territory": territory} if topic else {"territory": territory},
            services=(desk,) if desk else (),
            choices=("person", "menu"),
            effects={"unmet": {"topic": topic, "circumstances": [c.partition(":")[0] for c in answer.circumstances]}},
        )
    notes = [f"relaxed.{code}" for code in findings.relaxed]
    if "no_papers" in answer.circumstances:
        notes.append("note.no_papers")
    rest = findings.total - len(findings.results)
    more = (f"more:{topic}",) if topic and rest > 0 else ()
    return Say(
        "utter_services" if topic else "utter_services_by_words",
        {"topic": topic, "territory": territory} if topic else {"territory": territory},
        notes=tuple(notes),
        services=tuple(found.service_id for found in findings.results),
        choices=(*more, "wrong", "person"),
    )


def ask_for_need(turn: Turn) -> Say:
    """Return the question what is needed, with the main topics as choices."""
    return Say("utter_ask_need", choices=("main",))


def _territory(session: Session, turn: Turn) -> tuple[str, Say | None]:
    named = turn.entity("territory")
    if named and named != turn.territory and territories.is_chat_territory(session, named):
        back = (f"territory:{turn.territory}",) if turn.territory else ()
        return named, Say("utter_territory_changed", {"territory": named}, choices=back, effects={"territory": named})
    return turn.territory, None
