"""What stays of a late payment: interest and compensation, with an open item of their own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from company import Company, read
from test_balance import NO_INTEREST, balanced
from test_named_rule import company_with, named

DAY = date(2025, 10, 15)
ITEM = (
    "document_type, open_amount, interest_amount, compensation_amount, dunning_exposure_amount, "
    "days_past_due"
)


def paid(tmp_path, *payments: tuple[str, str], due: str = "2025-07-31") -> Company:
    company = company_with(tmp_path, ("I1", "1000", due))
    for amount, day in payments:
        company.payment("I1", amount, day)
    return company


def items(night) -> list[tuple[str, ...]]:
    return [
        (row[0], *(f"{amount:.2f}" for amount in row[1:5]), row[5])
        for row in read(night, "open_item", ITEM)
    ]


CLAIMS = [
    # payments | kept so many days | items as of 15 October | because
    ([], 90, [("invoice", "1000.00", "21.38", "40.00", "1000.00", 76)],
     "nothing paid: interest and compensation stand beside the principal"),
    ([("400", "2025-08-10")], 90, [("invoice", "600.00", "13.95", "40.00", "600.00", 76)],
     "a part paid late: the rest is the item"),
    ([("1000", "2025-08-10")], 90, [("interest_claim", "0.00", "2.81", "40.00", "42.81", 76)],
     "all paid late: ten days at 10.27 per cent and 40 euros are left"),
    ([("400", "2025-08-10"), ("600", "2025-09-30")], 90,
     [("interest_claim", "0.00", "11.42", "40.00", "51.42", 76)],
     "paid late in parts: 10 days on 1000, 51 days on 600"),
    ([("1000", "2025-07-31")], 90, [], "paid on the due date: nothing is left"),
    ([("1000", "2025-08-10")], 66, [], "the last payment is 66 days past: waived by then"),
    ([("1000", "2025-08-10")], 67, [("interest_claim", "0.00", "2.81", "40.00", "42.81", 76)],
     "one more day of patience keeps it"),
    ([("1000", "2025-08-10")], 0, [], "the policy waives all of them"),
]


@pytest.mark.parametrize(
    ("payments", "days", "expected", "because"), CLAIMS, ids=[row[-1] for row in CLAIMS]
)
def test_what_is_left_of_a_late_payment(tmp_path, payments, days, expected, because):
    company = paid(tmp_path, *payments)
    night = balanced(company, rule=named("de_b2b"), day=DAY, residual_claim_days=days)
    assert items(night) == expected, because


def test_a_claim_stays_the_same_however_late_it_is_looked_at(tmp_path):
    company = paid(tmp_path, ("1000", "2025-08-10"))
    first = balanced(company, rule=named("de_b2b"), day=date(2025, 8, 11), residual_claim_days=90)
    second = balanced(company, rule=named("de_b2b"), day=DAY, residual_claim_days=90)
    columns = "interest_amount, compensation_amount"
    assert read(first, "open_item", columns) == read(second, "open_item", columns)


def test_an_invoice_that_was_written_off_leaves_no_claim(tmp_path):
    company = paid(tmp_path, ("400", "2025-08-10"))
    company.add("allocation", invoice_id="I1", source_type="write_off", source_id="W1",
                allocation_date="2025-09-01", amount="600")
    night = balanced(company, rule=named("de_b2b"), day=DAY, residual_claim_days=90)
    assert items(night) == []


def test_an_instalment_paid_late_leaves_a_claim_while_the_next_one_is_open(tmp_path):
    company = company_with(tmp_path, ("I1", "1000", "2025-07-31"))
    for number, due in ((1, "2025-07-31"), (2, "2025-12-31")):
        company.add("instalment", invoice_id="I1", instalment_no=number, due_date=due, amount="500")
    company.payment("I1", "500", "2025-08-10")
    night = balanced(company, rule=named("de_b2b"), day=DAY, residual_claim_days=90)
    columns = "instalment_no, document_type, open_amount, interest_amount, compensation_amount"
    assert [(*row[:2], *map(str, row[2:])) for row in read(night, "open_item", columns)] == [
        (1, "interest_claim", "0.0000", "1.4100", "40.0000"),
        (2, "invoice", "500.0000", "0.0000", "0.0000"),
    ]


def test_a_late_payment_that_passes_an_instalment_pays_it_no_second_time(tmp_path):
    """The second was paid in time, by its number; the third is of nothing. Neither was paid late."""
    company = company_with(tmp_path, ("I1", "1000", "2025-07-31"))
    for number, due, amount in ((1, "2025-07-31", "500"), (2, "2025-08-01", "300"),
                                (3, "2025-08-02", "0"), (4, "2025-12-31", "200")):
        company.add(
            "instalment", invoice_id="I1", instalment_no=number, due_date=due, amount=amount
        )
    company.payment("I1", "300", "2025-07-20", instalment_no=2)
    company.payment("I1", "600", "2025-08-10")
    night = balanced(company, rule=named("de_b2b"), day=DAY, residual_claim_days=90)
    assert read(night, "open_item", "instalment_no, document_type") == [
        (1, "interest_claim"), (4, "invoice"),
    ]
    applied = read(night, "allocation_applied", "instalment_no, allocation_date::varchar")
    assert applied == [
        (1, "2025-08-10"), (2, "2025-07-20"), (4, "2025-08-10"),
    ]


def test_credit_pays_invoices_before_it_pays_claims(tmp_path):
    company = paid(tmp_path, ("1000", "2025-08-10"))
    company.invoice("I2", "300", "2025-10-01", issue_date="2025-09-01", posting_date="2025-09-01")
    company.add("receipt", customer_id="C1", amount="320", receipt_date="2025-10-10")
    night = balanced(company, rule=named("de_b2b"), day=DAY, residual_claim_days=90)
    columns = "invoice_id, credited_amount, dunning_exposure_amount"
    assert [(row[0], *map(str, row[1:])) for row in read(night, "open_item", columns)] == [
        ("I1", "20.0000", "22.8100"), ("I2", "300.0000", "0.0000"),
    ]


def test_claims_are_no_part_of_what_is_open(tmp_path):
    company = paid(tmp_path, ("1000", "2025-08-10"))
    night = balanced(company, rule=named("de_b2b"), day=DAY, residual_claim_days=90)
    [(open_amount,)] = read(night, "open_item", "sum(open_amount)", "1")
    assert open_amount == 0


def test_without_interest_there_is_no_claim(tmp_path):
    company = paid(tmp_path, ("1000", "2025-08-10"))
    night = balanced(company, rule=NO_INTEREST, day=DAY, residual_claim_days=90)
    assert items(night) == []


COMPENSATIONS = [
    # rule, currency, amount, due | fixed fee | fine | because
    ("de_b2b", "EUR", "1000", "2025-07-31", "40", "0", "40 euros"),
    ("de_b2b", "USD", "1000", "2025-07-31", "0", "0", "40 euros are not 40 dollars: none"),
    ("uk_b2b", "GBP", "999.99", "2025-07-31", "40", "0", "below 1,000 pounds"),
    ("uk_b2b", "GBP", "1000", "2025-07-31", "70", "0", "from 1,000 pounds"),
    ("uk_b2b", "GBP", "10000", "2025-07-31", "100", "0", "from 10,000 pounds"),
    ("br_contract", "BRL", "1000", "2025-07-31", "0", "20", "two per cent, once"),
    ("de_b2b", "EUR", "1000", "2025-10-15", "0", "0", "due today is not late"),
]


@pytest.mark.parametrize(
    ("rule", "currency", "amount", "due", "fee", "fine", "because"),
    COMPENSATIONS, ids=[row[-1] for row in COMPENSATIONS],
)
def test_compensation_of_an_overdue_item(
    tmp_path, rule, currency, amount, due, fee, fine, because
):
    company = company_with(tmp_path, ("I1", amount, due), currency=currency)
    night = balanced(company, rule=named(rule), day=DAY)
    columns = "fixed_fee_amount, fine_amount, compensation_amount"
    [found] = read(night, "open_item", columns)
    assert found == (Decimal(fee), Decimal(fine), Decimal(fee) + Decimal(fine)), because
