"""A restatement: what is known by now of a day, beside its official night, not in its place."""

from __future__ import annotations

from receivables.lake import Lake, Night, utc
from receivables.publish.snapshot import published_file
from receivables.sql import Session

COMPARED = ("open_item", "credit_item", "decision")


def write_restatement(sql: Session, night: Night, lake: Lake) -> int:
    """Write what the restated night says otherwise than the official one; how many rows differ.

    An official night that is missing, or never came to a decision, has said nothing: then nothing
    differs from it.
    """
    official = lake.official(as_of_date=night.as_of_date, legal_entity_id=night.legal_entity_id)
    is_decided = official and all(official.file(table).exists() for table in COMPARED)
    for table in COMPARED:
        if official and is_decided:
            sql.read(f"official_{table}", official.file(table))
        else:
            sql.connection.execute(f"create view official_{table} as from {table}")
    return sql.write(
        "publish/restatement", published_file(night, "restatement"),
        as_of_date=night.as_of_date, legal_entity_id=night.legal_entity_id,
        known_at=utc(night.known_at),
        official_known_at=utc(official.known_at) if official else None,
    )
