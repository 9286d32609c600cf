"""Random claims under random rules, every parameter of a rule in play."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

COUNTS = {"year": ["ACT/365", "ACT/ACT", "ACT/360", "30E/360"], "month": ["MONTH/ACT", "MONTH/30"]}
BUCKETS = ["costs", "fee", "fine", "interest", "principal"]


def random_case(number: int) -> dict[str, Any]:
    """The claim of a number: the same for the same number."""
    dice = random.Random(number)
    places = dice.choice([0, 2, 2, 2, 3])
    due = date(2015, 1, 1) + timedelta(days=dice.randrange(4000))
    as_of = due + timedelta(days=dice.choice([-3, 0, 1, 2, 20, 60, 200, 500, dice.randrange(1500)]))
    principal = dice.choice([10, 1000, 10**5, 10**7, 10**9])
    minor = dice.randrange(1, principal + 1)
    rule = random_rule(dice, due, as_of, places)
    case = {
        "id": str(number), "currency_exponent": places, "principal": money(minor, places),
        "due_date": str(due), "as_of": str(as_of), "rule": rule,
        "payments": movements(dice, due, as_of, minor, places, 3),
        "credit_notes": [
            {**row, "mode": dice.choice(["from_date", "from_date", "ab_initio"])}
            for row in movements(dice, due, as_of, minor, places, 1)
        ],
        "costs": movements(dice, due, as_of, 10000, places, 2),
    }
    if rule["rate"]["source"] == "table":
        case |= random_table(dice, due, as_of)
    return case


def random_rule(dice: random.Random, due: date, as_of: date, places: int) -> dict[str, Any]:
    period = dice.choice(["year", "year", "year", "month"])
    order = dice.sample(BUCKETS, dice.choice([5, 5, 5, 4, 3]))
    return {
        "rate": random_rate(dice, period),
        "fixing": {
            "mode": dice.choice(
                ["daily", "halfyear", "halfyear_frozen", "start_frozen", "month", "rest"]
            ),
            "snapshot": dice.choice(["first_day", "day_before"]),
        },
        "start": {
            "offset_days": dice.choice([0, 1, 1, 1, 2, 30]),
            "business_day": dice.choice(["none", "following"]),
            "weekend": dice.choice([[5, 6], [4, 5], [6]]),
            "holidays": [str(due + timedelta(days=dice.randrange(4))) for _ in range(2)],
        },
        "end_day_counts": dice.choice([True, False]),
        "day_count": dice.choice(COUNTS[period]),
        "compounding": dice.choice(
            ["none", "none", "none", {"every": "30d"}, {"every": "month"}, {"every": "year"}]
        ),
        "suspensions": [
            [str(due + timedelta(days=start)), str(due + timedelta(days=start + length))]
            for start, length in [(dice.randrange(-5, 300), dice.randrange(90)) for _ in range(2)]
            if dice.random() < 0.3
        ],
        "fixed_fee": dice.choice([None, {"tiers": [
            {dice.choice(["below", "up_to"]): money(100000, places), "amount": money(4000, places)},
            {"amount": money(10000, places)},
        ]}]),
        "fine": dice.choice([None, None, {"percent": "2"}, {"percent": "0.75"}]),
        "base_factor": dice.choice(["1", "1", "1", "1.01472096"]),
        "allocation": order,
        "rounding": {
            "mode": dice.choice(["half_up", "half_even", "down", "up"]),
            "stage": dice.choice(["final", "booking", "segment", "day"]),
        },
    }


def random_rate(dice: random.Random, period: str) -> dict[str, Any]:
    rate: dict[str, Any] = {"source": dice.choice(["table", "table", "fixed"]), "period": period}
    if rate["source"] == "fixed":
        rate["percent"] = dice.choice(["5", "9.27", "12.62", "0.589427", "1"])
    rate["multiplier"] = dice.choice(["1", "1", "3", "1.5"])
    rate["margin_pp"] = dice.choice(["0", "8", "9.2", "10"])
    rate["round"] = dice.choice([None, None, None, {
        "on": dice.choice(["reference", "total"]), "mode": dice.choice(["up", "half_up", "down"]),
        "step": dice.choice(["0.5", "0.25"]),
    }])
    if dice.random() < 0.2:
        rate["floor_percent"] = dice.choice(["0", "7.86"])
    if dice.random() < 0.2:
        rate["cap_percent"] = "12"
    return rate


def random_table(dice: random.Random, due: date, as_of: date) -> dict[str, Any]:
    start = due - timedelta(days=dice.choice([5, 200, 400, 400, 400]))
    table = [[str(start), dice.choice(["-0.88", "3.62", "0.5", "21"])]]
    for _ in range(dice.randrange(6)):
        start += timedelta(days=dice.randrange(1, 250))
        table.append([str(start), dice.choice(["3.37", "2.27", "-0.12", "0.171924", "3.62", "20"])])
    end = {"rate_table_end": str(as_of - timedelta(days=dice.randrange(-20, 20)))}
    return {"rate_table": table, **(end if dice.random() < 0.15 else {})}


def movements(
    dice: random.Random, due: date, as_of: date, minor: int, places: int, most: int
) -> list[dict[str, str]]:
    days = max((as_of - due).days, 1)
    return [
        {"date": str(due + timedelta(days=dice.choice([-5, 0, 1, 30, dice.randrange(days + 2)]))),
         "amount": money(dice.randrange(1, minor + 1) // dice.choice([1, 2, 5]) or 1, places)}
        for _ in range(dice.choice([0, 0, 1, most]))
    ]


def money(minor: int, places: int) -> str:
    return str(Decimal(minor).scaleb(-places))
