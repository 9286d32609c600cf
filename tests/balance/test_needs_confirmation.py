"""What is computed on a value that nobody has found in a source is marked, and nothing else is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from receivables.balance.interest import COLUMNS, Rate, RuleInForce, accrue, fill, write_rules
from receivables.balance.rate import DatedRate, known_rates
from receivables.balance.rule import parse
from receivables.sql import session

FOUND, RECALLED = False, True


def rule(body: dict[str, Any], rates: list[Rate], *, is_recalled: bool = False) -> RuleInForce:
    declared = {
        "rate": {"source": "table"}, "start": {"offset_days": 1}, "end_day_counts": True,
        "day_count": "ACT/365", "allocation": ["interest", "principal"],
        "rounding": {"mode": "half_up", "stage": "segment"}, **body,
    }

    def fault(key: str, what: str) -> None:
        raise AssertionError(f"{key}: {what}")

    return RuleInForce(
        "r", parse(declared, fault), rates, 2, date(2024, 1, 1), date(2026, 12, 31), is_recalled
    )


def halves(*values: tuple[str, bool]) -> list[Rate]:
    """Values of the halves from 2025 on, each with whether it is from memory."""
    starts = [date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1), date(2026, 7, 1)]
    return [
        Rate(start, until, Decimal(percent), recalled)
        for (percent, recalled), start, until in zip(values, starts, starts[1:], strict=False)
    ]


def marks(tmp_path: Path, in_force: RuleInForce, due: str, as_of: str) -> tuple[list[bool], bool]:
    """The mark of each segment by day, and of the claim."""
    with session(tmp_path) as sql:
        write_rules(sql, [in_force])
        fill(sql, "claim", [{
            "claim_id": "c", "rule_id": "r", "principal": 100000, "due_date": due,
            "as_of_date": as_of,
        }])
        for table in ("payment", "credit_note", "cost"):
            fill(sql, table, [], COLUMNS[table])
        accrue(sql)
        segments = sql.connection.execute(
            "select needs_confirmation from claim_segment order by from_day"
        ).fetchall()
        [(whole,)] = sql.connection.execute(
            "select needs_confirmation from claim_result"
        ).fetchall()
    return [mark for (mark,) in segments], whole


HALFYEAR, DAILY = {"mode": "halfyear"}, {"mode": "daily"}
BOTH = halves(("3", FOUND), ("4", RECALLED), ("5", FOUND))
MARKED = [
    # fixing, rates, due, as of | segments, claim | because
    (HALFYEAR, BOTH, "2025-02-01", "2025-05-01", [False], False, "only a found value is used"),
    (HALFYEAR, BOTH, "2025-05-01", "2026-02-01", [False, True, False], True,
     "one of three values is from memory"),
    (HALFYEAR, halves(("4", FOUND), ("4", RECALLED)), "2025-05-01", "2025-09-01", [True], True,
     "equal rates stay one row, and one of its values is from memory"),
    ({"mode": "start_frozen"}, BOTH, "2025-08-01", "2026-02-01", [True], True,
     "the rate of the first day holds on every day"),
    ({"mode": "start_frozen"}, BOTH, "2025-05-01", "2025-12-01", [False], False,
     "the value of a later day is not used"),
    ({"mode": "halfyear_frozen"}, BOTH, "2025-08-01", "2026-02-01", [True], True,
     "the value of the half-year of the first day holds on every day"),
    ({"mode": "halfyear", "snapshot": "day_before"}, BOTH, "2026-02-01", "2026-03-01", [True], True,
     "the value of the day before the half-year is from memory"),
    ({"mode": "month"}, BOTH, "2025-06-20", "2025-07-20", [False, True], True, "the month's value"),
    (DAILY, BOTH, "2025-08-01", "2025-08-01", [], False, "no day bears interest"),
]


@pytest.mark.parametrize(
    ("fixing", "rates", "due", "as_of", "segments", "claim", "because"),
    MARKED, ids=[row[-1] for row in MARKED],
)
def test_a_value_from_memory_marks_what_is_computed_on_it(
    tmp_path, fixing, rates, due, as_of, segments, claim, because
):
    found = marks(tmp_path, rule({"fixing": fixing}, rates), due, as_of)
    assert found == (segments, claim), because


def test_at_rests_each_period_is_marked_by_the_value_of_its_own_first_day(tmp_path):
    body = {"fixing": {"mode": "rest"}, "compounding": {"every": "month"}}
    rates = halves(("3", FOUND), ("3", RECALLED))
    assert marks(tmp_path, rule(body, rates), "2025-05-14", "2025-08-01") == (
        [False, False, True], True,
    )


@pytest.mark.parametrize(("as_of", "segments"), [("2025-08-02", [True]), ("2025-07-01", [])])
def test_a_rule_from_memory_marks_everything_under_it(tmp_path, as_of, segments):
    fixed = {"rate": {"source": "fixed", "percent": "9"}}
    assert marks(tmp_path, rule(fixed, [], is_recalled=True), "2025-08-01", as_of) == (
        segments, True,
    )
    assert marks(tmp_path, rule(fixed, []), "2025-08-01", as_of) == (
        [False] * len(segments), False,
    )
    floating = rule({"fixing": HALFYEAR}, halves(("3", FOUND), ("3", FOUND)), is_recalled=True)
    assert marks(tmp_path, floating, "2025-08-01", as_of) == (segments, True)


def test_a_status_of_recalled_is_what_needs_confirmation():
    known = known_rates(tuple(
        DatedRate(date(2025, 1, day), date(2025, 1, day), Decimal(day), status, "source", "", "")
        for day, status in enumerate(("FOUND", "DERIVED", "RECALLED"), start=1)
    ))
    assert [rate.needs_confirmation for rate in known] == [False, False, True]
