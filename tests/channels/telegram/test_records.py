"""What is stored of chats, and which of them have something to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from benchmarks import echo
from bot.conversation.messages import Reply
from bot.records import conversations
from bot.records import telegram as records
from bot.records.telegram import ChatRow
from knowledge.model.base import Base
from knowledge.store import Store

BOT = 7
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MARK = {"message": 1, "part": 0, "after": 41, "edit": None, "plain": False}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'v.db'}")
    echo.prepare(made)
    yield made
    made.close()


def begin(store: Store, chat: int, *said: str) -> ChatRow:
    """Store a chat whose conversation holds what the assistant said."""
    with store.write() as session:
        talk, _ = conversations.create(session, territory="turin", channel="telegram", language="en", chosen=False)
        conversations.add_replies(session, talk.id, [Reply(text, "en", "ltr") for text in said])
        row = ChatRow(BOT, chat, talk.id, opened_by=3, last_id=chat * 10)
        records.add(session, row)
    return row


def save(store: Store, *rows: ChatRow) -> None:
    with store.write() as session:
        records.save(session, rows, {}, {})


def test_a_row_comes_back_as_it_was_saved(store: Store) -> None:
    row = begin(store, 2**52, "hello")
    row.delivered, row.part, row.in_flight, row.keyboards = 1, 2, MARK, [{"id": 5, "menu": True}]
    row.blocked, row.next_try_at, row.last_id = True, NOW, 2**50
    save(store, row)
    with store.session() as session:
        assert records.find(session, BOT, 2**52) == row == records.of_conversation(session, row.conversation_id)
        assert records.find(session, BOT + 1, 2**52) is None


def test_a_chat_that_begins_anew_is_not_written_over_by_what_was_before(store: Store) -> None:
    old = begin(store, 5)
    new = begin(store, 5)
    old.delivered = 99
    save(store, old)
    with store.session() as session:
        found = records.find(session, BOT, 5)
        assert found is not None and (found.conversation_id, found.delivered) == (new.conversation_id, 0)


def test_chats_with_something_to_do_are_found(store: Store) -> None:
    done, waiting, unsure, blocked = (begin(store, chat, "hello") for chat in (1, 2, 3, 4))
    with store.session() as session:
        newest = records.newest_message(session)
    done.delivered = unsure.delivered = newest
    unsure.in_flight, blocked.blocked = MARK, True
    save(store, done, waiting, unsure, blocked)
    with store.session() as session:
        assert [row.chat_id for row in records.unfinished(session)] == [2, 3]
        assert [row.chat_id for row in records.with_news(session, 0)] == [2]
        assert records.with_news(session, newest) == []
        assert records.oldest_mark(records.unfinished(session)) == 41
        assert records.highest_id(session, BOT) == 40 and records.highest_id(session, BOT + 1) == 0
        assert records.ids_after(session, BOT, 20) == [30, 40]


def test_what_newcomers_say_is_nothing_to_deliver(store: Store) -> None:
    from bot.conversation.messages import Incoming

    row = begin(store, 1)
    with store.write() as session:
        talk = conversations.get_one(session, row.conversation_id)
        conversations.accept(session, talk, Incoming("one", "hello"), shown="hello", dir="ltr")
    with store.session() as session:
        assert records.unfinished(session) == [] == records.with_news(session, 0)


def test_a_bots_place_and_commands_are_kept(store: Store) -> None:
    with store.write() as session:
        records.save(session, [], {BOT: 871_500_001_000}, {BOT: [(5, 9), (12, 12)]})
        records.keep_commands(session, BOT, "abc")
    with store.session() as session:
        known = records.bot(session, BOT)
    assert (known.next_update, known.commands) == (871_500_001_000, "abc")
    assert known.known == ((5, 9), (12, 12)) and known.next_update_at is not None


def test_migrations_make_exactly_these_tables(store: Store) -> None:
    def mine(thing: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or bool(name and name.startswith("telegram_"))

    with store.connection() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": mine, "compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
