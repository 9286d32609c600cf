"""Uncertain cash through whole nights: what is drafted, published, and told to a person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from company import DAY, ENTITY, Company, after, read
from python_calamine import CalamineWorkbook
from receivables import night, why
from receivables.publish import workbook_file
from receivables.replay import replay
from seller import NEXT_DAY, RELEASE, query

TWO_DAYS, FOUR_DAYS = ({"entity": {"bank_feed_hours_max": hours}} for hours in (48, 96))


def indebted(home: Path, *customers: str) -> Company:
    """Customers that owe 100 each, due for a reminder; the newest receipt is of Friday."""
    company = Company(home)
    company.customer("OTHER")
    company.invoice("PAID", "10", "2026-03-01", "OTHER")
    company.payment("PAID", "10", "2026-03-27")
    for customer in customers:
        company.customer(customer)
        company.invoice(customer, "100", "2026-03-20", customer)
    return company


def advised(company: Company, customer: str, at: str) -> None:
    company.add("contact_event", event_id=f"{customer} {at}", customer_id=customer, occurred_at=at,
                outcome="paid", invoice_id=customer)


def reasons(of: night.Night) -> dict[str, str]:
    return dict(read(of, "decision", "invoice_id, reason_code"))


def in_warehouse(company: Company, columns: str, table: str) -> list[tuple]:
    url = f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}"
    return query(url, f"select {columns} from receivables.{table} order by all")


@pytest.fixture(scope="module")
def old_feed(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A night on Tuesday, the newest receipt of Friday: 50 hours of business days ago."""
    company = indebted(tmp_path_factory.mktemp("old"), "C1", "C2", "C3", "C4")
    company.add("dispute", invoice_id="C3", opened_on="2026-03-25")
    advised(company, "C4", "2026-03-30 11:00:00")
    report = company.quick_night(release=RELEASE, settings=TWO_DAYS)
    assert (report.status, report.notices, report.drafted) == ("published", 0, 0)
    return company


def test_with_an_old_bank_feed_nobody_is_written_to_and_the_bank_is_asked_once(old_feed) -> None:
    assert reasons(old_feed.official()) == {
        "C1": "CASH_UNCERTAIN", "C2": "CASH_UNCERTAIN", "C3": "DISPUTED", "C4": "CASH_UNCERTAIN",
    }
    columns = "customer_id, cash_doubt, customer_count, open_amount, newest_receipt_on"
    friday = DAY - timedelta(days=4)
    assert in_warehouse(old_feed, columns, "clarification_task") == [
        ("C4", "advice_of_item", 1, 100, friday), (None, "bank_feed", 2, 200, friday),
    ]
    assert in_warehouse(old_feed, "customer_id, kind, item_count, open_amount", "work_list") == [
        ("C4", "clarify", 1, 100), (None, "clarify", 2, 200),
    ]


def test_the_questions_are_a_sheet_of_the_workbook(old_feed) -> None:
    night.publish(old_feed.run(settings=TWO_DAYS), ENTITY)
    file = workbook_file(old_feed.run().lake, old_feed.official())
    names, *rows = (
        CalamineWorkbook.from_path(str(file)).get_sheet_by_name("clarifications").to_python()
    )
    asked = {row[names.index("customer_id")]: row[names.index("question")] for row in rows}
    assert "Has the payment order gone out?" in asked["C4"]
    assert "The newest receipt known is of 2026-03-27." in asked[""]


def test_a_person_who_asks_why_is_told_in_words(old_feed) -> None:
    [row] = why.decisions(old_feed.settings(), "No-C1", as_of_date=DAY)
    assert "It waits for a person (CASH_UNCERTAIN): It may be paid: the newest receipt known is " \
        "of 2026-03-27: later ones may be on their way to us." in why.sentence(row)


def test_a_letter_that_waits_is_taken_back_when_the_customer_says_it_paid(tmp_path: Path) -> None:
    company = indebted(tmp_path, "C1", "C2")
    assert company.quick_night(release=RELEASE).drafted == 2
    advised(company, "C1", f"{NEXT_DAY} 09:00:00")
    report = company.quick_night(NEXT_DAY, release=RELEASE)
    assert (report.withdrawn, report.drafted) == (1, 0)
    assert reasons(company.official(NEXT_DAY)) == {
        "C1": "CASH_UNCERTAIN", "C2": "NOTICE_IN_FLIGHT",
    }
    assert in_warehouse(company, "as_of_date, customer_id", "clarification_task") == [
        (NEXT_DAY, "C1")
    ]


def test_an_advice_that_came_after_the_night_was_not_known_to_it(tmp_path: Path) -> None:
    """The official night stands, also when it is rebuilt; a restatement knows."""
    company = indebted(tmp_path, "C1", "C2")
    assert company.night(release=RELEASE, settings=FOUR_DAYS).drafted == 2
    advised(company, "C1", f"{NEXT_DAY} 09:00:00")
    company.write_erp()
    night.extract(company.run(NEXT_DAY, now=after(NEXT_DAY), settings=FOUR_DAYS), "erp")
    assert reasons(company.official()) == {"C1": "STEP_DUE", "C2": "STEP_DUE"}
    assert replay(company.run(settings=FOUR_DAYS), ENTITY, lambda line: None).differences == ()
    asked = company.run(known_at=after(NEXT_DAY), now=after(NEXT_DAY), settings=FOUR_DAYS)
    for stage in (night.validate, night.balance, night.select):
        restated = stage(asked, ENTITY)
    assert reasons(restated) == {"C1": "CASH_UNCERTAIN", "C2": "STEP_DUE"}
