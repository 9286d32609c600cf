"""Interest rules: every legal choice is a declared parameter, and nothing is implied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

BUCKETS = ("costs", "fee", "fine", "interest", "principal")
FLOATING = ("daily", "halfyear", "month")
FIXINGS = (*FLOATING, "halfyear_frozen", "start_frozen", "rest")
YEAR_COUNTS = ("ACT/365", "ACT/ACT", "ACT/360", "30E/360")
MONTH_COUNTS = ("MONTH/ACT", "MONTH/30")
MODES = ("half_up", "half_even", "down", "up")
STAGES = ("final", "booking", "segment", "day")
RESTS = ("30d", "month", "year")

Fault = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class RateRounding:
    """The rate is put on a grid: the reference alone, or the total with its margin."""

    on: str
    mode: str
    step: Decimal


@dataclass(frozen=True, slots=True)
class FeeTier:
    """A fixed fee up to a bound that belongs to it (`up_to`) or does not (`below`)."""

    amount: Decimal
    below: Decimal | None
    up_to: Decimal | None


@dataclass(frozen=True, slots=True)
class Rule:
    """An interest rule; rates in per cent per `period`, money in the claim's currency.

    `percent` is None where the reference comes from a table of rates.
    """

    percent: Decimal | None
    period: str
    multiplier: Decimal
    margin: Decimal
    rate_rounding: RateRounding | None
    floor: Decimal | None
    cap: Decimal | None
    fixing: str
    snapshot: str
    offset_days: int
    business_day: str
    weekend: tuple[int, ...]
    holidays: tuple[date, ...]
    end_day_counts: bool
    day_count: str
    compounding: str
    suspensions: tuple[tuple[date, date], ...]
    fee_tiers: tuple[FeeTier, ...]
    fine_percent: Decimal
    base_factor: Decimal
    allocation: tuple[str, ...]
    rounding_mode: str
    rounding_stage: str


def parse(body: object, fault: Fault) -> Rule:
    """A rule from its declaration; what is wrong goes to `fault` as (key, what), all of it."""
    return _Reader(fault).rule(body)


class _Reader:
    """Reads a rule key by key."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def rule(self, raw: object) -> Rule:
        top = self.mapping(raw, "", {
            "rate", "fixing", "start", "end_day_counts", "day_count", "compounding",
            "suspensions", "fixed_fee", "fine", "base_factor", "allocation", "rounding",
        })
        rate = self.mapping(top.get("rate"), "rate", {
            "source", "percent", "period", "multiplier", "margin_pp", "round", "floor_percent",
            "cap_percent",
        })
        fixing = self.optional(top.get("fixing"), "fixing", {"mode", "snapshot"})
        start = self.mapping(top.get("start"), "start", {
            "offset_days", "business_day", "weekend", "holidays",
        })
        rounding = self.mapping(top.get("rounding"), "rounding", {"mode", "stage"})
        period = self.one_of(rate.get("period", "year"), "rate.period", ("year", "month"))
        counts = MONTH_COUNTS if period == "month" else YEAR_COUNTS
        fine = self.optional(top.get("fine"), "fine", {"percent"})
        return Rule(
            percent=self.percent(rate),
            period=period,
            multiplier=self.number(rate.get("multiplier", "1"), "rate.multiplier"),
            margin=self.number(rate.get("margin_pp", "0"), "rate.margin_pp"),
            rate_rounding=self.rate_rounding(rate.get("round")),
            floor=self.maybe(rate.get("floor_percent"), "rate.floor_percent"),
            cap=self.maybe(rate.get("cap_percent"), "rate.cap_percent"),
            fixing=self.one_of(fixing.get("mode", "daily"), "fixing.mode", FIXINGS),
            snapshot=self.one_of(
                fixing.get("snapshot", "first_day"), "fixing.snapshot", ("first_day", "day_before")
            ),
            offset_days=self.whole(start.get("offset_days"), "start.offset_days"),
            business_day=self.one_of(
                start.get("business_day", "none"), "start.business_day", ("none", "following")
            ),
            weekend=self.weekend(start.get("weekend", [5, 6])),
            holidays=tuple(
                self.day(value, "start.holidays")
                for value in self.items(start.get("holidays", []), "start.holidays")
            ),
            end_day_counts=self.truth(top.get("end_day_counts"), "end_day_counts"),
            day_count=self.one_of(top.get("day_count"), "day_count", counts),
            compounding=self.compounding(top.get("compounding", "none")),
            suspensions=self.suspensions(top.get("suspensions")),
            fee_tiers=self.fee_tiers(top.get("fixed_fee")),
            fine_percent=self.number(fine["percent"], "fine.percent") if fine else Decimal(0),
            base_factor=self.number(top.get("base_factor", "1"), "base_factor"),
            allocation=self.allocation(top.get("allocation")),
            rounding_mode=self.one_of(rounding.get("mode"), "rounding.mode", MODES),
            rounding_stage=self.one_of(rounding.get("stage"), "rounding.stage", STAGES),
        )

    def mapping(self, value: object, key: str, known: set[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fault(key, "must be a mapping of keys to values")
            return {}
        for name in value:
            if name not in known:
                self.fault(
                    f"{key}.{name}" if key else str(name),
                    f"unknown key; known are {', '.join(sorted(known))}",
                )
        return value

    def optional(self, value: object, key: str, known: set[str]) -> dict[str, Any]:
        return {} if value is None else self.mapping(value, key, known)

    def items(self, value: object, key: str) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.fault(key, "must be a list")
            return []
        return list(value)

    def one_of(self, value: object, key: str, known: tuple[str, ...]) -> str:
        if value not in known:
            self.fault(key, f"{value!r} is not one of {', '.join(known)}")
            return known[0]
        return str(value)

    def number(self, value: object, key: str) -> Decimal:
        if not isinstance(value, bool) and isinstance(value, str | int | Decimal):
            try:
                number = Decimal(value)
            except InvalidOperation:
                number = Decimal("NaN")
            if number.is_finite() and abs(number) < 10**15 and _places(number) <= 12:
                return number
        self.fault(key, f"{value!r} is no decimal; write it in quotes, such as \"9.27\"")
        return Decimal(0)

    def maybe(self, value: object, key: str) -> Decimal | None:
        return None if value is None else self.number(value, key)

    def whole(self, value: object, key: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(key, f"{value!r} is no whole number of days")
            return 0
        return value

    def truth(self, value: object, key: str) -> bool:
        if not isinstance(value, bool):
            self.fault(key, f"{value!r} is neither true nor false")
        return bool(value)

    def day(self, value: object, key: str) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fault(key, f"{value!r} is no day; write one such as 2026-03-31")
            return date.min

    def percent(self, rate: Mapping[str, Any]) -> Decimal | None:
        source = self.one_of(rate.get("source"), "rate.source", ("table", "fixed"))
        if source == "table":
            if "percent" in rate:
                self.fault("rate.percent", "belongs to source fixed; a table gives its own")
            return None
        return self.number(rate.get("percent"), "rate.percent")

    def rate_rounding(self, raw: object) -> RateRounding | None:
        if raw is None:
            return None
        body = self.mapping(raw, "rate.round", {"on", "mode", "step"})
        step = self.number(body.get("step"), "rate.round.step")
        if step <= 0:
            self.fault("rate.round.step", "must be above zero")
        return RateRounding(
            on=self.one_of(body.get("on"), "rate.round.on", ("reference", "total")),
            mode=self.one_of(body.get("mode"), "rate.round.mode", ("up", "half_up", "down")),
            step=step,
        )

    def weekend(self, raw: object) -> tuple[int, ...]:
        days = tuple(self.items(raw, "start.weekend"))
        if not all(isinstance(day, int) and 0 <= day <= 6 for day in days) or len(set(days)) > 6:
            self.fault("start.weekend", "must list weekday numbers, Monday = 0, and not all seven")
            return ()
        return days

    def compounding(self, raw: object) -> str:
        if raw == "none":
            return "none"
        body = self.mapping(raw, "compounding", {"every"})
        return self.one_of(body.get("every"), "compounding.every", RESTS)

    def suspensions(self, raw: object) -> tuple[tuple[date, date], ...]:
        spans = []
        for value in self.items(raw, "suspensions"):
            ends = self.items(value, "suspensions")
            if len(ends) != 2:
                self.fault("suspensions", "each is a list of its first and its last day")
                continue
            first, last = (self.day(end, "suspensions") for end in ends)
            if first > last:
                self.fault("suspensions", f"{first} is after {last}")
            spans.append((first, last))
        return tuple(spans)

    def fee_tiers(self, raw: object) -> tuple[FeeTier, ...]:
        body = self.optional(raw, "fixed_fee", {"tiers"})
        tiers = []
        for number, value in enumerate(self.items(body.get("tiers"), "fixed_fee.tiers"), start=1):
            key = f"fixed_fee.tiers.{number}"
            tier = self.mapping(value, key, {"below", "up_to", "amount"})
            tiers.append(FeeTier(
                amount=self.number(tier.get("amount"), f"{key}.amount"),
                below=self.maybe(tier.get("below"), f"{key}.below"),
                up_to=self.maybe(tier.get("up_to"), f"{key}.up_to"),
            ))
        return tuple(tiers)

    def allocation(self, raw: object) -> tuple[str, ...]:
        order = tuple(self.items(raw, "allocation"))
        if not order or set(order) - set(BUCKETS) or len(set(order)) < len(order):
            self.fault("allocation", f"must order some of {', '.join(BUCKETS)}, each once")
            return BUCKETS
        return order


def _places(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))
