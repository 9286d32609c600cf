"""The `balance` stage: ledger in; open items, interest segments and credits out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from receivables.balance.claim import accrue_instalments, charges_interest, rules_in_use
from receivables.balance.interest import CLAIM_TABLES
from receivables.balance.rate_coverage import write_balance_result
from receivables.contract import INCLUDE, tables
from receivables.currency import write_currency_table
from receivables.lake import Night, content_hash
from receivables.settings import Entity, Source
from receivables.sql import Session, session, statement
from receivables.yaml_text import read_yaml

WRITTEN = ("allocation_applied", "interest_segment", "credit_item", "group_rate", "open_item")


def balance(
    night: Night,
    *,
    entity: Entity,
    source: Source,
    reporting_currency: str,
    known_since_days: int,
    residual_claim_days: int,
    scratch: Path,
    progress: Callable[[str], None],
) -> None:
    """Work out what every customer of the legal entity owes as of the day, and since when.

    `known_since_days`: money received so many days after the day, if known, lowers what may be
    dunned for; it does not change what was owed on the day.
    `residual_claim_days`: the interest and compensation of an instalment that was paid late stay
    open for so many days after the last payment; 0 waives them.
    """
    day = {"as_of_date": night.as_of_date}
    whose = {**day, "legal_entity_id": night.legal_entity_id}
    from_source = {"open_amounts_from_source": source.open_amounts == "from_source"}
    group = {"reporting_currency": reporting_currency}
    rules = rules_in_use(entity)
    with session(scratch) as sql:
        _prepare(sql, night)
        residual = {"residual_claim_days": residual_claim_days if charges_interest(entity) else 0}
        sql.create("billed_document", "balance/billed_document", **day, **residual)
        sql.create("pair_rate", "exchange/pair_rate")
        sql.create("converted_allocation", "balance/converted_allocation")
        sql.keep("balance/credit_item", night, **whose, **from_source)
        sql.create("open_invoice", "balance/open_invoice", **day, **from_source, **residual)
        _forget(sql, "billed_document")
        sql.create("schedule", "balance/schedule")
        _forget(sql, "open_invoice")
        sql.keep("balance/allocation_applied", night, **day)
        sql.create("owed_instalment", "balance/owed_instalment", **day, **from_source, **residual)
        _forget(sql, "schedule")
        accrue_instalments(sql, entity, rules, **day, **from_source)
        write_balance_result(sql, night, rules)
        _forget(sql, "claim", "claim_item", "payment", "claim_total")
        sql.keep("balance/interest_segment", night, **whose)
        _forget(sql, *CLAIM_TABLES)
        sql.keep("balance/group_rate", night, **day, **group)
        sql.keep("balance/open_item", night, **whose, **group, known_since_days=known_since_days)
        night.record(tables={name: content_hash(sql, night.file(name)) for name in WRITTEN})
        [count] = sql.rows("balance/item_count")
    progress(
        f"{night.legal_entity_id}: balances of {count['open_items']} open items, and "
        f"{count['interest_claims']} claims left of late payments"
    )


def read_ledger(sql: Session, night: Night) -> None:
    """Make the ledger known as it counts on the night's day: no allocation before its receipt."""
    for table in tables():
        name = "booked_allocation" if table == "allocation" else table
        sql.read(name, night.file(f"ledger/{table}"))
    sql.create("coming_receipt", "balance/coming_receipt", as_of_date=night.as_of_date)
    sql.view("allocation", "balance/allocation")


def _prepare(sql: Session, night: Night) -> None:
    """Tables that the statements read: the ledger, the currencies and the aging buckets."""
    read_ledger(sql, night)
    write_currency_table(sql)
    write_aging_bucket_table(sql)
    sql.connection.execute(statement("balance/money"))


def write_aging_bucket_table(sql: Session) -> None:
    """Make `aging_bucket` known to the statements: one row a bucket, with its bounds
    and the column of `aging_by_customer` that it is summed into.
    """
    buckets = read_yaml((INCLUDE / "aging_buckets.yaml").read_text(encoding="utf-8"))
    sql.connection.execute(
        "create table aging_bucket (aging_bucket varchar, bucket_no integer, days_from integer, "
        "days_until integer, amount_column varchar)"
    )
    sql.connection.executemany(
        "insert into aging_bucket values (?, ?, ?, ?, ?)",
        [
            (bucket["aging_bucket"], number, bucket["days_from"], bucket["days_until"],
             bucket["column"])
            for number, bucket in enumerate(buckets)
        ],
    )


def _forget(sql: Session, *tables: str) -> None:
    """Give back the memory of what no later statement reads."""
    for table in tables:
        sql.connection.execute(f"drop table {table}")


