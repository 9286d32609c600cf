"""The engine against the oracle: random claims under random rules, figure by figure."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import compare_with_oracle
import pytest
from claims import random_case
from receivables.interest import solve
from receivables.sql import session


@pytest.mark.slow
def test_the_engine_and_a_day_by_day_calculation_agree_on_random_claims(tmp_path: Path):
    differing, met = compare_with_oracle.compare(tmp_path, range(2000))
    assert differing == {}
    assert met["answer", "figures"] > 1800


def test_the_order_of_the_input_changes_nothing(tmp_path: Path):
    cases = [random_case(number) for number in range(200)]
    with session(tmp_path) as sql:
        there, back = solve(sql, cases), solve(sql, cases[::-1])
    assert there == back


def test_interest_never_falls_as_the_as_of_day_advances_unless_the_rate_is_negative(tmp_path: Path):
    cases = []
    for number in range(60):
        case = random_case(number)
        case["rule"]["rate"]["floor_percent"] = "0"
        case["rule"]["rounding"] = {"mode": "half_up", "stage": "final"}
        case.pop("rate_table_end", None)
        for day in range(1, 29, 3):
            as_of = f"{int(case['due_date'][:4]) + 1}-06-{day:02d}"
            cases.append({**case, "id": f"{number:03d} {as_of}", "as_of": as_of})
    with session(tmp_path) as sql:
        answers = solve(sql, cases)
    rows = [(key[:3], Fraction(row["interest"])) for key, row in sorted(answers.items())
            if "error" not in row]
    assert len(rows) > 300
    for (number, earlier), (next_number, later) in pairwise(rows):
        assert number != next_number or earlier <= later


def test_no_cent_of_a_payment_is_lost_and_segments_sum_to_the_interest(tmp_path: Path):
    cases = []
    for number in range(1000):
        case = random_case(number)
        case["rule"]["rounding"]["stage"] = "segment"
        cases.append(case)
    with session(tmp_path) as sql:
        answers = solve(sql, cases)
    paid = 0
    for case in cases:
        answer = answers[case["id"]]
        if "error" in answer:
            continue
        in_time = [Fraction(p["amount"]) for p in case["payments"] if p["date"] <= case["as_of"]]
        taken = [
            Fraction(amount) for row in answer["allocations"]
            for name, amount in row.items() if name != "date"
        ]
        assert sum(taken) == sum(in_time), case["id"]
        rows = [Fraction(row["interest"]) for row in answer["segments"]]
        assert sum(rows) == Fraction(answer["interest"]), case["id"]
        paid += len(in_time)
    assert paid > 300
