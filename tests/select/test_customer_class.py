"""What a customer is worth, how it pays, what is to be feared of it, and what sales should do."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from company import DAY, ENTITY, Company, read
from receivables.balance import balance
from receivables.errors import PolicyError
from receivables.lake import Night
from receivables.select import select
from receivables.select.customer_class_file import FILE, load_customer_classes
from receivables.select.outbox_past import OutboxPast

# A balance of 0 a month: who pays nothing, or on time, has no points.
QUIET = [(f"2025-{month:02}-15", 0, "100") for month in (6, 9, 12)]


def classed(company: Company) -> Night:
    """The night after the select stage."""
    settings = company.settings()
    night, entity = company.ledger(), settings.entities[ENTITY]
    scratch = company.home / "scratch"
    balance(
        night, entity=entity, source=settings.sources["erp"], reporting_currency="EUR",
        known_since_days=3, residual_claim_days=0, scratch=scratch, progress=lambda line: None,
    )
    select(night, entity=entity, past=OutboxPast(), scratch=scratch, progress=lambda line: None)
    return night


def by_customer(night: Night, table: str, columns: str) -> dict[str, Any]:
    """The columns of each customer's row; of one column, its value alone."""
    rows = read(night, table, f"customer_id, {columns}")
    assert len({row[0] for row in rows}) == len(rows), "one row a customer"
    return {row[0]: row[1] if len(row) == 2 else row[1:] for row in rows}


def bill(company: Company, customer_id: str, amount: str, **values: Any) -> str:
    """An invoice of which nothing is known but its amount, long before it is due."""
    number = f"I{len(company.rows.get('invoice', [])) + 1}"
    dates = {"issue_date": "2025-10-01", "posting_date": "2025-10-01"}
    company.invoice(number, amount, values.pop("due", "2026-12-31"), customer_id, **dates | values)
    return number


def pays(company: Company, customer_id: str, payments: list[tuple[str, int, str]]) -> None:
    """Invoices due on a day, each paid so many days after it."""
    for due, days, amount in payments:
        issued = str(date.fromisoformat(due) - timedelta(days=30))
        number = bill(company, customer_id, amount, due=due, issue_date=issued,
                      posting_date=issued)
        company.payment(number, amount, date.fromisoformat(due) + timedelta(days=days))


# Profits of the customers of a group (each in a currency without a rate) | classes | because
ABC = [
    ("50 20 10 10 5 5", "AABBCC", "A brings 60 %, and whoever crosses the line is in"),
    ("90 5 5", "ACC", "one customer that brings nearly all is A alone: its share, not its rank, counts"),
    ("10 10 10 10 10", "AAABB", "equal customers are cut by their ids, so that every night cuts alike"),
    ("100 0 -20", "ACC", "who brings nothing, or less than nothing, is in the last class"),
    ("0 -1", "CC", "where nobody brings anything, nobody is good"),
    ("60 30 10", "ABC", "a customer that begins at the very line is beyond it"),
    ("7", "A", "alone"),
]


def test_what_customers_are_worth(tmp_path: Path) -> None:
    company = Company(tmp_path)
    groups = dict(zip(("AUD", "CAD", "CHF", "CZK", "DKK", "GBP", "HUF"), ABC, strict=True))
    for currency, (profits, _, _) in groups.items():
        for number, profit in enumerate(profits.split()):
            company.customer(f"{currency}{number}", currency=currency, annual_profit_amount=profit)
            bill(company, f"{currency}{number}", "1.00", currency=currency)
    night = classed(company)
    found = by_customer(night, "customer_class", "abc_class, abc_cumulated_percent")
    for currency, (profits, classes, because) in groups.items():
        of_group = [found[f"{currency}{number}"] for number in range(len(profits.split()))]
        assert "".join(row[0] for row in of_group) == classes, because
        if any(int(profit) > 0 for profit in profits.split()):
            assert max(row[1] for row in of_group) == 100, "all together bring all"


# (profit, revenue) of five customers, each billed 10 | basis | because
BASES = [
    (("5", "50"), ("5", "50"), "annual_profit", "profit comes first"),
    ((None, "50"), (None, "50"), "annual_revenue", "no profit is known"),
    ((None, None), (None, None), "billed", "nothing is said: what we billed counts"),
    (("5", None), (None, None), "annual_profit", "one of five may lack it"),
]


@pytest.mark.parametrize(("four", "one", "basis", "because"), BASES, ids=[b[-1] for b in BASES])
def test_all_customers_are_compared_on_one_basis(tmp_path, four, one, basis, because) -> None:
    company = Company(tmp_path)
    for number, (profit, revenue) in enumerate([four] * 4 + [one]):
        company.customer(f"C{number}", annual_profit_amount=profit, annual_revenue_amount=revenue)
        bill(company, f"C{number}", "10.00")
    found = by_customer(classed(company), "customer_class", "abc_class, abc_basis, abc_reason")
    assert found["C0"][1] == basis, because
    if one[0] != four[0]:
        assert found["C4"] == ("B", None, "neutral: what it brings is not known")


def test_what_was_billed_is_compared_in_the_reporting_currency_if_a_rate_is_known(tmp_path) -> None:
    company = Company(tmp_path)
    company.add("exchange_rate", rate_date="2026-03-30", from_currency="USD", rate="0.5")
    company.add("exchange_rate", rate_date="2026-04-01", from_currency="USD", rate="9")
    for number in range(1, 8):
        company.customer(f"C{number}")
    bill(company, "C1", "100.00")
    bill(company, "C2", "220.00", currency="USD")
    bill(company, "C3", "999999", currency="JPY")
    bill(company, "C4", "100.00")
    bill(company, "C4", "95.00", document_type="credit_note")
    bill(company, "C5", "100.00", posting_date="2025-03-31")
    bill(company, "C6", "100.00", posting_date="2026-01-01")
    bill(company, "C6", "100.00", posting_date="2026-04-01")
    bill(company, "C6", "100.00", status="cancelled")
    found = by_customer(
        classed(company), "customer_class", "abc_class, abc_amount, abc_currency, abc_reason"
    )
    assert found["C2"] == (
        "A", Decimal("110.0000"), "EUR",
        "billed of 110.00 EUR; with those above it 51.16 % of all",
    )
    assert found["C1"][:3] == ("A", Decimal(100), "EUR"), "the dollars are worth 110 euros"
    assert found["C3"][:3] == ("A", Decimal(999999), "JPY"), "no rate: compared with yen alone"
    assert found["C4"][:3] == ("C", Decimal(5), "EUR"), "a credit note takes back what was billed"
    assert found["C5"][:2] == ("C", Decimal(0)), "thirteen months ago is no twelve"
    assert found["C6"] == (
        "B", None, None, "neutral: first billed on 2026-01-01, too new to compare"
    )
    assert found["C7"] == ("B", None, None, "neutral: nothing billed since 2024-03-31")


# payments (due, days late, amount) | days late, trend, slow month | because
PAYERS = [
    ([("2026-01-31", 10, "100")], "10.0 None None", "ten days late"),
    ([("2026-01-31", 0, "100"), ("2026-01-31", 20, "900")], "18.0 None None", "money weighs"),
    ([("2026-01-31", -5, "100")], "-5.0 None None", "early is less than nothing"),
    ([("2026-01-31", 0, "2"), ("2026-01-31", 1, "1")], "0.3 None None", "a third, to one digit"),
    ([("2026-01-31", 0, "3"), ("2026-01-31", -1, "17")], "-0.9 None None", "-0.85: away from zero"),
    ([("2024-02-01", 59, "100")], "None None None", "paid on the last day before the look-back"),
    ([("2024-02-01", 60, "100")], "60.0 None None", "paid on its first day"),
    ([("2026-03-31", 0, "100")], "0.0 None None", "paid on the day itself"),
    ([("2026-03-31", 1, "100")], "None None None", "tomorrow's payment has not happened"),
    ([("2025-06-15", 2, "100"), ("2026-01-15", 12, "100")], "7.0 10.0 None", "ten days slower"),
    ([(f"{year}-{month:02}-15", 30 if month == 12 else 2, "100")
      for year in (2024, 2025) for month in (6, 9, 12)], "11.3 22.4 12", "slow in every December"),
    ([("2025-06-15", 2, "100"), ("2025-09-15", 2, "100"), ("2025-12-15", 30, "100")],
     "11.3 28.0 None", "one slow December is no season"),
    ([(f"{year}-{month:02}-15", 48 if (month, year) == (12, 2025) else 2, "100")
      for year in (2024, 2025) for month in (6, 9, 12)], "9.7 46.0 None",
     "slow by far in one December, and in time in the other"),
]


def test_how_customers_have_paid(tmp_path: Path) -> None:
    company = Company(tmp_path)
    for number, (payments, _, _) in enumerate(PAYERS):
        company.customer(f"C{number}")
        pays(company, f"C{number}", payments)
    found = by_customer(classed(company), "customer_class", "days_late, days_late_trend, slow_month")
    for number, (_, expected, because) in enumerate(PAYERS):
        late, trend, month = found[f"C{number}"]
        shown = [str(v and round(v, 1)) if v != 0 else "0.0" for v in (late, trend)]
        assert [*shown, str(month)] == expected.split(), because


# instalments (due, amount), allocations (date, amount, instalment, more) | days late | because
INSTALMENTS = [
    ([("2026-01-01", 50), ("2026-02-01", 50)], [("2026-02-01", 100, None, {})], "15.5",
     "one payment for both: the first 31 days late, the second in time"),
    ([("2026-01-01", 50), ("2026-02-01", 50)], [("2026-01-01", 50, None, {})], "0.0",
     "money that names none pays the oldest"),
    ([("2026-01-01", 50), ("2026-02-01", 50)], [("2026-02-11", 50, 2, {})], "10.0",
     "money that names one pays that"),
    ([("2026-01-01", 100)], [("2026-01-11", 100, None, {"reversed_on": "2026-03-31"})], "None",
     "a reversed payment was none"),
    ([("2026-01-01", 100)], [("2026-01-11", 100, None, {"reversed_on": "2026-04-01"})], "10.0",
     "its reversal of tomorrow has not happened"),
    ([("2026-01-01", 100)], [("2026-01-11", 100, None, {"source_type": "write_off"})], "None",
     "a write-off is no payment"),
]


def test_a_payment_is_measured_by_the_instalment_that_it_pays(tmp_path: Path) -> None:
    company = Company(tmp_path)
    for number, (instalments, allocations, _, _) in enumerate(INSTALMENTS):
        company.customer(f"C{number}")
        company.add("invoice", invoice_id=f"I{number}", customer_id=f"C{number}",
                    gross_amount="100")
        for instalment_no, (due, amount) in enumerate(instalments, start=1):
            company.add("instalment", invoice_id=f"I{number}", instalment_no=instalment_no,
                        due_date=due, amount=str(amount))
        for on, amount, instalment_no, more in allocations:
            company.add("allocation", invoice_id=f"I{number}", amount=str(amount),
                        instalment_no=instalment_no, allocation_date=on, source_id="R", **more)
    found = by_customer(classed(company), "customer_class", "days_late")
    for number, (_, _, expected, because) in enumerate(INSTALMENTS):
        days = found[f"C{number}"]
        assert ("None" if days is None else f"{days:.1f}") == expected, because


# promises (given, due, sum) | receipts (day, sum) | how each was kept | because
PROMISES = [
    ([("03-01", "03-10", 100)], [("03-10", 100)], "kept", "it all came in time"),
    ([("03-01", "03-10", 100)], [("03-13", 100)], "kept", "it came in the days of grace"),
    ([("03-01", "03-10", 100)], [("03-14", 100)], "broken", "a day after them"),
    ([("03-01", "03-10", 100)], [("02-28", 100)], "broken", "what came before was not promised"),
    ([("03-01", "03-10", 100)], [("03-05", 40), ("03-09", 30)], "part_kept", "70 of 100 came"),
    ([("03-20", "03-28", 100)], [], "open", "the last day of grace is not over"),
    ([("03-20", "03-27", 100)], [], "broken", "the last day of grace is over"),
    ([("03-20", "04-20", 100)], [("03-31", 100)], "kept", "it may come early"),
    ([("03-20", "04-20", 100)], [("04-01", 100)], "open", "tomorrow's receipt has not come"),
    ([("03-01", "03-10", 100), ("03-02", "03-20", 100)], [("03-09", 100)], "kept broken",
     "money counts for one promise only, the one due first"),
    ([("03-01", "03-10", 100), ("03-02", "03-20", 100)], [("03-09", 150)], "kept part_kept",
     "what is left of it counts for the next"),
    ([("03-01", "03-10", 100), ("03-12", "03-20", 100)], [("03-19", 100)], "broken kept",
     "a broken promise takes nothing from the one that renewed it"),
    ([("04-01", "04-10", 100)], [], "", "nobody knows of it yet"),
]


@pytest.mark.parametrize("by_invoice", [False, True], ids=["for the account", "for an invoice"])
def test_whether_promises_were_kept(tmp_path: Path, by_invoice: bool) -> None:
    company = Company(tmp_path)
    for number, (promises, receipts, _, _) in enumerate(PROMISES):
        company.customer(f"C{number}")
        company.invoice(f"I{number}", "500", "2026-02-01", f"C{number}")
        for part, (given, due, amount) in enumerate(promises):
            company.add("promise", promise_id=f"P{number}.{part}", customer_id=f"C{number}",
                        invoice_id=f"I{number}" if by_invoice else None, amount=str(amount),
                        promised_on=f"2026-{given}", due_on=f"2026-{due}")
        for on, amount in receipts:
            company.payment(f"I{number}", str(amount), f"2026-{on}")
    rows = read(classed(company), "promise_outcome", "customer_id, outcome", "promise_id")
    for number, (_, _, expected, because) in enumerate(PROMISES):
        outcomes = " ".join(outcome for customer_id, outcome in rows if customer_id == f"C{number}")
        assert outcomes == expected, because


# payments, open items (due, amount, more), limit | points of late, trend, overdue, limit | risk |
# recommendation | because
RISKS: list[tuple[Any, ...]] = [
    ([], [], None, "0 0 0 0", "medium", "none", "new: the neutral class"),
    ([], [("2025-12-01", 50)], None, "0 0 5 0", "medium", "hold_orders",
     "new, but what it owes is old: no better than neutral"),
    ([], [("2025-12-01", 150)], "100", "0 0 5 1", "high", "prepayment",
     "new, and what it owes tells enough"),
    (QUIET[:2], [], None, "0 0 0 0", "medium", "none", "two payments are chance"),
    (QUIET, [], None, "0 0 0 0", "low", "none", "three say something"),
    (QUIET, [("2026-12-31", 119)], "100", "0 0 0 1", "low", "none",
     "a good customer may be a little over its limit"),
    (QUIET, [("2026-12-31", 121)], "100", "0 0 0 1", "low", "hold_orders", "but not more"),
    (QUIET, [("2026-12-31", 500)], "0", "0 0 0 0", "low", "none", "a limit of 0 is none"),
    (QUIET, [("2026-03-30", 100)], None, "0 0 1 0", "low", "none", "late by a day"),
    (QUIET, [("2026-02-01", 100)], None, "0 0 3 0", "medium", "hold_orders", "58 days overdue"),
    (QUIET, [("2025-03-31", 1), ("2026-04-10", 99)], None, "0 0 1 0", "low", "none",
     "a trifle of a year ago among much that is not due is 3.7 days"),
    ([(due, 20, amount) for due, _, amount in QUIET], [("2026-02-01", 100)], None, "2 0 3 0",
     "medium", "hold_orders", "never on time, and late now"),
    ([(due, 40, amount) for due, _, amount in QUIET], [("2026-02-20", 100)], "500", "4 0 3 0",
     "high", "hold_orders", "39 days are too many for who always pays late"),
    ([(due, 40, amount) for due, _, amount in QUIET], [("2026-03-25", 150)], "500", "4 0 1 0",
     "medium", "none", "six days are not"),
    ([("2025-06-15", 0, "100"), ("2025-06-16", 0, "100"), ("2026-01-15", 60, "100")],
     [("2026-03-25", 100)], "500", "2 2 1 0", "medium", "none", "sixty days slower"),
    ([("2025-06-15", 10, "100"), ("2025-06-16", 10, "100"), ("2026-01-15", 70, "300")],
     [("2026-03-25", 100)], "500", "4 2 1 0", "high", "lower_limit", "and always late before"),
    ([("2025-06-15", -90, "100"), ("2025-06-16", -90, "100"), ("2026-01-15", -1, "100")], [], None,
     "0 0 0 0", "low", "none", "later than before, and still early"),
    (QUIET, [("2026-01-01", 100, "dispute")], None, "0 0 0 0", "low", "none",
     "what is disputed is not paid late"),
]


def test_what_is_to_be_feared_of_customers_and_what_sales_should_do(tmp_path: Path) -> None:
    company = Company(tmp_path)
    for number, (payments, items, limit, *_) in enumerate(RISKS):
        company.customer(f"C{number}", credit_limit_amount=limit)
        pays(company, f"C{number}", payments)
        for due, amount, *more in items:
            invoice_id = bill(company, f"C{number}", str(amount), due=due)
            if more:
                company.add("dispute", invoice_id=invoice_id, opened_on="2026-01-10")
    night = classed(company)
    found = by_customer(
        night, "customer_class",
        "days_late_points, trend_points, overdue_points, limit_points, score, risk_class",
    )
    recommended = by_customer(night, "credit_recommendation", "recommendation")
    for number, (*_, points, risk, recommendation, because) in enumerate(RISKS):
        *parts, score, risk_class = found[f"C{number}"]
        assert (" ".join(map(str, parts)), risk_class) == (points, risk), because
        assert score == sum(parts), "the score is the sum of its parts"
        assert recommended[f"C{number}"] == recommendation, because


def test_every_point_is_beside_its_fact_in_words(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.customer("C1", credit_limit_amount="1000", currency="EUR")
    pays(company, "C1", [("2025-06-15", 10, "100"), ("2025-07-15", 10, "100"),
                         ("2026-01-15", 30, "200")])
    bill(company, "C1", "1200", due="2026-02-20")
    bill(company, "C1", "700", due="2026-12-31", currency="JPY")
    company.add("promise", customer_id="C1", amount="50", promised_on="2026-03-01",
                due_on="2026-03-10")
    night = classed(company)
    assert by_customer(night, "customer_class", "risk_reason") == {
        "C1": "11 points: days late 20.0 (2), slower by 20.0 days (2), what it owes overdue by 39.0 days "
              "(3), "
              "promises broken 100 % (3), limit used 120 % (1)"
    }
    assert by_customer(night, "credit_recommendation", "recommendation, reason_text") == {
        "C1": ("hold_orders", "Risk high: 120 % of the limit is used, and 80 % may be "
                              "(not counted: JPY, no rate).")
    }


def test_what_is_owed_in_other_currencies_counts_against_the_limit_at_the_days_rate(tmp_path) -> None:
    company = Company(tmp_path)
    company.add("exchange_rate", rate_date="2026-03-30", from_currency="USD", rate="0.5")
    company.customer("C1", credit_limit_amount="100", currency="EUR")
    bill(company, "C1", "40.00")
    bill(company, "C1", "50.00", currency="USD")
    company.customer("C2", credit_limit_amount="100", currency="USD")
    bill(company, "C2", "70.00", currency="USD")
    company.add("receipt", customer_id="C2", amount="20.00", receipt_date="2026-03-01",
                currency="USD")
    columns = "currency, credit_limit_amount, exposure_amount, limit_use_percent"
    assert by_customer(classed(company), "credit_recommendation", columns) == {
        "C1": ("EUR", Decimal(100), Decimal(65), Decimal(65)),
        "C2": ("USD", Decimal(100), Decimal(50), Decimal(50)),
    }


FIRST = [
    (QUIET, "2026-03-20", True, "never late before"),
    ([*QUIET, ("2025-03-15", 3, "10")], "2026-03-20", True, "three days are the bank"),
    ([*QUIET, ("2025-03-15", 4, "1")], "2026-03-20", False, "late once, and be it a euro"),
    (QUIET, "2026-04-20", False, "nothing is overdue"),
    (QUIET[:2], "2026-03-20", False, "too new: nobody knows what it is like"),
]


def test_who_is_late_for_the_first_time(tmp_path: Path) -> None:
    company = Company(tmp_path)
    for number, (payments, due, _, _) in enumerate(FIRST):
        company.customer(f"C{number}")
        pays(company, f"C{number}", payments)
        bill(company, f"C{number}", "10", due=due)
    found = by_customer(classed(company), "customer_class", "is_late_for_first_time")
    for number, (_, _, expected, because) in enumerate(FIRST):
        assert found[f"C{number}"] == expected, because


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_customer_has_one_class_whatever_the_order_of_the_rows(tmp_path, seed: int) -> None:
    draw = random.Random(seed)
    company = Company(tmp_path / "one")
    for number in range(40):
        company.customer(f"C{number}", currency=draw.choice(["EUR", "USD", None]),
                         credit_limit_amount=draw.choice([None, "0", "300"]),
                         annual_revenue_amount=draw.choice([None, "5", "5"]))
    company.add("exchange_rate", rate_date="2026-01-01", from_currency="USD", rate="0.9")
    for _ in range(200):
        customer_no = draw.randrange(35)
        customer_id = f"C{customer_no}"
        due = str(DAY - timedelta(days=draw.randrange(-60, 800)))
        number = bill(company, customer_id, str(draw.randrange(1, 500)), due=due,
                      currency=draw.choice(["EUR", "USD"]) if customer_no < 30 else "JPY",
                      posting_date="2025-12-01")
        if draw.random() < 0.7:
            company.payment(number, "1", DAY - timedelta(days=draw.randrange(-3, 900)))
        if draw.random() < 0.2:
            company.add("promise", customer_id=customer_id, amount="5", promised_on="2026-03-01",
                        due_on=str(DAY + timedelta(days=draw.randrange(-20, 10))))
    night = classed(company)
    shuffled = Company(tmp_path / "other", {
        table: draw.sample(rows, len(rows)) for table, rows in company.rows.items()
    })
    again = classed(shuffled)
    for table in ("customer_class", "credit_recommendation", "promise_outcome"):
        assert night.manifest()["tables"][table] == again.manifest()["tables"][table]
    rows = read(night, "customer_class", "customer_id, abc_class, risk_class, score, abc_amount, "
                "abc_currency, abc_cumulated_percent")
    assert Counter(row[0] for row in rows) == Counter(f"C{number}" for number in range(40))
    assert {row[1] for row in rows} <= set("ABC") and all(row[3] >= 0 for row in rows)
    assert {row[2] for row in rows} <= {"low", "medium", "high"}
    shares = {row[5]: row[6] for row in sorted(rows, key=lambda row: row[6] or 0) if row[5]}
    assert set(shares.values()) == {Decimal(100)}, "in every currency all together bring all"


FAULTS = [
    ("value_percent: 60", "value_percent: 70", "sum to 110"),
    ("abc_class: C", "abc_class: A", "a name of its own"),
    ("  risk_class: medium\n  because", "  risk_class: middle\n  because", "neutral.risk_class"),
    ("value: 730", "value: two years", "settings.look_back_days"),
    ("payments_min:", "payments_most:", "settings: must have"),
    ("above: {5: 1, 15: 2, 30: 4}", "above: {15: 2, 5: 1, 30: 4}", "points.days_late"),
    ("score_max: 5", "score_max: 1", "score_max must rise"),
    ("lowers_limit: true", "lowers_limit: maybe", "risk_classes: each gives"),
    ("neutral:", "middle:", "must have the keys"),
    ('because: "Two payments are chance."', 'because: ""', "settings.payments_min"),
]


@pytest.mark.parametrize(("old", "new", "said"), FAULTS, ids=[fault[1] for fault in FAULTS])
def test_faulty_classes_are_refused_with_their_fault(tmp_path, old, new, said) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "customer_classes.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=said):
        load_customer_classes(file)


def test_the_version_of_the_classes_changes_with_their_text_alone(tmp_path) -> None:
    file = tmp_path / "customer_classes.yaml"
    text = FILE.read_text(encoding="utf-8")
    file.write_text(yaml.safe_dump(yaml.safe_load(text)), encoding="utf-8")
    assert load_customer_classes(file).version == load_customer_classes().version
    file.write_text(text.replace("value: 730", "value: 731"), encoding="utf-8")
    assert load_customer_classes(file).version != load_customer_classes().version
