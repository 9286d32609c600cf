"""Letters of earlier nights that still wait, and that this night would not write any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from receivables.dispatch.notice import WAITING_STATES, NoticeItem
from receivables.dispatch.outbox import Outbox
from receivables.lake import Lake, Night
from receivables.sql import Session


def withdraw_overtaken(
    sql: Session, night: Night, *, lake: Lake, outbox: Outbox, now: datetime
) -> int:
    """Take back the letters of earlier nights that `overtaken_letters` names.

    How many were taken back; those that the dispatcher has handed over are past it.
    """
    history = outbox.history(
        legal_entity_id=night.legal_entity_id, before=night.as_of_date, known_at=now
    )
    reasons = overtaken_letters(sql, night, waiting_items(history), lake=lake)
    return sum(outbox.withdraw(letter, reason, now=now) for letter, reason in reasons.items())


def waiting_items(history: Iterable[NoticeItem]) -> list[NoticeItem]:
    """The items of the letters that have not left yet."""
    return [item for item in history if item.state in WAITING_STATES]


def overtaken_letters(
    sql: Session, night: Night, waiting: Sequence[NoticeItem], *, lake: Lake
) -> dict[str, str]:
    """The waiting letters that ask for what is paid, contested, promised or another amount by now,
    by notice, each with the reason code of the night.

    The night's `decision` and `notice_item` are known to `sql`; the nights that wrote the letters
    are in `lake`.
    """
    if not waiting:
        return {}
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
    return {row["notice_id"]: row["reason"] for row in sql.rows("publish/overtaken_letter")}


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
