"""What the dunning modules of ERPs were seen to do wrong, each shown the other way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from company import DAY, Company, read
from policies import policy, step
from receivables.dispatch.notice import NoticeItem
from receivables.errors import PolicyError
from test_select import decided, noticed, one_item, past_due

FINED = {"entity": {"interest_rule": "br_contract", "country": "BR"}}


def sent(company: Company, days: int, *, first: date = DAY) -> list[tuple[date, str, str]]:
    """The letters of some nights in a row, each sent on its morning: day, customer, step."""
    history: list[NoticeItem] = []
    letters = []
    for number in range(days):
        day = first + timedelta(days=number)
        night = decided(company, history, day)
        letters += [(day, *row) for row in read(night, "notice", "customer_id, step", "all")]
        history += [
            NoticeItem(
                notice_id=f"{day}-{customer}", customer_id=customer, invoice_id=invoice,
                instalment_no=1, step=item_step, notice_step=notice_step, cycle=cycle,
                generation=0, as_of_date=day, state="sent", acted_on=day + timedelta(days=1),
            )
            for customer, invoice, item_step, notice_step, cycle in read(
                night, "notice_item", "customer_id, invoice_id, item_step, notice_step, cycle")
        ]
    return letters


def test_an_invoice_of_1000_with_600_paid_is_dunned_for_400(tmp_path: Path) -> None:
    company = one_item(tmp_path, amount="1000")
    company.payment("I1", "600", "2026-03-01")
    assert read(decided(company), "notice", "demanded_amount") == [(Decimal(400),)]


def test_a_customer_with_five_overdue_invoices_gets_one_message(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.customer()
    for number in range(1, 6):
        company.invoice(f"I{number}", "100", past_due(4 + number))
    columns = "item_count, demanded_amount"
    assert read(decided(company), "notice", columns) == [(5, Decimal(500))]


def test_a_part_payment_on_one_invoice_takes_nothing_from_the_message_about_another(
    tmp_path: Path,
) -> None:
    company = one_item(tmp_path, amount="1000")
    company.invoice("I2", "70", past_due(6))
    company.payment("I1", "600", "2026-03-01")
    assert read(decided(company), "notice_item", "invoice_id, dunning_exposure_amount") == [
        ("I1", Decimal(400)), ("I2", Decimal(70))]


def test_a_blocked_case_gets_nothing(tmp_path: Path) -> None:
    company = one_item(tmp_path)
    company.rows["customer"][0]["is_dunning_blocked"] = "true"
    assert read(decided(company), "notice") == []


def test_a_debt_first_seen_70_days_late_gets_one_step_in_four_nights(tmp_path: Path) -> None:
    assert sent(one_item(tmp_path, days=70), 4, first=date(2026, 4, 13)) == [
        (date(2026, 4, 13), "C1", "reminder_1")]


def test_a_percentage_fee_is_taken_on_the_open_amount(tmp_path: Path) -> None:
    company = one_item(tmp_path, amount="1000")
    company.payment("I1", "600", past_due(10))
    [(fine,)] = read(decided(company, **FINED), "open_item", "fine_amount")
    assert fine == Decimal(8), "2 % of 400"


def test_after_seven_missed_nights_each_customer_gets_one_message_on_the_eighth(
    tmp_path: Path,
) -> None:
    company = Company(tmp_path)
    history = []
    for number in range(1, 4):
        company.customer(f"C{number}")
        for item in (1, 2):
            name = f"I{number}{item}"
            company.invoice(name, "100", past_due(12 + item), f"C{number}")
            history.append(
                noticed(name, "reminder_1", days_ago=9 + item, customer_id=f"C{number}"))
    night = decided(company, history)
    assert read(night, "notice", "customer_id, step, item_count") == [
        ("C1", "reminder_2", 2), ("C2", "reminder_2", 2), ("C3", "reminder_2", 2)]


def test_one_customers_bad_data_stops_nobody_else(tmp_path: Path) -> None:
    company = one_item(tmp_path)
    company.customer("C2")
    company.invoice("I2", "100", past_due(5), "C2")
    company.add("instalment", invoice_id="I2", due_date=str(past_due(5)), amount="99")
    assert read(decided(company), "decision", "customer_id, reason_code") == [
        ("C1", "STEP_DUE"), ("C2", "INSTALMENTS_DISAGREE")]


def test_a_customer_without_a_valid_contact_becomes_a_task(tmp_path: Path) -> None:
    company = one_item(tmp_path)
    company.rows["contact"][0]["email"] = None
    assert read(decided(company), "decision", "outcome, reason_code") == [("review", "NO_CONTACT")]


@pytest.mark.parametrize("template", ["reminder_9", "../layout"])
def test_a_letter_that_is_missing_is_a_fault_of_the_policy(tmp_path: Path, template: str) -> None:
    with pytest.raises(PolicyError, match="no letter is written for it"):
        policy(tmp_path, steps=[step("first", days_past_due=3, template=template)])
