"""Logs as events with fields. No level ever holds what people write: loggers get codes and counts only."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Send every log line to standard error as one line of key=value fields.

    Args:
        level: debug, info, warning or error.
    """
    timestamper = structlog.processors.TimeStamper(fmt="iso", utc=True)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            timestamper,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "logger", "event"]),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # These log addresses or whole requests at info.
    for noisy in ("httpx", "httpcore", "uvicorn.access", "rasa_sdk", "telegram", "aiosqlite"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
