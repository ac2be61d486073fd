"""What a lead sees: who waits, times against targets, load, reasons, satisfaction; and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.handoffs import Worker
from bot.desk.base import Desk, worker_of
from bot.records import audit, desk_queries, desk_statistics, handoffs
from bot.records.handoffs import Handoff

PERIODS = (7, 30, 90)
# Programs that read CSV take a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = (
    "guest",
    "requested_at",
    "state",
    "language",
    "topic",
    "reason",
    "urgency",
    "first_reply_minutes",
    "handling_minutes",
    "outcome",
    "caseworker",
    "rating",
    "rating_word",
    "labels",
)


class Lead:
    """The lead's pages."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def page(self, request: Request) -> Response:
        """Return tables and plots of a period (``?days=``)."""
        worker = worker_of(request)
        zone = await self._desk.zone(worker)
        settings = self._desk.settings
        report = await self._desk.store.read(
            desk_statistics.report,
            worker.territory,
            _days(request),
            ZoneInfo(zone),
            reply_target=settings.first_reply_minutes,
            handling_target=settings.handling_minutes,
        )
        return self._desk.renderer.page(
            request,
            "lead.html",
            zone=zone,
            report=report,
            days=_days(request),
            periods=PERIODS,
            reply_target=settings.first_reply_minutes,
            handling_target=settings.handling_minutes,
        )

    async def export(self, request: Request) -> Response:
        """Return the period's handoffs as CSV: one row each, UTF-8 with a mark for spreadsheet programs."""
        worker = worker_of(request)
        rows, names = await self._desk.store.run(_read, worker, _days(request))
        name = f"desk-{worker.territory}-{datetime.now(UTC).date().isoformat()}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(as_csv(rows, names), 200, headers, "text/csv; charset=utf-8")


def as_csv(rows: Sequence[Handoff], names: dict[int, str]) -> bytes:
    """Return handoffs as CSV; ``names``: of caseworkers by id."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in rows:
        cells = (
            handoffs.pseudonym(one.conversation_id),
            one.requested_at.isoformat(timespec="seconds"),
            one.state,
            one.language,
            one.topic,
            one.reason,
            one.urgency,
            _rounded(desk_statistics.reply_minutes(one)),
            _rounded(desk_statistics.handling_minutes(one)),
            one.outcome,
            names.get(one.staff_id or 0),
            one.rating,
            one.rating_word,
            "; ".join(one.labels),
        )
        writer.writerow([harmless(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def harmless(cell: object) -> str:
    """Return a cell that no spreadsheet program takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _rounded(minutes: float | None) -> str | None:
    return None if minutes is None else f"{minutes:.1f}"


def _days(request: Request) -> int:
    asked = request.query_params.get("days", "")
    return int(asked) if asked.isdecimal() and int(asked) in PERIODS else PERIODS[0]


def _read(session: Session, worker: Worker, days: int) -> tuple[Sequence[Handoff], dict[int, str]]:
    rows = desk_statistics.handoffs_since(session, worker.territory, datetime.now(UTC) - timedelta(days=days))
    audit.record(session, territory=worker.territory, actor=worker.email, action="export")
    return rows, desk_queries.names_of(session, [one.staff_id for one in rows])
