"""Letters of earlier nights that still wait, and that this night would not write any more."""

from __future__ import annotations

from datetime import datetime

from receivables.dispatch.notice import CLAIMED, DRAFTED, RELEASED
from receivables.dispatch.outbox import Outbox
from receivables.lake import Lake, Night
from receivables.sql import Session


def withdraw_overtaken(
    sql: Session, night: Night, *, lake: Lake, outbox: Outbox, now: datetime
) -> int:
    """Take back the letters that ask for what is paid, contested, promised or less by now.

    The night's `decision` and `notice_item` are known to `sql`. How many were taken back; those
    that the dispatcher has handed over are past it.
    """
    waiting = [
        item
        for item in outbox.history(
            legal_entity_id=night.legal_entity_id, before=night.as_of_date, known_at=now
        )
        if item.state in (DRAFTED, RELEASED, CLAIMED)
    ]
    if not waiting:
        return 0
    sql.connection.execute(
        "create table waiting_item (notice_id varchar, invoice_id varchar, instalment_no integer, "
        "as_of_date date)"
    )
    sql.connection.executemany(
        "insert into waiting_item values (?, ?, ?, ?)",
        [(item.notice_id, item.invoice_id, item.instalment_no, item.as_of_date)
         for item in waiting],
    )
    _read_earlier_items(sql, night, lake, {item.as_of_date for item in waiting})
    return sum(
        outbox.withdraw(row["notice_id"], row["reason"], now=now)
        for row in sql.rows("publish/overtaken_letter")
    )


def _read_earlier_items(sql: Session, night: Night, lake: Lake, days: set) -> None:
    """What each waiting letter asks for, from the night that wrote it."""
    files = [
        official.file("notice_item")
        for day in sorted(days)
        if (official := lake.official(as_of_date=day, legal_entity_id=night.legal_entity_id))
    ]
    sql.connection.execute("create view earlier_notice_item as from notice_item limit 0")
    if files:
        # By name, for an older night may lack a column that was added since.
        sql.read("kept_notice_item", *files)
        sql.connection.execute(
            "create or replace view earlier_notice_item as "
            "(from notice_item limit 0) union all by name from kept_notice_item"
        )
