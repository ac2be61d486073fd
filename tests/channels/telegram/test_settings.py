"""The setting ``telegram_token``: one bot for all, or one for each territory."""

from __future__ import annotations

import pytest

from bot.channels.telegram import read_tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" 11:abc ", [(11, None)]),
        ("turin=11:abc,athens=12:def", [(11, "turin"), (12, "athens")]),
        ("turin = 11:abc , ", [(11, "turin")]),
    ],
)
def test_tokens(text: str, expected: list[tuple[int, str | None]]) -> None:
    assert [(bot.number, bot.territory) for bot in read_tokens(text)] == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("secret", "123456:letters"),
        ("turin=secret", "123456:letters"),
        ("11:abc,12:def", "territory=token"),
        ("turin=11:abc,athens=11:abc", "once"),
        ("turin=11:abc,turin=12:abc", "once"),
    ],
)
def test_a_wrong_setting_is_explained_without_showing_it(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        read_tokens(text)
    assert "secret" not in str(caught.value) and "abc" not in str(caught.value)


def test_a_token_is_not_shown_by_accident() -> None:
    assert "abc" not in repr(read_tokens("11:abc"))
