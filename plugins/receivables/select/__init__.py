"""The `select` stage: open items and policy in; a decision for each item, and notices, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from receivables.contract import tables
from receivables.dispatch.notice import notice_id
from receivables.lake import Night, content_hash
from receivables.select import customer_class, outbox_past
from receivables.select.business_day import write_business_days
from receivables.select.cash_doubt import receipts_from, write_cash_doubt_tables
from receivables.select.customer_class_file import load_customer_classes
from receivables.select.outbox_past import OutboxPast
from receivables.select.policy import Policy
from receivables.select.policy_kept import kept_policies
from receivables.select.policy_table import write_policy_tables
from receivables.select.work_list import write_work_list_tables
from receivables.settings import Entity
from receivables.sql import Session, session

WRITTEN = (
    *customer_class.WRITTEN, *outbox_past.WRITTEN, "decision", "notice_item", "notice",
    "clarification_task", "work_list", "withheld_item",
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


def select(
    night: Night,
    *,
    entity: Entity,
    past: OutboxPast,
    scratch: Path,
    progress: Callable[[str], None],
    policies: Mapping[str, Policy] | None = None,
) -> None:
    """Decide about every open item of the legal entity, and list the notices to write.

    `policies`: by name, standing in for those that the night keeps.
    """
    in_use = {**kept_policies(night, entity), **(policies or {})}
    day = {"as_of_date": night.as_of_date}
    with session(scratch) as sql:
        _read_book(sql, night)
        past.keep(sql, night)
        sql.create("contact_event", "select/contact_event")
        customer_class.classify(
            sql, night, load_customer_classes(), entity_currency=entity.currency,
            promise_grace_days=in_use[entity.policy].promise_grace_days,
        )
        write_policy_tables(sql, entity, in_use, night.as_of_date)
        write_business_days(sql, entity, night.as_of_date)
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
