from pathlib import Path

import pytest

from nlu.components.examples import BrokenExamples, labels_of, read_examples


@pytest.mark.parametrize(
    ("intent", "expected"),
    [
        ("need/housing", {"need/housing"}),
        ("need/healthcare+no_papers", {"need/healthcare", "circumstance/no_papers"}),
        ("need/housing+employment", {"need/housing", "need/employment"}),
        ("circumstance/free", {"circumstance/free"}),
        ("ask_hours", {"act/ask_hours"}),
        ("safety/danger", {"safety/danger"}),
    ],
)
def test_labels_of_an_intent(intent: str, expected: set) -> None:
    assert labels_of(intent, {"no_papers", "free"}) == expected


def test_the_folder_is_the_language(tmp_path: Path) -> None:
    path = tmp_path / "xx" / "acts.yml"
    path.parent.mkdir()
    path.write_text('version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hi\n    - hello there\n')
    assert [(one.text, one.language) for one in read_examples([path])] == [("hi", "xx"), ("hello there", "xx")]


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "xx" / "acts.yml"
    path.parent.mkdir()
    path.write_text("nlu: [")
    with pytest.raises(BrokenExamples, match="acts.yml"):
        read_examples([path])
