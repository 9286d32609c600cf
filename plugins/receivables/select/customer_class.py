"""Classes of customers: what each is worth, how it pays, and what sales should do about that."""

from __future__ import annotations

from datetime import timedelta

from receivables.lake import Night
from receivables.select.customer_class_file import RISK_NUMBERS, CustomerClasses
from receivables.sql import Session, statement

WRITTEN = ("promise_outcome", "customer_class", "credit_recommendation")
# Their memory is given back before anything is decided.
PASSING = (
    "billed", "customer_currency", "abc_value", "abc", "split_payment", "payment_month",
    "behaviour", "credit_use", "class_fact", "class_score",
)


def classify(
    sql: Session,
    night: Night,
    classes: CustomerClasses,
    *,
    entity_currency: str,
    promise_grace_days: int,
) -> None:
    """Write the class of every customer, its credit recommendation, and how promises were kept.

    `promise_grace_days`: of the legal entity's own policy. Needs the ledger, `open_item`,
    `credit_item` and `group_rate`. Leaves what it wrote, as tables.
    """
    since = night.as_of_date - timedelta(days=classes.settings["look_back_days"])
    day = {"as_of_date": night.as_of_date}
    window = {**day, "since": since}
    whose = {**window, "legal_entity_id": night.legal_entity_id}
    _write_class_tables(sql, classes, entity_currency)
    sql.connection.execute(statement("select/customer_class/quotient"))
    _create(sql, "billed", **window)
    _create(sql, "customer_currency")
    _create(sql, "abc_value", **day)
    _create(sql, "abc")
    _create(sql, "split_payment", **window)
    _create(sql, "payment_month", **window)
    _create(sql, "behaviour")
    _create(sql, "credit_use")
    sql.keep("select/promise_outcome", night, promise_grace_days=promise_grace_days, **whose)
    _create(sql, "class_fact")
    _create(sql, "class_score")
    sql.keep("select/customer_class", night, **whose)
    sql.keep("select/credit_recommendation", night)
    for table in PASSING:
        sql.connection.execute(f"drop table {table}")


def _create(sql: Session, table: str, **values: object) -> None:
    sql.create(table, f"select/customer_class/{table}", **values)


def _write_class_tables(sql: Session, classes: CustomerClasses, entity_currency: str) -> None:
    """The classes as the tables that the statements read."""
    numbers = ", ".join(f"cast(? as integer) as {name}" for name in classes.settings)
    risks = [risk["risk_class"] for risk in classes.risk_classes]
    sql.connection.execute(
        f"create table class_setting as select {numbers}, ? as entity_currency, "
        "? as neutral_abc_class, cast(? as integer) as neutral_risk_no, ? as class_version",
        [*classes.settings.values(), entity_currency, classes.neutral["abc_class"],
         risks.index(classes.neutral["risk_class"]) + 1, classes.version],
    )
    sql.connection.execute(
        "create table abc_share (class_no integer, abc_class varchar, percent_until integer)"
    )
    until = 0
    for number, (abc_class, percent) in enumerate(classes.abc_classes, start=1):
        until += percent
        sql.connection.execute("insert into abc_share values (?, ?, ?)", [number, abc_class, until])
    sql.connection.execute(
        "create table class_point (component varchar, above integer, points integer)"
    )
    sql.connection.executemany("insert into class_point values (?, ?, ?)", classes.points)
    sql.connection.execute(
        "create table risk_rule (risk_no integer, risk_class varchar, score_max integer, "
        "limit_use_percent_max integer, hold_orders_after_days integer, "
        "prepayment_after_days integer, lowers_limit boolean)"
    )
    highest = sum(points for _, _, points in classes.points)
    for number, risk in enumerate(classes.risk_classes, start=1):
        sql.connection.execute(
            "insert into risk_rule values (?, ?, ?, ?, ?, ?, ?)",
            [number, risk["risk_class"], risk.get("score_max", highest),
             *(risk[name] for name in RISK_NUMBERS), risk["lowers_limit"]],
        )
