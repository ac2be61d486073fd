"""Long texts are cut where a reader would pause, and never in the middle of markup or of a letter."""

from __future__ import annotations

import pytest

from bot.channels.telegram.formatting import Block, Span, pages, paragraphs, units


def block(*lines: str) -> Block:
    return tuple((Span(line),) for line in lines)


@pytest.mark.parametrize(
    ("what", "blocks", "limit", "expected"),
    [
        ("fits", [block("one"), block("two")], 20, ["one\n\ntwo"]),
        ("a card goes to the next page whole", [block("text"), block("card", "fact")], 12, ["text", "card\nfact"]),
        ("a card that is too long breaks between lines", [block("aaaa", "bbbb", "cccc")], 9, ["aaaa\nbbbb", "cccc"]),
        ("a line breaks after a sentence", [block("One two. Three four five.")], 16, ["One two. ", "Three four five."]),
        ("Arabic question mark ends a sentence", [block("من أنت؟ أنا هنا")], 10, ["من أنت؟ ", "أنا هنا"]),
        ("a sentence breaks between words", [block("aaa bbb ccc ddd")], 8, ["aaa bbb", "ccc ddd"]),
        ("a word breaks where it must", [block("abcdefghij")], 4, ["abcd", "efgh", "ij"]),
        ("signs of two units are not cut", [block("😀😀😀")], 3, ["😀", "😀", "😀"]),
        ("joined signs stay together", [block("ab👩\u200d💻cd")], 5, ["ab", "👩\u200d💻", "cd"]),
        ("nothing to show", [block("  ")], 10, []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_pages(what: str, blocks: list[Block], limit: int, expected: list[str]) -> None:
    made = pages(blocks, limit)
    assert [page.plain for page in made] == expected
    assert all(units(page.plain) <= limit for page in made)


def test_a_cut_through_bold_text_leaves_both_halves_bold() -> None:
    made = pages([((Span("aaaa bbbb", "b"), Span(" & c")),)], 6)
    assert [page.html for page in made] == ["<b>aaaa</b>", "<b>bbbb</b> &amp;", "c"]


@pytest.mark.parametrize(
    ("span", "html"),
    [
        (Span("<script>&"), "&lt;script&gt;&amp;"),
        (Span("5 < 6", "b"), "<b>5 &lt; 6</b>"),
        (
            Span("page", "a", 'https://a.example/?q="x"&y'),
            '<a href="https://a.example/?q=&quot;x&quot;&amp;y">page</a>',
        ),
        (Span(" ", "i"), " "),
    ],
)
def test_everything_is_escaped(span: Span, html: str) -> None:
    assert span.html == html


def test_paragraphs_are_parted_by_empty_lines() -> None:
    assert list(paragraphs("one\ntwo\n\n \nthree\n")) == [block("one", "two"), block("three")]
