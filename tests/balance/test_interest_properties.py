"""What must hold of interest whatever the claim and the rule: related claims, related answers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from claims import random_case
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from receivables.balance.interest import COLUMNS, Rate, RuleInForce, accrue, fill, write_rules
from receivables.balance.rule import parse
from receivables.interest import solve
from receivables.sql import session

ALL_BUCKETS = {"costs", "fee", "fine", "interest", "principal"}
BATCHES = st.lists(st.integers(10**6, 10**9), min_size=60, max_size=60, unique=True)
# A batch of cases tells nothing more when it is made smaller.
few = settings(
    max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def pairs(
    tmp_path: Path,
    cases: list[tuple[dict[str, Any], dict[str, Any]]],
    *,
    may_lack_rate: bool = False,
) -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """A case, its answer and the answer of the related one; only those that are answered."""
    asked = [
        {**case, "id": f"{number} {side}"}
        for number, pair in enumerate(cases) for side, case in enumerate(pair)
    ]
    with session(tmp_path) as sql:
        answers = solve(sql, asked)
    found = []
    for number, (case, _) in enumerate(cases):
        one, other = answers[f"{number} 0"], answers[f"{number} 1"]
        if not may_lack_rate and "FRACTION_TOO_LONG" not in (one.get("error"), other.get("error")):
            assert one.get("error") == other.get("error"), case
        if "error" not in one and "error" not in other:
            found.append((case, one, other))
    assert found
    return found


def moved(case: dict[str, Any], table: str) -> Decimal:
    return sum(
        (Decimal(row["amount"]) for row in case[table] if row["date"] <= case["as_of"]), Decimal(0)
    )


@pytest.mark.slow
@few
@given(numbers=BATCHES)
def test_a_payment_in_two_parts_on_one_day_does_what_the_whole_does(tmp_path: Path, numbers):
    cases = []
    for number in numbers:
        case = random_case(number)
        parts = []
        for row in case["payments"]:
            amount = Decimal(row["amount"])
            unit = Decimal(1).scaleb(-case["currency_exponent"])
            first = (amount / 3).quantize(unit)
            parts += [
                {**row, "amount": str(part)} for part in (first, amount - first) if part > 0
            ]
        if len(parts) > len(case["payments"]):
            cases.append((case, {**case, "payments": parts}))
    for case, whole, split in pairs(tmp_path, cases):
        for answer in (whole, split):
            taken: dict[str, Decimal] = {}
            for row in answer.pop("allocations"):
                for bucket in row.keys() - {"date"}:
                    key = f"{row['date']} {bucket}"
                    taken[key] = taken.get(key, Decimal(0)) + Decimal(row[bucket])
            # Fractions of a minor unit are shown rounded, part by part.
            answer["taken"] = taken if case["rule"]["rounding"]["stage"] != "final" else {}
        if None in (whole["interest_exact"], split["interest_exact"]):
            del whole["interest_exact"], split["interest_exact"]
        assert whole == split, case


@pytest.mark.slow
@few
@given(numbers=BATCHES, days=st.integers(1, 500))
def test_once_all_is_paid_a_later_day_changes_nothing(tmp_path: Path, numbers, days):
    cases = []
    for number in numbers:
        case = random_case(number)
        case.pop("rate_table_end", None)
        case["rule"]["allocation"] += sorted(ALL_BUCKETS - set(case["rule"]["allocation"]))
        paid_on = date.fromisoformat(case["due_date"]) + timedelta(days=number % 300)
        for table in ("payments", "credit_notes", "costs"):
            case[table] = [row for row in case[table] if row["date"] < str(paid_on)]
        more_than_all = str(Decimal(case["principal"]).to_integral_value() * 100 + 10**6)
        case["payments"].append({"date": str(paid_on), "amount": more_than_all})
        early = {**case, "as_of": str(paid_on + timedelta(days=1))}
        cases.append((early, {**case, "as_of": str(paid_on + timedelta(days=1 + days))}))
    for case, early, late in pairs(tmp_path, cases):
        for answer in (early, late):
            # Were the rate below zero, a credit of interest would remain.
            if not answer["interest_due"].startswith("-"):
                assert Decimal(answer["principal_due"]) == Decimal(answer["interest_due"]) == 0
        # A default of nothing is none, and charges nothing, however late one looks.
        assert early == late, case


@pytest.mark.slow
@few
@given(numbers=BATCHES)
def test_what_is_owed_is_what_was_billed_and_earned_less_what_was_paid(tmp_path: Path, numbers):
    cases = []
    for number in numbers:
        case = random_case(number)
        if case["rule"]["rounding"]["stage"] == "final":
            case["rule"]["rounding"]["stage"] = "day"
        cases.append((case, {**case, "payments": case["payments"][::-1]}))
    for case, answer, _ in pairs(tmp_path, cases):
        earned = sum(
            Decimal(answer[name]) for name in ("interest", "fixed_fee", "fine", "costs")
        )
        assert Decimal(answer["costs"]) == moved(case, "costs"), case
        given_up = moved(case, "payments") + moved(case, "credit_notes")
        owed = Decimal(case["principal"]) + earned - given_up
        assert Decimal(answer["total_due"]) == owed, case


@pytest.mark.slow
@few
@given(numbers=BATCHES, days=st.integers(1, 400))
def test_interest_never_falls_from_one_day_to_a_later_one(tmp_path: Path, numbers, days):
    cases = []
    for number in numbers:
        case = random_case(number)
        case["rule"]["rate"]["floor_percent"] = "0"
        case.pop("rate_table_end", None)
        # A credit from the start takes back interest that an earlier day still had.
        case["credit_notes"] = [row for row in case["credit_notes"] if row["mode"] == "from_date"]
        later = str(date.fromisoformat(case["as_of"]) + timedelta(days=days))
        cases.append((case, {**case, "as_of": later}))
    for case, early, late in pairs(tmp_path, cases, may_lack_rate=True):
        if case["rule"]["rounding"]["stage"] in ("final", "day"):
            assert Decimal(early["interest"]) <= Decimal(late["interest"]), case
        assert early["interest_days"] <= late["interest_days"], case


def test_hundreds_of_thousands_of_claims_come_to_what_each_comes_to_alone(tmp_path: Path):
    """So many that DuckDB changes how it joins: its 2.0 has ended with an internal error there."""
    body = random_case(1)["rule"] | {
        "rate": {"source": "table"}, "fixing": {"mode": "halfyear_frozen"}, "day_count": "ACT/ACT",
        "compounding": "none", "suspensions": [["2025-02-01", "2025-02-10"]],
        "rounding": {"mode": "half_up", "stage": "segment"}, "base_factor": "1",
    }

    def fault(key: str, what: str) -> None:
        raise AssertionError(f"{key}: {what}")

    rates = [
        Rate(date(2024, 1, 1), date(2025, 1, 1), Decimal(5)),
        Rate(date(2025, 1, 1), date(2027, 1, 1), Decimal(7)),
    ]
    rules = [
        RuleInForce(f"r{number}", parse(body, fault), rates, 2, date(2024, 1, 1), date(2027, 1, 1))
        for number in range(3)
    ]
    with session(tmp_path) as sql:
        write_rules(sql, rules)
        for table in ("payment", "credit_note", "cost"):
            fill(sql, table, [], {**COLUMNS[table], "claim_id": "bigint"})
        claims = """
            select
                i as claim_id, 'r' || (i % 3) as rule_id, 100000::hugeint as principal,
                date '2024-02-01' + (i * 7919 % 800)::integer as due_date,
                date '2026-10-01' as as_of_date
            from range({claims}) as numbers(i)
        """
        totals = []
        for count in (2400, 400_000):
            sql.connection.execute(
                f"create or replace table claim as {claims.format(claims=count)}"
            )
            accrue(sql)
            totals.append(sql.connection.execute(
                "select due_date, any_value(interest), min(interest) = max(interest), count(*) "
                "from claim inner join claim_result using (claim_id) group by all order by all"
            ).fetchall())
            [segments] = sql.connection.execute(
                "select sum(interest_amount) from claim_segment"
            ).fetchall()
            assert segments[0] == sum(row[1] * row[3] for row in totals[-1])
    assert [row[:3] for row in totals[0]] == [row[:3] for row in totals[1]]
    assert all(is_same for _, _, is_same, _ in totals[1])
