"""A rule in force as rows of whole numbers, for the engine's tables (`include/sql/interest/`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import lcm

from receivables.balance.rule import BUCKETS, FeeTier, Rule
from receivables.errors import PolicyError

# Parts of a year (or month) in which every day of the convention weighs a whole number.
WEIGHTS = {
    "ACT/365": 365,
    "ACT/360": 360,
    "30E/360": 360,
    "ACT/ACT": lcm(365, 366),
    "MONTH/30": 30,
    "MONTH/ACT": lcm(28, 29, 30, 31),
}
FAR = date(9999, 12, 31)
LONGEST_UNIT = 10**20
LARGEST = 10**38


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


def rule_row(in_force: RuleInForce) -> dict[str, object]:
    """The row of `interest_rule`, but for its number."""
    rule = in_force.rule
    places = percent_places(in_force)
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
        "base_factor_unit": 10 ** _places(rule.base_factor),
        "denominator": _denominator(in_force),
        "unit": _unit(in_force),
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


def reference_rows(in_force: RuleInForce) -> list[dict[str, object]]:
    """The rows of `rule_reference`; a fixed rate is one that always holds."""
    rule = in_force.rule
    places = percent_places(in_force) - _places(rule.multiplier)
    rates = in_force.rates
    if rule.percent is not None:
        rates = [Rate(date.min, FAR, rule.percent)]
    return [
        {
            "from_day": rate.from_day, "until_day": rate.until_day,
            "reference": _scaled(rate.percent, places),
            "needs_confirmation": rate.needs_confirmation,
        }
        for rate in rates
    ]


def suspension_rows(in_force: RuleInForce) -> list[dict[str, object]]:
    """The rows of `rule_suspension`."""
    return [{"from_day": first, "until_day": last} for first, last in in_force.rule.suspensions]


def holiday_rows(in_force: RuleInForce) -> list[dict[str, object]]:
    """The rows of `rule_holiday`."""
    return [{"day": day} for day in in_force.rule.holidays]


def fee_rows(in_force: RuleInForce) -> list[dict[str, object]]:
    """The fee of every principal, in the rule's units: the first tier that holds, or none."""
    unit = _unit(in_force)

    def units(amount: Decimal) -> int:
        return _scaled(amount, in_force.exponent) * unit

    rows: list[dict[str, object]] = [{"from_amount": 0, "until_amount": 0, "amount": 0}]
    start = 1
    for tier in (*in_force.rule.fee_tiers, FeeTier(Decimal(0), None, None)):
        end = min(
            LARGEST if tier.below is None else units(tier.below) - 1,
            LARGEST if tier.up_to is None else units(tier.up_to),
            LARGEST,
        )
        if end >= start:
            rows.append({"from_amount": start, "until_amount": end, "amount": units(tier.amount)})
            start = end + 1
    return rows


def _denominator(in_force: RuleInForce) -> int:
    rule = in_force.rule
    places = percent_places(in_force) + _places(rule.base_factor)
    return WEIGHTS[rule.day_count] * 100 * 10**places


def _unit(in_force: RuleInForce) -> int:
    """The smallest fraction of the minor unit that is kept: as many generations as fit."""
    if in_force.rule.rounding_stage != "final":
        return 1
    unit = denominator = _denominator(in_force)
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
