"""Names of services and organizations as people may write them, for the assistant to recognise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.model import Service, Translation

SHORTEST_NAME = 4


def service_names(session: Session) -> Iterator[dict[str, object]]:
    """Yield {"id", "territory", "names"} of every active service, in the order of ids."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    query = select(Translation.record_id, Translation.text).where(
        Translation.record_type == "service", Translation.field == "name"
    )
    for record, text in session.execute(query):
        names[record].add(text)
    rows = session.execute(
        select(Service.id, Service.territory_id, Service.name).where(Service.status == "active").order_by(Service.id)
    )
    for service, territory, name in rows:
        known = sorted(entry for entry in names[service] | {name} if len(entry) >= SHORTEST_NAME)
        yield {"id": service, "territory": territory, "names": known}
