"""``understand``: say what messages mean, without answering: language, topics, acts, safety, circumstances."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

from bot.conversation.assistant import Assistant, Understanding
from bot.conversation.safety import SafetyRules, is_other_language
from bot.environments import ROOT
from bot.lines import read_lines
from bot.own_assistant import assistant_running
from bot.settings import settings

BATCH = 64


def main(arguments: list[str]) -> int:
    """Run the verb; return its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m bot understand", description=__doc__)
    parser.add_argument("text", nargs="*", help="one message")
    parser.add_argument("--jsonl", action="store_true", help='read {"id","text","language"?} lines from standard input')
    chosen = parser.parse_args(arguments)
    if not chosen.jsonl and not chosen.text:
        parser.error("give a text, or --jsonl")
    lines = read_lines(sys.stdin) if chosen.jsonl else iter([{"id": None, "text": " ".join(chosen.text)}])
    asyncio.run(_understand(lines))
    return 0


async def _understand(lines: Iterator[dict[str, Any]]) -> None:
    rules = SafetyRules(ROOT / "nlu")
    async with assistant_running(settings()) as assistant:
        while batch := list(islice(lines, BATCH)):
            for line, understood in zip(batch, await understand_batch(assistant, batch), strict=True):
                print(json.dumps(describe(line, understood, rules), ensure_ascii=False), flush=True)


async def understand_batch(assistant: Assistant, lines: list[dict[str, Any]]) -> list[Understanding]:
    """Return what each line's text means, in order."""
    return await assistant.understand(
        [{"text": line["text"], "metadata": {"language": line.get("language")}} for line in lines]
    )


def describe(line: dict[str, Any], understood: Understanding, rules: SafetyRules) -> dict[str, Any]:
    """Return the output line of one input line; the safety rules speak before the model."""
    shape = {"id": line.get("id"), **understood.as_dict()}
    danger = rules.danger_in(line["text"], understood.language)
    if danger and not is_other_language(danger, understood):
        shape["safety"] = danger.kind
    return shape
