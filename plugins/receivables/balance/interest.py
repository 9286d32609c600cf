"""The interest engine: rules, rates, claims and their payments in; segments and totals out.

All of it is worked out in SQL (`include/sql/interest/`) over all claims at once, in whole numbers:
money in minor units, rates in the smallest decimal place that the rule uses. Where a rule rounds
only at the very end, money is kept in a fraction (`unit`) of the minor unit; a claim whose
fractions outgrow it is refused if any rounding could depend on what was cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import accumulate

from receivables.balance.rule import BUCKETS
from receivables.balance.rule_table import (
    FAR,
    Rate,
    RuleInForce,
    days_needed,
    fee_rows,
    holiday_rows,
    percent_places,
    reference_rows,
    rule_row,
    suspension_rows,
)
from receivables.sql import Session, statement

__all__ = [
    "COLUMNS", "FAR", "Rate", "RuleInForce", "accrue", "days_needed", "fill", "percent_places",
    "write_rules",
]

MACROS = (
    "rounded", "rounded_share", "rounded_days", "stepped", "share", "share_rest", "slack_left",
)

COLUMNS = {
    "interest_rule": {
        "rule_id": "varchar", "rule_no": "integer", "day_key_base": "integer",
        "first_day": "date", "last_day": "date", "reference_from": "date",
        "fixing": "varchar", "snapshot": "varchar", "multiplier": "hugeint", "margin": "hugeint",
        "round_on": "varchar", "round_mode": "varchar", "round_step": "hugeint",
        "floor_percent": "hugeint", "cap_percent": "hugeint", "percent_places": "integer",
        "offset_days": "integer", "is_shifted": "boolean", "weekend": "integer[]",
        "end_days": "integer", "day_count": "varchar", "year_weight": "bigint",
        "compounding": "varchar", "has_fee": "boolean", "fine_numerator": "hugeint",
        "fine_denominator": "hugeint", "base_factor": "hugeint", "base_factor_unit": "hugeint",
        "denominator": "hugeint", "unit": "hugeint", "rounding_mode": "varchar",
        "rounding_stage": "varchar", "needs_confirmation": "boolean",
        **{f"{bucket}_rank": "integer" for bucket in BUCKETS},
    },
    "rule_reference": {
        "rule_no": "integer", "from_day": "date", "until_day": "date", "reference": "hugeint",
        "needs_confirmation": "boolean",
    },
    "rule_suspension": {"rule_no": "integer", "from_day": "date", "until_day": "date"},
    "rule_holiday": {"rule_no": "integer", "day": "date"},
    "rule_fee": {
        "rule_no": "integer", "from_amount": "hugeint", "until_amount": "hugeint",
        "amount": "hugeint",
    },
    "claim": {
        "claim_id": "varchar", "rule_id": "varchar", "principal": "hugeint", "due_date": "date",
        "as_of_date": "date",
    },
    "payment": {
        "claim_id": "varchar", "payment_no": "integer", "payment_date": "date",
        "amount": "hugeint",
    },
    "credit_note": {
        "claim_id": "varchar", "credit_no": "integer", "credit_date": "date",
        "amount": "hugeint", "mode": "varchar",
    },
    "cost": {"claim_id": "varchar", "cost_date": "date", "amount": "hugeint"},
}

# What the segments of the claims are worked out from.
CLAIM_TABLES = ("claim_start", "claim_event", "step_piece", "claim_base")


def fill(
    sql: Session,
    table: str,
    rows: Iterable[Mapping[str, object]],
    columns: Mapping[str, str] | None = None,
) -> None:
    """Make a table, typed as the engine needs it, from rows; values pass as text, exactly."""
    columns = columns or COLUMNS[table]
    kept = list(rows)
    lists = {
        name: [None if row[name] is None else str(row[name]) for row in kept] for name in columns
    }
    select = ", ".join(
        f"cast(unnest(cast(${name} as varchar[])) as {kind}) as {name}"
        for name, kind in columns.items()
    )
    sql.connection.execute(f"create or replace table {table} as select {select}", lists)


def write_rules(sql: Session, rules: Iterable[RuleInForce]) -> None:
    """Make the rules known to the statements, as whole numbers, and what they say of each day."""
    kept = list(enumerate(rules))
    days = [(rule.last_day - rule.first_day).days + 1 for _, rule in kept]
    fill(sql, "interest_rule", [
        {**rule_row(rule), "rule_no": rule_no,
         "day_key_base": day_key - (rule.first_day - date(1970, 1, 1)).days}
        for (rule_no, rule), day_key in zip(kept, accumulate(days, initial=0), strict=False)
    ])
    numbered = [
        ("rule_reference", reference_rows), ("rule_suspension", suspension_rows),
        ("rule_holiday", holiday_rows), ("rule_fee", fee_rows),
    ]
    for table, rows in numbered:
        fill(sql, table, [
            {"rule_no": rule_no, **row} for rule_no, rule in kept for row in rows(rule)
        ])
    for macro in MACROS:
        sql.connection.execute(statement(f"interest/{macro}"))
    sql.create("rule_day", "interest/rule_day")
    sql.create("rule_run", "interest/rule_run")
    sql.create("rule_bound", "interest/rule_bound")


def accrue(sql: Session) -> None:
    """Work out `claim_result`, `claim_segment` and `claim_allocation` of all claims.

    Reads the tables of `write_rules`, and claim, payment, credit_note and cost. The results are
    views: what nobody asks of them is not worked out.
    """
    sql.create("claim_start", "interest/claim_start")
    [lost] = sql.rows("interest/lost_claim")
    assert lost["claims"] == 0, f"the rules do not cover {lost['claims']} claims"
    sql.create("claim_event", "interest/claim_event")
    _view(sql, "claim_span")
    _view(sql, "claim_piece")
    sql.create("step_piece", "interest/step_piece")
    sql.create("claim_base", "interest/first_base")
    sql.create("step_taking", "interest/first_taking")
    _capitalise(sql)
    _step(sql)
    _view(sql, "based_piece")
    sql.create("claim_total", "interest/claim_total")
    for view in ("claim_segment", "claim_allocation", "claim_result"):
        _view(sql, view)


def _view(sql: Session, name: str) -> None:
    sql.connection.execute(f"create or replace view {name} as {statement(f'interest/{name}')}")


def _capitalise(sql: Session) -> None:
    """Take the claims whose interest joins their base through their rests, all at once."""
    sql.create("claim_capital", "interest/first_capital")
    for step_no in _steps(sql, "capitalised"):
        sql.create("step_base", "interest/capital_base", step_no=step_no)
        sql.connection.execute("insert into claim_base by name from step_base")
        sql.create("claim_accrual", "interest/claim_accrual", step_no=step_no)
        sql.create("claim_capital", "interest/next_capital")


def _step(sql: Session) -> None:
    """Take the claims whose base depends on their interest through their events, rank by rank."""
    sql.create("step_state", "interest/first_state")
    sql.connection.execute("create or replace table claim_state as from step_state where false")
    for step_no in _steps(sql, "stepwise"):
        sql.create("step_base", "interest/step_base", step_no=step_no)
        sql.connection.execute("insert into claim_base by name from step_base")
        sql.create("claim_accrual", "interest/claim_accrual", step_no=step_no)
        sql.create("stepped_state", "interest/stepped_state", step_no=step_no)
        _append(sql, "step_taking", "interest/step_taking", {"step_no": step_no})
        _append(sql, "claim_state", "interest/step_end", {})
        sql.create("step_state", "interest/step_state")


def _steps(sql: Session, way: str) -> range:
    [count] = sql.rows("interest/step_count", way=way)
    return range(1, count["step_count"] + 1)


def _append(sql: Session, table: str, name: str, values: Mapping[str, object]) -> None:
    sql.connection.execute(f"insert into {table} by name {statement(name)}", dict(values) or None)
