"""What the outbox knew by a night: what was written, where nothing may go, and what came back.

It is an input of the night, which keeps it, so that a replay and a rehearsal have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Self

from receivables.dispatch.notice import NoticeItem
from receivables.dispatch.suppression import Suppression
from receivables.inbox.box import Inbox, KnownMessage
from receivables.lake import Night
from receivables.select.suppressed_contact import keep_suppressed_contacts
from receivables.sql import Session

WRITTEN = ("notice_history", "suppressed_contact", "inbound_message")

TYPES = {
    "notice_history": {
        "notice_id": "varchar",
        "customer_id": "varchar",
        "invoice_id": "varchar",
        "instalment_no": "integer",
        "step": "varchar",
        "notice_step": "varchar",
        "cycle": "varchar",
        "generation": "integer",
        "as_of_date": "date",
        "state": "varchar",
        "acted_on": "date",
    },
    "inbound_message": {
        "inbound_id": "varchar",
        "legal_entity_id": "varchar",
        "customer_id": "varchar",
        "kind": "varchar",
        "received_at": "timestamp",
        "state": "varchar",
        "outcome": "varchar",
    },
}


@dataclass(frozen=True, slots=True)
class OutboxPast:
    """Rows as they are in the outbox, or files that a night kept of them."""

    notices: Sequence[NoticeItem] | Path = ()
    suppressions: Sequence[Suppression] | Path = ()
    messages: Sequence[KnownMessage] | Path = ()

    @classmethod
    def read(
        cls, outbox_url: str, *, legal_entity_id: str, before: date, known_at: datetime
    ) -> Self:
        """What it knew at an instant of a legal entity's nights `before` a day."""
        with closing(Inbox(outbox_url)) as box:
            return cls(
                box.history(legal_entity_id=legal_entity_id, before=before, known_at=known_at),
                box.suppressions(known_at),
                box.known_messages(legal_entity_id=legal_entity_id, known_at=known_at),
            )

    @classmethod
    def kept(cls, night: Night, *, notices: Path | None = None) -> Self:
        """What a night kept; `notices` in place of its own."""
        files = [night.file(name) for name in WRITTEN]
        return cls(notices or files[0], files[1], files[2])

    def keep(self, sql: Session, night: Night) -> None:
        """Write it to the night's folder, and make its tables known."""
        _keep(sql, night, "notice_history", self.notices)
        keep_suppressed_contacts(sql, night, self.suppressions)
        _keep(sql, night, "inbound_message", self.messages)


def _keep(
    sql: Session, night: Night, table: str,
    rows: Sequence[NoticeItem] | Sequence[KnownMessage] | Path,
) -> None:
    types: Mapping[str, str] = TYPES[table]
    columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
    sql.connection.execute(f"create table known_{table} ({columns})")
    if isinstance(rows, Path):
        if rows.exists():  # an older version did not keep all of them
            sql.connection.execute(
                f"insert into known_{table} by name from read_parquet(?)", [str(rows)]
            )
    elif rows:
        stated = [asdict(row) for row in rows]
        assert all(list(row) == list(types) for row in stated)
        sql.connection.executemany(
            f"insert into known_{table} values ({', '.join('?' * len(types))})",
            [list(row.values()) for row in stated],
        )
    sql.write_table(f"known_{table}", night.file(table))
    sql.read(table, night.file(table))
