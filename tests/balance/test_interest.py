"""Simple interest, ACT/365, exact and rounded half up once a segment."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from company import DAY, Company, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from receivables.currency import exponent
from receivables.settings import InterestRule
from test_balance import balanced

NINE = InterestRule(rule_id="contract", annual_percent=Decimal("9"), legal_basis="the contract")

INTEREST = [
    # amount, currency, due, payments | interest | because
    ("1000", "EUR", "2026-03-31", [], "0", "due on the day is not late"),
    ("1000", "EUR", "2026-03-30", [], "0.25", "one day: 1000 x 9 % / 365 = 0.2466"),
    ("1000", "EUR", "2025-03-31", [], "90.00", "365 days are a year"),
    ("1000", "EUR", "2024-03-31", [], "180.00", "two years, none of them a leap year's worth"),
    ("1000", "EUR", "2025-03-31", [("500", "2025-09-30")], "67.56",
     "183 days on 1000 (45.12) and 182 on 500 (22.44)"),
    ("1000", "EUR", "2025-03-31", [("500", "2025-03-01")], "45.00", "paid before due: no interest"),
    ("100000", "JPY", "2025-03-31", [], "9000", "yen have no decimals"),
    ("100", "JPY", "2026-03-11", [], "0", "20 days on 100 yen are 0.49 yen"),
    ("103", "JPY", "2026-03-11", [], "1", "20 days on 103 yen are 0.508 yen: half up"),
    ("1000", "KWD", "2026-03-30", [], "0.247", "dinars have three decimals"),
    ("99999999999999.99", "EUR", "2025-03-31", [], "9000000000000.00", "nothing overflows"),
]


@pytest.mark.parametrize(
    ("amount", "currency", "due", "payments", "expected", "because"),
    INTEREST, ids=[row[-1] for row in INTEREST],
)
def test_interest_of_an_item(tmp_path, amount, currency, due, payments, expected, because):
    company = Company(tmp_path)
    company.customer()
    company.invoice(
        "I1", amount, due, currency=currency, issue_date="2024-01-01", posting_date="2024-01-01"
    )
    for paid, on in payments:
        company.payment("I1", paid, on)
    night = balanced(company, rule=NINE)
    [(interest,)] = read(night, "open_item", "interest_amount")
    assert interest == Decimal(expected), because
    segments = read(night, "interest_segment", "interest_amount, days, legal_basis")
    assert sum((row[0] for row in segments), Decimal(0)) == interest
    assert all(row[2] == "the contract" for row in segments)


def by_hand(
    amount: Decimal, due: date, payments: list[tuple[date, Decimal]], currency: str
) -> Decimal:
    """The same interest, a day at a time, in fractions."""
    runs: list[tuple[Decimal, int]] = []
    for offset in range((DAY - due).days):
        day = due + timedelta(days=offset + 1)
        base = amount - sum((paid for on, paid in payments if on < day), Decimal(0))
        if runs and runs[-1][0] == base:
            runs[-1] = (base, runs[-1][1] + 1)
        else:
            runs.append((base, 1))
    unit = Decimal(1).scaleb(-exponent(currency))
    total = Decimal(0)
    for base, days in runs:
        exact = Fraction(base) * 9 * days / 36500 / Fraction(unit)
        total += int(exact + Fraction(1, 2)) * unit
    return total.quantize(unit, ROUND_HALF_UP)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_interest_equals_a_day_by_day_calculation_in_fractions(tmp_path: Path, data):
    company = Company(tmp_path / str(data.draw(st.uuids())))
    company.customer()
    expected = {}
    for number in range(60):
        currency = data.draw(st.sampled_from(["EUR", "JPY", "KWD"]))
        unit = Decimal(1).scaleb(-exponent(currency))
        amount = data.draw(st.integers(1, 10**9)) * unit
        due = DAY - timedelta(days=data.draw(st.integers(-5, 900)))
        company.invoice(
            f"I{number}", str(amount), due, currency=currency, issue_date="2020-01-01",
            posting_date="2020-01-01",
        )
        payments = []
        left = amount
        for _ in range(data.draw(st.integers(0, 3))):
            paid = data.draw(st.integers(0, int(left / unit) - 1)) * unit
            if paid <= 0:
                break
            left -= paid
            on = due + timedelta(days=data.draw(st.integers(-30, 900)))
            payments.append((on, paid))
            company.payment(f"I{number}", str(paid), on)
        counted = [(on, paid) for on, paid in payments if on <= DAY]
        expected[f"I{number}"] = by_hand(amount, due, counted, currency)
    night = balanced(company, rule=NINE)
    found = dict(read(night, "open_item", "invoice_id, interest_amount"))
    assert found == expected
