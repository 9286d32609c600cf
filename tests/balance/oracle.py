"""Late-payment interest one day at a time in exact fractions: slow, plain, and not the product."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

DAY = timedelta(days=1)


class NoRate(Exception):
    """A day bears interest and nobody knows the rate."""


def solve(case: dict[str, Any]) -> dict[str, Any]:
    """A case's figures as exact fractions of the currency; `error` for a refusal."""
    try:
        return Claim(case).result()
    except NoRate:
        return {"error": "RATE_NOT_AVAILABLE"}


def rounded(value: Fraction, mode: str) -> int:
    size, sign = abs(value), -1 if value < 0 else 1
    whole, rest = divmod(size, 1)
    more = {
        "down": False,
        "up": rest > 0,
        "half_up": rest >= Fraction(1, 2),
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1),
    }[mode]
    return sign * (int(whole) + int(more))


def day(text: str) -> date:
    return date.fromisoformat(text)


def last_of_month(on: date) -> int:
    return ((on.replace(day=28) + 4 * DAY).replace(day=1) - DAY).day


def plus_months(on: date, months: int) -> date:
    number = on.year * 12 + on.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    return first.replace(day=min(on.day, last_of_month(first)))


class Claim:
    """One claim walked from day to day."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case, self.rule = case, case["rule"]
        self.places = case.get("currency_exponent", 2)
        self.as_of = day(case["as_of"])
        self.mode = self.rule["rounding"]["mode"]
        self.stage = self.rule["rounding"]["stage"]
        self.counts = self.rule["end_day_counts"]
        self.table = sorted((day(d), Fraction(p)) for d, p in case.get("rate_table") or [])
        self.due = self.shifted(day(case["due_date"]))
        self.first = self.due + self.rule["start"]["offset_days"] * DAY
        self.period_start = self.first
        self.rests = 0
        credits = [
            Fraction(n["amount"]) for n in case["credit_notes"]
            if n.get("mode") == "ab_initio" and day(n["date"]) <= self.as_of
        ]
        start = Fraction(case["principal"]) - sum(credits)
        self.buckets = dict.fromkeys(("costs", "fee", "fine", "interest"), Fraction(0))
        self.buckets["principal"] = max(start, Fraction(0))
        self.unallocated = max(-start, Fraction(0))
        self.capitalised = Fraction(0)
        self.total = dict.fromkeys(("costs", "fee", "fine", "interest"), Fraction(0))
        self.run: list[tuple[date, Fraction]] = []
        self.run_key: tuple[Any, ...] | None = None
        self.booked = Fraction(0)
        self.segments: list[dict[str, Any]] = []
        self.allocations: list[dict[str, Any]] = []
        self.in_default = False
        self.days = 0
        self.weight_days = 0

    def money(self, value: Fraction, mode: str | None = None) -> Fraction:
        unit = 10 ** self.places
        return Fraction(rounded(value * unit, mode or self.mode), unit)

    def shifted(self, on: date) -> date:
        start = self.rule["start"]
        if start.get("business_day", "none") == "none":
            return on
        holidays = {day(text) for text in start.get("holidays", [])}
        while on.weekday() in start.get("weekend", [5, 6]) or on in holidays:
            on += DAY
        return on

    def calendar(self) -> list[date]:
        marks = [self.first, self.due, self.as_of, day(self.case["due_date"])]
        marks += [day(r["date"]) for k in ("payments", "credit_notes", "costs")
                  for r in self.case[k]]
        return [
            min(marks) + n * DAY for n in range((self.as_of - min(marks)).days + 1)
        ]

    def walk(self) -> None:
        for today in self.calendar():
            if not self.counts:
                self.events(today)
            self.rest(today)
            bears = today <= self.as_of if self.counts else today < self.as_of
            if today >= self.first and bears:
                self.accrue(today)
            if self.counts:
                self.events(today)
            if today == self.due and self.as_of > self.due:
                self.default()
        self.book()

    def result(self) -> dict[str, Any]:
        self.walk()
        b = self.buckets
        owed = sum(b.values()) - self.unallocated
        return {
            "effective_due_date": self.due, "first_interest_day": self.first,
            "in_default": self.in_default, "calendar_days": self.days,
            "interest_days": self.weight_days,
            "interest_exact": self.total["interest"],
            "interest": self.money(self.total["interest"]),
            "fixed_fee": self.total["fee"], "fine": self.total["fine"],
            "costs": self.total["costs"],
            "interest_due": self.money(b["interest"]), "principal_due": self.money(b["principal"]),
            "unallocated": self.money(self.unallocated), "total_due": self.money(owed),
            "allocations": self.allocations, "segments": self.segments,
        }

    def events(self, today: date) -> None:
        for cost in self.case["costs"]:
            if day(cost["date"]) == today:
                self.buckets["costs"] += Fraction(cost["amount"])
                self.total["costs"] += Fraction(cost["amount"])
        for note in self.case["credit_notes"]:
            if day(note["date"]) == today and note.get("mode", "from_date") == "from_date":
                self.book()
                amount = Fraction(note["amount"])
                taken = min(amount, self.buckets["principal"])
                self.buckets["principal"] -= taken
                self.unallocated += amount - taken
        for payment in self.case["payments"]:
            if day(payment["date"]) == today:
                self.book()
                self.pay(today, Fraction(payment["amount"]))

    def pay(self, today: date, left: Fraction) -> None:
        row: dict[str, Any] = {"date": today}
        for bucket in self.rule["allocation"]:
            taken = min(left, max(self.buckets[bucket], Fraction(0)))
            self.buckets[bucket] -= taken
            left -= taken
            if bucket == "interest" and taken:
                self.capitalised = max(self.capitalised - taken, Fraction(0))
            if self.money(taken):
                row[bucket] = self.money(taken)
        self.unallocated += left
        if self.money(left):
            row["unallocated"] = self.money(left)
        self.allocations.append(row)

    def default(self) -> None:
        principal = self.buckets["principal"]
        if principal <= 0:
            return
        self.in_default = True
        for tier in (self.rule.get("fixed_fee") or {}).get("tiers", []):
            if "below" in tier and principal >= Fraction(tier["below"]):
                continue
            if "up_to" in tier and principal > Fraction(tier["up_to"]):
                continue
            self.buckets["fee"] += Fraction(tier["amount"])
            self.total["fee"] += Fraction(tier["amount"])
            break
        if self.rule.get("fine"):
            fine = self.money(principal * Fraction(self.rule["fine"]["percent"]) / 100)
            self.buckets["fine"] += fine
            self.total["fine"] += fine

    def rest(self, today: date) -> None:
        compounding = self.rule.get("compounding", "none")
        if compounding == "none" or today <= self.first:
            return
        every = compounding["every"]
        n = self.rests + 1
        due = {
            "30d": self.first + 30 * n * DAY,
            "month": plus_months(self.first, n),
            "year": plus_months(self.first, 12 * n),
        }[every]
        bears = today <= self.as_of if self.counts else today < self.as_of
        if today == due and bears:
            self.book()
            self.rests = n
            self.capitalised = self.buckets["interest"]
            self.period_start = today

    def accrue(self, today: date) -> None:
        base = self.buckets["principal"] + self.capitalised
        suspended = any(
            day(a) <= today <= day(b) for a, b in self.rule.get("suspensions") or []
        )
        if base <= 0 or suspended:
            self.close()
            return
        percent = self.percent(today)
        year, weight = self.year_of(today)
        if self.run_key != (base, percent, year):
            self.close()
            self.run_key = (base, percent, year)
        factor = Fraction(self.rule.get("base_factor", "1"))
        self.run.append((today, base * factor * percent / 100 * weight / year))
        self.days += 1
        self.weight_days += weight if self.rule["day_count"] == "30E/360" else 1

    def close(self) -> None:
        if not self.run:
            return
        base, percent, _ = self.run_key
        factor = Fraction(self.rule.get("base_factor", "1"))
        exact = sum((amount for _, amount in self.run), Fraction(0))
        self.segments.append({
            "from": self.run[0][0], "to": self.run[-1][0], "days": len(self.run),
            "percent": percent, "base": self.money(base * factor), "interest": self.money(exact),
        })
        if self.stage == "day":
            self.booked += sum((self.money(amount) for _, amount in self.run), Fraction(0))
        elif self.stage == "segment":
            self.booked += self.money(exact)
        else:
            self.booked += exact
        self.run, self.run_key = [], None

    def book(self) -> None:
        self.close()
        amount = self.money(self.booked) if self.stage == "booking" else self.booked
        self.booked = Fraction(0)
        self.buckets["interest"] += amount
        self.total["interest"] += amount

    def year_of(self, today: date) -> tuple[int, int]:
        def bank(on: date) -> int:
            return 360 * on.year + 30 * on.month + min(on.day, 30)

        count = self.rule["day_count"]
        if count == "30E/360":
            return 360, bank(today) - bank(today - DAY)
        if count == "ACT/ACT":
            return (date(today.year + 1, 1, 1) - date(today.year, 1, 1)).days, 1
        if count == "MONTH/ACT":
            return last_of_month(today), 1
        return {"ACT/365": 365, "ACT/360": 360, "MONTH/30": 30}[count], 1

    def percent(self, today: date) -> Fraction:
        rate = self.rule["rate"]
        reference = (
            Fraction(rate["percent"]) if rate["source"] == "fixed"
            else self.reference(self.lookup(today))
        )
        rounding = rate.get("round")
        if rounding and rounding["on"] == "reference":
            reference = stepped(reference, rounding)
        total = reference * Fraction(rate.get("multiplier", "1"))
        total += Fraction(rate.get("margin_pp", "0"))
        if rounding and rounding["on"] == "total":
            total = stepped(total, rounding)
        if rate.get("floor_percent") is not None:
            total = max(total, Fraction(rate["floor_percent"]))
        if rate.get("cap_percent") is not None:
            total = min(total, Fraction(rate["cap_percent"]))
        return total

    def lookup(self, today: date) -> date:
        fixing = self.rule.get("fixing") or {}
        mode = fixing.get("mode", "daily")
        if mode in ("halfyear", "halfyear_frozen"):
            on = self.first if mode == "halfyear_frozen" else today
            start = date(on.year, 1 if on.month <= 6 else 7, 1)
            return start - DAY if fixing.get("snapshot") == "day_before" else start
        if mode == "month":
            first = self.table[0][0] if self.table else date.max
            return max(today.replace(day=1), first) if first <= today else today
        return {
            "daily": today, "start_frozen": self.first, "rest": self.period_start,
        }[mode]

    def reference(self, on: date) -> Fraction:
        end = self.case.get("rate_table_end")
        known = [value for start, value in self.table if start <= on]
        if not known or (end and on >= day(end)):
            raise NoRate
        return known[-1]


def stepped(value: Fraction, rounding: dict[str, str]) -> Fraction:
    step = Fraction(rounding["step"])
    count = value / step
    return step * {
        "up": ceil(count), "down": floor(count), "half_up": floor(count + Fraction(1, 2)),
    }[rounding["mode"]]
