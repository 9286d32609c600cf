"""The `select` stage: open items and policy in; a decision for each item, and notices, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from receivables.contract import tables
from receivables.dispatch.notice import NoticeItem, notice_id
from receivables.dispatch.suppression import Suppression
from receivables.inbox.box import KnownMessage
from receivables.lake import Night, content_hash
from receivables.select import customer_class
from receivables.select.business_day import write_business_days
from receivables.select.cash_doubt import receipts_from, write_cash_doubt_tables
from receivables.select.customer_class_file import load_customer_classes
from receivables.select.policy import Policy
from receivables.select.policy_kept import kept_policies
from receivables.select.policy_table import write_policy_tables
from receivables.select.suppressed_contact import keep_suppressed_contacts
from receivables.select.work_list import write_work_list_tables
from receivables.settings import Entity
from receivables.sql import Session, session

WRITTEN = (
    *customer_class.WRITTEN, "notice_history", "suppressed_contact", "inbound_message", "decision",
    "notice_item",
    "notice", "clarification_task", "work_list", "withheld_item",
)

# What the decisions are made of, in order, and whether the statement asks for the as_of_date.
PREPARED = {
    "step_day": False,
    "person_contact": True,
    "climbed_step": True,
    "promise_status": True,
    "next_step": True,
    "customer_reply": True,
    "customer_state": True,
    "recipient": False,
}

HISTORY_TYPES = {
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
}
INBOX_TYPES = {
    "inbound_id": "varchar",
    "legal_entity_id": "varchar",
    "customer_id": "varchar",
    "kind": "varchar",
    "received_at": "timestamp",
    "state": "varchar",
    "outcome": "varchar",
}


def select(
    night: Night,
    *,
    entity: Entity,
    history: Sequence[NoticeItem] | Path,
    scratch: Path,
    progress: Callable[[str], None],
    policies: Mapping[str, Policy] | None = None,
    suppressions: Sequence[Suppression] | Path = (),
    inbox: Sequence[KnownMessage] | Path = (),
) -> None:
    """Decide about every open item of the legal entity, and list the notices to write.

    `history`: what earlier nights did, `inbox`: what customers answered, from the outbox or from a
    file that a night kept of it.
    `policies`: by name, standing in for those that the night keeps.
    `suppressions`: the addresses that no letter goes to, or a file that a night kept of them.
    """
    in_use = {**kept_policies(night, entity), **(policies or {})}
    day = {"as_of_date": night.as_of_date}
    with session(scratch) as sql:
        _read_book(sql, night)
        _keep_input(sql, night, "inbound_message", INBOX_TYPES, inbox)
        sql.create("contact_event", "select/contact_event")
        customer_class.classify(
            sql, night, load_customer_classes(), entity_currency=entity.currency,
            promise_grace_days=in_use[entity.policy].promise_grace_days,
        )
        write_policy_tables(sql, entity, in_use, night.as_of_date)
        write_business_days(sql, entity, night.as_of_date)
        _keep_input(sql, night, "notice_history", HISTORY_TYPES, history)
        keep_suppressed_contacts(sql, night, suppressions)
        sql.create("customer_policy", "select/customer_policy", policy_name=entity.policy, **day)
        for table, values in PREPARED.items():
            sql.create(table, f"select/{table}", **(day if values else {}))
        _find_cash_doubts(sql, night, entity, in_use[entity.policy])
        sql.keep("select/decision", night, holds_for_data=True, **day)
        sql.keep("select/clarification_task", night)
        write_work_list_tables(sql)
        sql.keep("select/work_list", night)
        sql.keep("select/notice_item", night)
        _write_notice_keys(sql, night.legal_entity_id)
        sql.keep("select/notice", night)
        _keep_withheld(sql, night, **day)
        counts = sql.rows("select/decision_count")
        night.record(
            policy_version=", ".join(sorted(policy.version for policy in in_use.values())),
            tables={name: content_hash(sql, night.file(name)) for name in WRITTEN},
        )
    decided = ", ".join(f"{row['decisions']} {row['outcome']}" for row in counts) or "no open item"
    progress(f"{night.legal_entity_id}: decided {decided}")


def _read_book(sql: Session, night: Night) -> None:
    """What the source told the night, and what the stages before made of it."""
    for table in tables():
        name = "source_contact_event" if table == "contact_event" else table
        sql.read(name, night.file(f"ledger/{table}"))
    for table in ("open_item", "credit_item", "group_rate", "quarantine"):
        sql.read(table, night.file(table))


def _find_cash_doubts(sql: Session, night: Night, entity: Entity, policy: Policy) -> None:
    """What may be paid already, though the books do not say so."""
    write_cash_doubt_tables(sql)
    day = {"as_of_date": night.as_of_date}
    sql.create("payment_advice", "select/payment_advice", **day)
    sql.create("unapplied_cash", "select/unapplied_cash", **day)
    oldest = receipts_from(
        entity, known_at=night.known_at, known_since_days=policy.known_since_days, **day
    )
    sql.create(
        "cash_doubt", "select/cash_doubt", receipts_from=oldest,
        known_since_days=policy.known_since_days, **day,
    )


def _keep_withheld(sql: Session, night: Night, **values: object) -> None:
    """The items that would have been selected if no data were bad: decide once more, as if so."""
    held = sql.rows("select/held_count")[0]["items"]
    if held:
        sql.create("unheld_decision", "select/decision", holds_for_data=False, **values)
    else:
        sql.connection.execute("create table unheld_decision as select * from decision limit 0")
    sql.keep("select/withheld_item", night)


def _keep_input(
    sql: Session, night: Night, table: str, types: Mapping[str, str],
    rows: Sequence[NoticeItem] | Sequence[KnownMessage] | Path,
) -> None:
    """What the outbox knew by the night is an input: it is kept, so that a replay has it."""
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


def _write_notice_keys(sql: Session, legal_entity_id: str) -> None:
    """The derived key of each notice: equal on every rebuild of the night."""
    sql.connection.execute(
        "create table notice_key (customer_id varchar, step varchar, cycle varchar, "
        "generation integer, notice_id varchar)"
    )
    keys = [
        (
            row["customer_id"], row["step"], row["cycle"], row["generation"],
            notice_id(legal_entity_id=legal_entity_id, **row),
        )
        for row in sql.rows("select/notice_generation")
    ]
    if keys:
        sql.connection.executemany("insert into notice_key values (?, ?, ?, ?, ?)", keys)
