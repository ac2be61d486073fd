"""What the web chat needs to know of the installation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Settings of the web chat.

    ``quick_exit_url`` is the harmless page of the quick exit; ``secure`` says that newcomers come over https even where
    a proxy in front speaks http to us (cookies are then Secure); ``emergency_number`` answers in every territory;
    ``heartbeat_seconds`` keeps event streams open through proxies; ``answer_seconds`` is how long a form sent without
    JavaScript waits for its answer.
    """

    default_language: str = "en"
    quick_exit_url: str = "https://www.wikipedia.org/"
    secure: bool = False
    emergency_number: str = "112"
    longest_message: int = 2000
    heartbeat_seconds: int = 15
    answer_seconds: float = 4.0
