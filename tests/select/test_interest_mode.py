"""What a notice does with interest: told, demanded, or left out; and who is asked for what is left
of a late payment."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from company import DAY, ENTITY, Company, read
from receivables.balance import balance
from receivables.lake import Night
from receivables.select import select
from receivables.select.outbox_past import OutboxPast
from test_select import noticed, past_due

NINE = {"rule_id": "contract", "annual_percent": "9", "legal_basis": "the contract"}
SENT = [
    noticed("I1", step, days_ago=ago)
    for step, ago in (("reminder_1", 57), ("reminder_2", 50), ("demand", 30))
]


def decided(company: Company, history=(), *, rule: object = NINE) -> Night:
    settings = company.settings(entity={"interest_rule": rule})
    night = company.ledger(DAY)
    scratch = company.home / "scratch"
    balance(
        night, entity=settings.entities[ENTITY], source=settings.sources["erp"],
        reporting_currency="EUR", known_since_days=3, residual_claim_days=90, scratch=scratch,
        progress=lambda line: None,
    )
    select(
        night, entity=settings.entities[ENTITY], past=OutboxPast(history), scratch=scratch,
        progress=lambda line: None,
    )
    return night


def late_company(home, *, open_days: int = 60) -> Company:
    """I1 is open and overdue; I2 was paid twenty days late a fortnight ago."""
    company = Company(home)
    company.customer()
    old = {"issue_date": "2025-01-01", "posting_date": "2025-01-01"}
    company.invoice("I1", "1000", past_due(open_days), **old)
    company.invoice("I2", "5000", past_due(34), **old)
    company.payment("I2", "5000", past_due(14))
    return company


MODES = [
    # days past due, history | step | mode | interest | demanded | because
    (3, [], "reminder_1", "display", "0.74", "1000.00", "told, not demanded"),
    (60, SENT, "final_demand", "claim", "39.45", "1039.45", "I1's 14.79, and I2's 24.66 with it"),
]


@pytest.mark.parametrize(
    ("days", "history", "step", "mode", "interest", "demanded", "because"),
    MODES, ids=[row[-1] for row in MODES],
)
def test_a_step_tells_interest_or_claims_it(
    tmp_path, days, history, step, mode, interest, demanded, because
):
    night = decided(late_company(tmp_path, open_days=days), history)
    columns = "step, interest_mode, interest_amount, demanded_amount"
    assert read(night, "notice", columns) == [
        (step, mode, Decimal(interest), Decimal(demanded))
    ], because


CLAIMS = [
    # what else there is | reason for I2 | because
    ({}, "CLAIMED_WITH_NOTICE", "a final demand goes out tonight, and claims interest"),
    ({"history": []}, "PAID_LATE", "tonight's reminder claims nothing: it waits for one that does"),
    ({"history": [*SENT, noticed("I2", "final_demand", days_ago=8)]}, "PAID_LATE",
     "it was claimed with a final demand already"),
    ({"history": [*SENT, noticed("I2", "demand", days_ago=8, state="released")]},
     "NOTICE_IN_FLIGHT", "the last letter about it has not gone yet"),
    ({"dispute": {"invoice_id": "I2", "opened_on": "2026-03-01"}}, "DISPUTED",
     "the invoice is contested, though its principal was paid"),
    ({"hold": {"invoice_id": "I2", "reason": "goodwill", "held_from": "2026-03-01",
               "held_until": "2026-05-01"}}, "ON_HOLD", "a hold forbids it"),
    ({"receipt": {"customer_id": "C1", "amount": "2000", "receipt_date": "2026-03-30"}},
     "COVERED_BY_CREDIT", "money that is not applied yet covers it"),
    ({"rule": {**NINE, "annual_percent": "3"}}, "BELOW_THRESHOLD", "8.22 is not worth a letter"),
]


@pytest.mark.parametrize(("there", "reason", "because"), CLAIMS, ids=[row[-1] for row in CLAIMS])
def test_what_is_left_of_a_late_payment_goes_with_a_notice_that_claims(
    tmp_path, there, reason, because
):
    there = dict(there)
    company = late_company(tmp_path)
    history = there.pop("history", SENT)
    rule = there.pop("rule", NINE)
    for table, values in there.items():
        company.add(table, **values)
    night = decided(company, history, rule=rule)
    reasons = dict(read(night, "decision", "invoice_id, reason_code"))
    assert reasons["I2"] == reason, because
    listed = [invoice for (invoice,) in read(night, "notice_item", "invoice_id")]
    assert ("I2" in listed) == (reason == "CLAIMED_WITH_NOTICE"), because


def test_what_is_left_of_a_late_payment_never_leads_a_notice(tmp_path):
    night = decided(late_company(tmp_path, open_days=60), SENT)
    assert read(night, "notice", "distinct cycle") == [("I1/1",)]


def test_a_claim_asks_for_what_credit_leaves_of_it(tmp_path):
    company = late_company(tmp_path)
    company.invoice("N1", "1010", "2026-03-30", document_type="credit_note")
    company.invoice("I3", "100", past_due(61), issue_date="2025-01-01", posting_date="2025-01-01")
    history = [*SENT, *(noticed("I3", s.step, days_ago=30) for s in SENT)]
    night = decided(company, history)
    columns = "invoice_id, dunning_exposure_amount, claimed_amount"
    rows = {row[0]: row[1:] for row in read(night, "notice_item", columns)}
    # 1,010 of credit cover I3 and 910 of I1: interest is claimed on what is open all the same.
    assert rows == {
        "I1": (Decimal("90.0000"), Decimal("14.7900")),
        "I2": (Decimal("0.0000"), Decimal("24.6600")),
    }
    [(demanded,)] = read(night, "notice", "demanded_amount")
    assert demanded == Decimal("129.45")


def test_interest_on_a_rate_from_memory_is_told_and_never_claimed(tmp_path):
    night = decided(late_company(tmp_path), SENT, rule="mx_commercial")
    marks = read(night, "notice_item", "invoice_id, needs_confirmation, claimed_amount")
    assert marks == [("I1", True, Decimal(0))]
    reasons = dict(read(night, "decision", "invoice_id, reason_code"))
    assert reasons["I2"] == "RATE_TO_BE_CONFIRMED"


def test_the_morning_after_a_claimed_letter_the_claim_waits(tmp_path):
    company = late_company(tmp_path)
    first = decided(company, SENT)
    assert len(read(first, "notice_item")) == 2
    then = [*SENT, *(noticed(i, "final_demand", days_ago=0) for i in ("I1", "I2"))]
    again = decided(company, then)
    assert read(again, "notice_item") == []
    assert past_due(0) == DAY - timedelta(days=0)
