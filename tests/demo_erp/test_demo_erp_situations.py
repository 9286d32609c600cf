"""Each situation that the product has an answer for occurs in the default demonstration ERP."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import demo_books
import pytest
from demo_books import Books, Row, money

UNTIL = date(2025, 11, 20)
TODAY = UNTIL.isoformat()
LONG_AGO = (UNTIL - timedelta(days=60)).isoformat()

ROW_SITUATIONS: list[tuple[str, Callable[[Row], bool], str]] = [
    ("customer", lambda r: r["is_dunning_blocked"] == "true", "some must not be dunned at all"),
    ("customer", lambda r: r["parent_customer_id"] != "", "groups of companies exist"),
    ("contact", lambda r: r["is_active"] == "false", "people leave"),
    ("contact", lambda r: r["role"] == "finance_director", "later steps write to them"),
    ("contact", lambda r: r["role"] == "owner", "some companies are their owner"),
    ("contact", lambda r: r["role"] == "legal", "some have lawyers"),
    ("contact", lambda r: r["role"] == "operations", "some know the goods only"),
    ("invoice", lambda r: r["document_type"] == "credit_note", "credits lower what is owed"),
    ("invoice", lambda r: r["document_type"] == "debit_note", "debit notes raise it"),
    ("invoice", lambda r: r["status"] == "cancelled", "invoices are cancelled"),
    ("invoice", lambda r: r["posting_date"] > r["issue_date"], "some are posted later"),
    ("invoice", lambda r: ";" in r["delivery_refs"], "two deliveries on one invoice"),
    ("invoice", lambda r: r["contract_date"] != "", "services have a contract"),
    ("invoice", lambda r: r["instrument_status"] == "protested" and r["due_date"] < LONG_AGO,
     "a boleto is protested when long overdue"),
    ("invoice", lambda r: r["instrument_type"] == "direct_debit", "drawn, not sent"),
    ("instalment", lambda r: r["instalment_no"] == "3", "paid in three parts"),
    ("instalment", lambda r: money(r["in_transit_amount"]) > 0, "paid but not booked yet"),
    ("instalment", lambda r: r["due_date"] > r["original_due_date"], "payment was put off"),
    ("instalment", lambda r: 0 < money(r["open_amount"]) < money(r["amount"]), "paid in part"),
    ("allocation", lambda r: r["reversed_on"] != "", "a payment was taken back"),
    ("allocation", lambda r: r["source_type"] == "write_off", "some is given up"),
    ("allocation", lambda r: r["source_type"] == "credit_note", "credits are used"),
    ("dispute", lambda r: not r["resolved_on"] and not r["amount"], "all is contested"),
    ("dispute", lambda r: not r["resolved_on"] and r["amount"] != "", "part is contested"),
    ("dispute", lambda r: r["resolved_on"] != "" and r["outcome"] != "", "disputes end"),
    ("promise", lambda r: not r["invoice_id"], "a promise may be for the account"),
    ("promise", lambda r: r["guarantee_letter_ref"] != "", "a bank may stand behind it"),
    ("hold", lambda r: r["customer_id"] != "" and r["held_until"] > TODAY, "a customer is held"),
    ("hold", lambda r: r["invoice_id"] != "" and r["held_until"] > TODAY, "an invoice is held"),
    ("contact_event", lambda r: r["outcome"] == "promised", "calls bring promises"),
]


@pytest.mark.parametrize(
    "table, is_so, because", ROW_SITUATIONS,
    ids=lambda value: None if callable(value) else str(value),
)
def test_a_situation_occurs(
    books: Books, table: str, is_so: Callable[[Row], bool], because: str
) -> None:
    share = sum(map(is_so, books.good[table])) / len(books.good[table])
    assert 0 < share < 1, because


def test_customers_are_written_to_in_five_languages(books: Books) -> None:
    for table in ("customer", "contact"):
        spoken = {row["language"].split("-")[0] for row in books.good[table]}
        assert spoken == {"pt", "de", "fr", "ru", "en"}


def test_one_customer_is_invoiced_in_whole_yen(books: Books) -> None:
    in_yen = [row for row in books.good["invoice"] if row["currency"] == "JPY"]
    assert len({row["customer_id"] for row in in_yen}) == 1
    ours = {row["invoice_id"] for row in in_yen}
    amounts = [row["gross_amount"] for row in in_yen]
    amounts += [row["amount"] for row in books.good["receipt"] if row["currency"] == "JPY"]
    for table, column in (
        ("instalment", "amount"), ("instalment", "open_amount"), ("allocation", "amount"),
    ):
        amounts += [row[column] for row in books.good[table] if row["invoice_id"] in ours]
    assert len(amounts) > 100
    assert all(money(amount) % 1 == 0 for amount in amounts)


def test_two_customers_have_no_usable_email(books: Books) -> None:
    usable = {
        row["customer_id"] for row in books.good["contact"]
        if row["email"] and row["is_active"] == "true" and row["role"] == "accounts_payable"
    }
    assert len({row["customer_id"] for row in books.good["customer"]} - usable) == 2


def test_no_address_or_number_can_reach_anybody(books: Books) -> None:
    emails = [row["email"] for row in books.good["contact"] if row["email"]]
    emails += [row["salesperson_email"] for row in books.good["customer"]]
    assert all(email.endswith((".example", "@example.com")) for email in emails)
    fictional = (
        "+55 11 0000-", "+351 20 000 ", "+49 30 23125 ", "+43 1 000 ", "+33 1 99 00 ", "+32 2 000 ",
        "+7 727 000 ", "+44 20 7946 0", "+353 20 915 ", "+1 212 555 01",
    )
    assert all(row["phone"].startswith(fictional) for row in books.good["contact"])


def test_every_aging_bucket_has_items_and_a_seventh_of_the_items_is_open(books: Books) -> None:
    edges = [0, 30, 60, 90, 120, 180, 365, 10_000]
    buckets = [0] * len(edges)
    for row in books.good["instalment"]:
        if money(row["open_amount"]) > 0:
            days = (UNTIL - date.fromisoformat(row["due_date"])).days
            buckets[next(k for k, edge in enumerate(edges) if days <= edge)] += 1
    assert all(buckets)
    assert 0.12 < sum(buckets) / len(books.good["instalment"]) < 0.20


def test_cash_is_unapplied_wholly_and_in_part(books: Books) -> None:
    used: dict[str, Decimal] = defaultdict(Decimal)
    for row in books.good["allocation"]:
        if row["source_type"] == "receipt" and not row["reversed_on"]:
            used[row["source_id"]] += money(row["amount"])
    receipts = books.good["receipt"]
    assert any(used[row["receipt_id"]] == 0 for row in receipts)
    assert any(0 < used[row["receipt_id"]] < money(row["amount"]) for row in receipts)


def test_some_receipts_pay_two_invoices_and_some_invoices_take_two_receipts(books: Books) -> None:
    invoices_of, receipts_of = defaultdict(set), defaultdict(set)
    for row in books.good["allocation"]:
        if row["source_type"] == "receipt":
            invoices_of[row["source_id"]].add(row["invoice_id"])
            receipts_of[row["invoice_id"]].add(row["source_id"])
    assert any(len(invoices) == 2 for invoices in invoices_of.values())
    assert any(len(receipts) == 2 for receipts in receipts_of.values())


def test_credit_notes_are_mostly_but_not_always_used(books: Books) -> None:
    credit_notes = {
        r["invoice_id"] for r in books.good["invoice"] if r["document_type"] == "credit_note"
    }
    used = {
        r["source_id"] for r in books.good["allocation"] if r["source_type"] == "credit_note"
    }
    assert len(credit_notes) / 2 < len(used & credit_notes) < len(credit_notes)


def test_promises_are_kept_open_and_broken(books: Books) -> None:
    is_open = {
        invoice_id: amount > 0 for (invoice_id, _), amount in demo_books.open_amounts(books).items()
    }
    states = {
        (is_open[row["invoice_id"]], row["due_on"] < TODAY)
        for row in books.good["promise"] if row["invoice_id"]
    }
    assert states == {(False, True), (True, False), (True, True)}
    last_paid = {row["invoice_id"]: row["allocation_date"] for row in books.good["allocation"]}
    kept = [r for r in books.good["promise"] if r["invoice_id"] and not is_open[r["invoice_id"]]]
    for row in kept:
        grace = date.fromisoformat(row["due_on"]) + timedelta(days=3)
        assert row["promised_on"] <= last_paid[row["invoice_id"]] <= grace.isoformat()


def test_one_agreement_holds_and_one_is_broken(books: Books) -> None:
    overdue_parts = {
        agreement_id: sum(not part["paid_on"] and part["due_date"] < TODAY for part in parts)
        for agreement_id, parts in books.by("agreement_instalment", "agreement_id").items()
    }
    holding, broken = (books.good["agreement"][k] for k in (0, 1))
    assert holding["legal_entity_id"] == "BR" and len(holding["invoice_ids"].split(";")) > 1
    assert overdue_parts[holding["agreement_id"]] == 0
    assert overdue_parts[broken["agreement_id"]] == 3
    paid = [row for row in books.good["agreement_instalment"] if row["paid_on"]]
    references = {(r["reference"], r["receipt_date"], r["amount"]) for r in books.good["receipt"]}
    assert paid
    assert {(r["agreement_id"], r["paid_on"], r["amount"]) for r in paid} <= references


def test_revenue_is_skewed_so_that_abc_analysis_means_something(books: Books) -> None:
    revenues = sorted(
        (
            money(row["annual_revenue_amount"]) for row in books.good["customer"]
            if row["legal_entity_id"] == "BR"
        ),
        reverse=True,
    )
    assert sum(revenues[:10]) > sum(revenues) * Decimal("0.6")


def test_exchange_rates_walk_smoothly_on_business_days(books: Books) -> None:
    for rows in books.by("exchange_rate", "from_currency").values():
        assert all(date.fromisoformat(row["rate_date"]).weekday() < 5 for row in rows)
        rates = [Decimal(row["rate"]) for row in rows]
        assert all(
            abs(tomorrow / today - 1) < Decimal("0.01")
            for today, tomorrow in pairwise(rates)
        )
        assert max(rates) < 2 * min(rates)
        assert len(set(rates)) > 400
