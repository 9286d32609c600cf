"""Suppressed contacts: the night's contacts whose addresses no letter goes to.

The night keeps them without their addresses, so that a replay and a rehearsal have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from receivables.dispatch.address import mailbox
from receivables.dispatch.suppression import Suppression
from receivables.errors import DataError
from receivables.lake import Night, utc
from receivables.sql import Session


def keep_suppressed_contacts(
    sql: Session, night: Night, suppressions: Sequence[Suppression] | Path
) -> None:
    """Write the night's table of them, from the outbox or from a file that a night kept.

    A night that an older version sealed kept none: there was nothing to suppress by.
    """
    sql.connection.execute(
        "create table kept_contact (contact_id varchar, reason varchar, since timestamp, "
        "until timestamp)"
    )
    if not isinstance(suppressions, Path):
        rows = _matches(sql, suppressions)
        if rows:
            sql.connection.executemany("insert into kept_contact values (?, ?, ?, ?)", rows)
    elif suppressions.exists():
        sql.connection.execute(
            "insert into kept_contact from read_parquet(?)", [str(suppressions)]
        )
    sql.write_table("kept_contact", night.file("suppressed_contact"))
    sql.read("suppressed_contact", night.file("suppressed_contact"))


def _matches(sql: Session, suppressions: Sequence[Suppression]) -> list[tuple[object, ...]]:
    """The contacts with these addresses, both in their normal form; the ERP may write another."""
    by_address: dict[str, list[Suppression]] = {}
    for suppression in suppressions:
        by_address.setdefault(suppression.address, []).append(suppression)
    if not by_address:
        return []
    local_parts = sorted({address.partition("@")[0] for address in by_address})
    rows: list[tuple[object, ...]] = []
    for contact in sql.rows("select/contact_address", local_parts=local_parts):
        try:
            address = mailbox(contact["email"], owner=f"contact {contact['contact_id']}")
        except DataError:
            continue  # unfit for a letter anyway
        rows += [
            (contact["contact_id"], each.reason, utc(each.since), each.until and utc(each.until))
            for each in by_address.get(address, ())
        ]
    return rows
