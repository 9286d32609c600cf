"""The interest engine: rules, rates, claims and their payments in; segments and totals out.

All of it is worked out in SQL (`include/sql/interest/`) over all claims at once, in whole numbers:
money in minor units, rates in the smallest decimal place that the rule uses. Where a rule rounds
only at the very end, money is kept in a fraction (`unit`) of the minor unit; a claim whose
fractions outgrow it is refused if any rounding could depend on what was cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import lcm

from receivables.balance.rule import BUCKETS, Rule
from receivables.errors import PolicyError
from receivables.sql import Session, statement

# Parts of a year (or month) in which every day of the convention weighs a whole number.
WEIGHTS = {
    "ACT/365": 365,
    "ACT/360": 360,
    "30E/360": 360,
    "ACT/ACT": lcm(365, 366),
    "MONTH/30": 30,
    "MONTH/ACT": lcm(28, 29, 30, 31),
}
MACROS = ("rounded", "rounded_share", "stepped", "share", "share_rest", "slack_left")
FAR = date(9999, 12, 31)
LONGEST_UNIT = 10**20

COLUMNS = {
    "interest_rule": {
        "rule_id": "varchar", "first_day": "date", "last_day": "date", "reference_from": "date",
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
        "rule_id": "varchar", "from_day": "date", "until_day": "date", "reference": "hugeint",
        "needs_confirmation": "boolean",
    },
    "rule_suspension": {"rule_id": "varchar", "from_day": "date", "until_day": "date"},
    "rule_holiday": {"rule_id": "varchar", "day": "date"},
    "rule_fee_tier": {
        "rule_id": "varchar", "tier_no": "integer", "below": "hugeint", "up_to": "hugeint",
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


@dataclass(frozen=True, slots=True)
class Rate:
    """A reference value in per cent, from its first day until the day that it no longer covers.

    `needs_confirmation`: nobody has found it in a source yet, which marks what is computed on it.
    """

    from_day: date
    until_day: date
    percent: Decimal
    needs_confirmation: bool = False


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule with its rates, for claims of one currency exponent.

    The days from `first_day` to `last_day` hold every due date and every day up to the as-of date.
    `needs_confirmation`: the rule itself is from memory, which marks everything under it.
    """

    rule_id: str
    rule: Rule
    rates: Sequence[Rate]
    exponent: int
    first_day: date
    last_day: date
    needs_confirmation: bool = False


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
    kept = list(rules)
    fill(sql, "interest_rule", [_rule_row(rule) for rule in kept])
    fill(sql, "rule_reference", [row for rule in kept for row in _reference_rows(rule)])
    fill(sql, "rule_suspension", [
        {"rule_id": rule.rule_id, "from_day": first, "until_day": last}
        for rule in kept for first, last in rule.rule.suspensions
    ])
    fill(sql, "rule_holiday", [
        {"rule_id": rule.rule_id, "day": day} for rule in kept for day in rule.rule.holidays
    ])
    fill(sql, "rule_fee_tier", [row for rule in kept for row in _fee_rows(rule)])
    for macro in MACROS:
        sql.connection.execute(statement(f"interest/{macro}"))
    sql.create("rule_day", "interest/rule_day")
    sql.create("rule_run", "interest/rule_run")
    sql.create("rule_bound", "interest/rule_bound")


def accrue(sql: Session) -> None:
    """Work out `claim_result`, `claim_segment` and `claim_allocation` of all claims.

    Reads the tables of `write_rules`, and claim, payment, credit_note and cost.
    """
    for table in ("claim_start", "claim_event", "claim_path", "claim_piece"):
        sql.create(table, f"interest/{table}")
    sql.create("claim_base", "interest/direct_base")
    sql.connection.execute(
        f"create or replace view claim_accrual as {statement('interest/claim_accrual')}"
    )
    sql.create("claim_state", "interest/direct_state")
    sql.create("claim_allocation", "interest/direct_allocation")
    _step(sql)
    sql.create("claim_segment", "interest/claim_segment")
    sql.create("claim_result", "interest/claim_result")


def _step(sql: Session) -> None:
    """Take the claims whose base depends on their interest through their events, rank by rank."""
    sql.create("step_state", "interest/first_state")
    [count] = sql.rows("interest/step_count")
    for event_no in range(1, count["event_count"] + 1):
        rank = {"event_no": event_no}
        _append(sql, "claim_base", "interest/step_base", rank)
        sql.create("stepped_state", "interest/stepped_state", **rank)
        _append(sql, "claim_allocation", "interest/step_allocation", rank)
        _append(sql, "claim_state", "interest/step_end", {})
        sql.create("step_state", "interest/step_state")


def _append(sql: Session, table: str, name: str, values: Mapping[str, object]) -> None:
    sql.connection.execute(f"insert into {table} by name {statement(name)}", dict(values) or None)


def _rule_row(in_force: RuleInForce) -> dict[str, object]:
    rule = in_force.rule
    places = percent_places(in_force)
    factor_unit = 10 ** _places(rule.base_factor)
    denominator = WEIGHTS[rule.day_count] * 100 * 10**places * factor_unit
    rounding = rule.rate_rounding
    reference_places = places - _places(rule.multiplier)
    step_places = reference_places if rounding and rounding.on == "reference" else places
    return {
        "rule_id": in_force.rule_id,
        "first_day": in_force.first_day,
        "last_day": in_force.last_day,
        "reference_from": min((rate.from_day for rate in in_force.rates), default=None),
        "fixing": rule.fixing,
        "snapshot": rule.snapshot,
        "multiplier": _scaled(rule.multiplier, _places(rule.multiplier)),
        "margin": _scaled(rule.margin, places),
        "round_on": rounding.on if rounding else None,
        "round_mode": rounding.mode if rounding else None,
        "round_step": _scaled(rounding.step, step_places) if rounding else None,
        "floor_percent": None if rule.floor is None else _scaled(rule.floor, places),
        "cap_percent": None if rule.cap is None else _scaled(rule.cap, places),
        "percent_places": places,
        "offset_days": rule.offset_days,
        "is_shifted": rule.business_day == "following",
        "weekend": list(rule.weekend),
        "end_days": int(rule.end_day_counts),
        "day_count": rule.day_count,
        "year_weight": WEIGHTS[rule.day_count],
        "compounding": rule.compounding,
        "has_fee": bool(rule.fee_tiers),
        "fine_numerator": _scaled(rule.fine_percent, _places(rule.fine_percent)),
        "fine_denominator": 100 * 10 ** _places(rule.fine_percent),
        "base_factor": _scaled(rule.base_factor, _places(rule.base_factor)),
        "base_factor_unit": factor_unit,
        "denominator": denominator,
        "unit": _unit(denominator) if rule.rounding_stage == "final" else 1,
        "rounding_mode": rule.rounding_mode,
        "rounding_stage": rule.rounding_stage,
        "needs_confirmation": in_force.needs_confirmation,
        **{
            f"{bucket}_rank": rule.allocation.index(bucket) if bucket in rule.allocation else None
            for bucket in BUCKETS
        },
    }


def percent_places(in_force: RuleInForce) -> int:
    """How many decimal places every rate of the rule has room in."""
    rule = in_force.rule
    references = [rate.percent for rate in in_force.rates]
    if rule.rate_rounding:
        references.append(rule.rate_rounding.step)
    if rule.percent is not None:
        references.append(rule.percent)
    others = [rule.margin, *(value for value in (rule.floor, rule.cap) if value is not None)]
    return max(
        max(map(_places, references), default=0) + _places(rule.multiplier),
        *map(_places, others),
    )


def _reference_rows(in_force: RuleInForce) -> list[dict[str, object]]:
    rule = in_force.rule
    places = percent_places(in_force) - _places(rule.multiplier)
    rates = in_force.rates
    if rule.percent is not None:
        rates = [Rate(date.min, FAR, rule.percent)]
    return [
        {
            "rule_id": in_force.rule_id, "from_day": rate.from_day, "until_day": rate.until_day,
            "reference": _scaled(rate.percent, places),
            "needs_confirmation": rate.needs_confirmation,
        }
        for rate in rates
    ]


def _fee_rows(in_force: RuleInForce) -> list[dict[str, object]]:
    def minor(amount: Decimal | None) -> int | None:
        return None if amount is None else _scaled(amount, in_force.exponent)

    return [
        {
            "rule_id": in_force.rule_id, "tier_no": number, "below": minor(tier.below),
            "up_to": minor(tier.up_to), "amount": minor(tier.amount),
        }
        for number, tier in enumerate(in_force.rule.fee_tiers)
    ]


def _unit(denominator: int) -> int:
    """The smallest fraction of the minor unit that is kept: as many generations as fit."""
    unit = denominator
    while unit * denominator <= LONGEST_UNIT:
        unit *= denominator
    return unit


def _scaled(number: Decimal, places: int) -> int:
    """A decimal as a whole number of its smallest place."""
    sign, digits, exponent = number.as_tuple()
    whole = int("".join(map(str, digits)))
    shift = int(exponent) + places
    if shift < 0 and whole % 10**-shift:
        raise PolicyError(f"{number} has more than {places} decimal places")
    scaled = whole * 10**shift if shift >= 0 else whole // 10**-shift
    return -scaled if sign else scaled


def _places(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))


def days_needed(rule: Rule, dates: Sequence[date]) -> tuple[date, date]:
    """The days that a rule must be known on for claims with these due and as-of dates."""
    slack = timedelta(days=40 + len(rule.holidays) + abs(rule.offset_days))
    return min(dates) - slack, max(dates) + slack
