"""More results for the last answer's topics."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from actions.base import Decision, KnowledgeAction
from actions.find_service import SERVICES_FOR_ONE_NEED, ask_for_need, search, services_reply
from actions.say import Say
from actions.turn import LastAnswer, Turn


class More(KnowledgeAction):
    """``more``: the next services of the last topics, or of the topic that the button names."""

    action = "action_more"

    def decide(self, session: Session, turn: Turn) -> Decision:
        """Return further services; says so when that was all."""
        answer = turn.answer
        topics = turn.topics or answer.topics
        if not topics and not answer.words:
            return Decision((ask_for_need(turn),))
        if not set(topics) & set(answer.topics):
            answer = LastAnswer(topics=topics)
        replies, found_ids = [], []
        for topic in topics or (None,):
            findings = search(session, turn.territory, topic, answer, limit=SERVICES_FOR_ONE_NEED)
            found_ids += [found.service_id for found in findings.results]
            replies.append(
                services_reply(session, turn.territory, topic, answer, findings)
                if findings.results
                else Say("utter_no_more", {"topic": topic} if topic else {}, choices=("menu", "person"))
            )
        answer = replace(answer, topics=topics, shown=(*answer.shown, *found_ids), last=tuple(found_ids) or answer.last)
        return Decision(tuple(replies), {"answer": answer.write()})
