"""What is stored of conversations, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.migrate import RECORDS_MIGRATIONS
from bot.conversation.messages import Choice, Incoming, Reply
from bot.conversation.retention import Retention
from bot.records import conversations as records
from bot.records import erasing, outcomes
from bot.records.model import Conversation, Feedback, PersonRequest, UnmetNeed
from knowledge.migrations import upgrade
from knowledge.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path / 'test.db'}")
    upgrade(made, [RECORDS_MIGRATIONS])
    return made


def begin(store: Store) -> str:
    with store.write() as session:
        talk, _ = records.create(session, territory="turin", channel="web", language="en", chosen=False)
        return talk.id


def test_the_same_client_id_is_stored_once(store: Store) -> None:
    talk = begin(store)
    for _ in range(3):
        with store.write() as session:
            found = records.get(session, talk)
            assert found is not None
            records.accept(session, found, Incoming("one", "hello"), shown="hello", dir="ltr")
    with store.session() as session:
        assert [message.text for message in records.messages(session, talk, after=0, limit=10)] == ["hello"]


def test_a_token_is_stored_as_its_hash_only(store: Store) -> None:
    with store.write() as session:
        talk, token = records.create(session, territory="turin", channel="web", language="en", chosen=False)
        assert token not in repr(vars(talk))
        assert records.is_allowed(talk, token)
        assert not records.is_allowed(talk, "")


def test_unanswered_messages_are_found_after_a_restart_in_their_order(store: Store) -> None:
    talk = begin(store)
    with store.write() as session:
        found = records.get(session, talk)
        assert found is not None
        for number in ("1", "2"):
            records.accept(session, found, Incoming(number, number), shown=number, dir="ltr")
    with store.write() as session:
        assert list(records.with_unanswered(session)) == [talk]
        (first,) = records.unanswered(session, talk, limit=1)
        assert first is not None and first.text == "1"
        records.close_turn(session, first.id, talk, {"answer": {"topics": ["housing"]}})
    with store.session() as session:
        (second,) = records.unanswered(session, talk, limit=1)
        assert second is not None and second.text == "2"
        found = records.get(session, talk)
        assert found is not None and found.turns == 1 and found.slots == {"answer": {"topics": ["housing"]}}


def test_a_choice_shows_the_label_it_was_offered_under(store: Store) -> None:
    talk = begin(store)
    with store.write() as session:
        records.add_replies(session, talk, [Reply("?", "uk", "ltr", choices=(Choice("Житло", "topic:housing"),))])
        assert records.label_of_choice(session, talk, "topic:housing") == "Житло"
        assert records.label_of_choice(session, talk, "topic:banking") is None


async def test_retention_erases_everything_of_old_conversations_and_nothing_of_new_ones(store: Store) -> None:
    old, new = begin(store), begin(store)
    with store.write() as session:
        found = session.get(Conversation, old)
        assert found is not None
        records.accept(session, found, Incoming("one", "hello"), shown="hello", dir="ltr")
        outcomes.apply(session, old, "turin", "en", {"person": "asked", "unmet": {"topic": "banking"}})
        found.last_at = datetime.now(UTC) - timedelta(days=31)
    assert await Retention(store, 30).enforce() == 1
    with store.session() as session:
        assert records.get(session, old) is None
        assert records.get(session, new) is not None
        assert records.messages(session, old, after=0, limit=10) == []
        assert session.query(PersonRequest).count() == 0
        assert session.query(UnmetNeed).count() == 1, "counts stay: they hold no words and no conversation"


def test_a_chosen_language_is_marked_as_chosen(store: Store) -> None:
    talk = begin(store)
    with store.write() as session:
        outcomes.apply(session, talk, "turin", "en", {"language": "ar"})
    with store.session() as session:
        found = records.get(session, talk)
        assert found is not None and found.language == "ar" and not found.language_chosen
    with store.write() as session:
        outcomes.set_language(session, talk, "uk")
    with store.session() as session:
        found = records.get(session, talk)
        assert found is not None and found.language == "uk" and found.language_chosen


def test_who_asks_to_be_forgotten_leaves_only_the_last_words_until_they_arrived(store: Store) -> None:
    talk = begin(store)
    with store.write() as session:
        found = records.get_one(session, talk)
        records.accept(session, found, Incoming("one", "my secret"), shown="my secret", dir="ltr")
        records.accept(session, found, Incoming("two", "forget me"), shown="forget me", dir="ltr")
        asked = records.last_message(session, talk)
        records.add_replies(session, talk, [Reply("Everything is erased.", "en", "ltr")])
        erasing.forget(session, talk, asked, datetime.now(UTC) - timedelta(seconds=1))
    with store.session() as session:
        assert [message.text for message in records.messages(session, talk, after=0, limit=9)] == [
            "Everything is erased."
        ]
    with store.write() as session:
        assert erasing.erase_due(session) == [talk]
    with store.session() as session:
        assert records.get(session, talk) is None


def test_what_was_written_right_after_asking_to_be_forgotten_begins_anew_in_the_same_conversation(store: Store) -> None:
    talk = begin(store)
    with store.write() as session:
        found = records.get_one(session, talk)
        records.accept(session, found, Incoming("one", "forget me"), shown="forget me", dir="ltr")
        asked = records.last_message(session, talk)
        records.accept(session, found, Incoming("two", "help"), shown="help", dir="ltr")
        outcomes.apply(session, talk, "turin", "en", {"person": "asked"})
        records.add_replies(session, talk, [Reply("Everything is erased.", "en", "ltr")])
        assert not erasing.forget(session, talk, asked, datetime.now(UTC) - timedelta(seconds=1))
    with store.write() as session:
        assert erasing.erase_due(session) == []
        assert [message.text for message in records.unanswered(session, talk, limit=9)] == ["help"]
        assert session.query(PersonRequest).count() == 0


def test_a_message_is_answered_once(store: Store) -> None:
    talk = begin(store)
    with store.write() as session:
        records.accept(session, records.get_one(session, talk), Incoming("one", "help"), shown="help", dir="ltr")
        (waiting,) = records.unanswered(session, talk, limit=2)
        records.close_turn(session, waiting.id, talk, {"answer": {}})
    with pytest.raises(records.AnsweredMeanwhile), store.write() as session:
        records.add_replies(session, talk, [Reply("again", "en", "ltr")])
        records.close_turn(session, waiting.id, talk, {})
    with store.session() as session:
        found = records.get(session, talk)
        assert found is not None and (found.turns, found.slots) == (1, {"answer": {}})
        assert [message.text for message in records.messages(session, talk, after=0, limit=9)] == ["help"]


def test_feedback_is_one_word_a_record_and_outlives_the_conversation_without_its_name(store: Store) -> None:
    talk = begin(store)
    with store.write() as session:
        for verdict in ("closed", "wrong_phone"):
            outcomes.apply(session, talk, "turin", "ar", {"feedback": {"service": "clinic", "verdict": verdict}})
    with store.write() as session:
        erasing.erase(session, talk)
    with store.session() as session:
        (kept,) = session.query(Feedback)
        assert (kept.service_id, kept.verdict, kept.territory_id, kept.conversation_id) == (
            "clinic",
            "wrong_phone",
            "turin",
            None,
        )
