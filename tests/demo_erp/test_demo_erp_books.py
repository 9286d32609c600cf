"""What the demonstration ERP says of itself must tie to the cent."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import demo_books
import pytest
from demo_books import Books, money
from receivables import contract, demo_erp
from receivables.demo_erp.database import FileFormat

REFERENCES = [
    ("contact", "customer_id", "customer", "a person works for somebody who owes"),
    ("customer", "parent_customer_id", "customer", "a parent is a customer too"),
    ("invoice", "customer_id", "customer", "somebody owes it"),
    ("instalment", "invoice_id", "invoice", "a part is a part of something"),
    ("receipt", "customer_id", "customer", "somebody paid"),
    ("allocation", "invoice_id", "invoice", "it is set against something"),
    ("dispute", "invoice_id", "invoice", "a dispute is about an invoice"),
    ("promise", "customer_id", "customer", "somebody promised"),
    ("promise", "invoice_id", "invoice", "a promise may name an invoice"),
    ("agreement", "customer_id", "customer", "somebody agreed"),
    ("agreement_instalment", "agreement_id", "agreement", "a part is a part of something"),
    ("hold", "customer_id", "customer", "a hold may be on a customer"),
    ("hold", "invoice_id", "invoice", "a hold may be on an invoice"),
    ("contact_event", "customer_id", "customer", "somebody was called"),
    ("contact_event", "invoice_id", "invoice", "the call was about an invoice"),
]
MAY_LIE_AHEAD = {
    ("invoice", "due_date"), ("instalment", "due_date"), ("instalment", "original_due_date"),
    ("promise", "due_on"), ("agreement_instalment", "due_date"), ("hold", "held_until"),
}


@pytest.mark.parametrize("table", contract.tables().values(), ids=lambda table: table.name)
def test_every_table_of_the_contract_is_there_with_its_columns_in_order(
    books: Books, table: contract.Table
) -> None:
    with (books.folder / f"{table.name}.csv").open(encoding="utf-8", newline="") as stream:
        assert tuple(next(csv.reader(stream))) == table.column_names
    assert books.good[table.name]


@pytest.mark.parametrize("table", contract.tables().values(), ids=lambda table: table.name)
def test_good_rows_have_a_key_of_their_own_and_every_required_value(
    books: Books, table: contract.Table
) -> None:
    rows = books.good[table.name]
    assert len({tuple(row[name] for name in table.key) for row in rows}) == len(rows)
    required = [column.name for column in table.columns if column.required]
    assert all(row[name] for row in rows for name in required)


@pytest.mark.parametrize("table, column, referred, because", REFERENCES, ids=lambda value: value)
def test_every_reference_of_a_good_row_is_to_a_good_row_of_its_legal_entity(
    books: Books, table: str, column: str, referred: str, because: str
) -> None:
    known = {
        (row["legal_entity_id"], row[f"{referred}_id"]) for row in books.good[referred]
    }
    named = {
        (row["legal_entity_id"], row[column]) for row in books.good[table] if row[column]
    }
    assert named and named <= known, because


def test_an_invoice_number_is_given_once_in_a_legal_entity(books: Books) -> None:
    numbers = Counter(
        (row["legal_entity_id"], row["invoice_number"]) for row in books.good["invoice"]
    )
    assert max(numbers.values()) == 1


def test_instalments_sum_to_their_invoice_to_the_cent(books: Books) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in books.good["instalment"]:
        sums[row["invoice_id"]] += money(row["amount"])
    gross = {
        row["invoice_id"]: money(row["gross_amount"])
        for row in books.good["invoice"]
        if row["document_type"] != "credit_note" and row["invoice_id"] != "INV00000000"
    }
    assert dict(sums) == gross


def test_open_amounts_are_amounts_less_the_allocations_that_stand(books: Books) -> None:
    said = {
        (row["invoice_id"], row["instalment_no"]): money(row["open_amount"])
        for row in books.good["instalment"]
    }
    assert said == demo_books.open_amounts(books)
    assert any(said.values())


def test_the_control_account_equals_the_sub_ledger_on_every_balance_date(books: Books) -> None:
    rows = books.good["ledger_balance"]
    assert len(rows) == 25 * 5
    for row in rows:
        assert money(row["amount"]) == demo_books.control_account(
            books, legal_entity_id=row["legal_entity_id"], currency=row["currency"],
            day=row["balance_date"],
        ), row


def test_the_control_account_equals_open_items_less_credits_on_the_last_day(
    books: Books, until: date
) -> None:
    open_by_ledger: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    ledger_of = {
        row["invoice_id"]: (row["legal_entity_id"], row["currency"])
        for row in books.good["invoice"]
    }
    for row in books.good["instalment"]:
        open_by_ledger[ledger_of[row["invoice_id"]]] += money(row["open_amount"])
    for row in books.good["invoice"]:
        if row["document_type"] == "credit_note":
            open_by_ledger[ledger_of[row["invoice_id"]]] -= money(row["gross_amount"])
    for row in books.good["receipt"]:
        open_by_ledger[row["legal_entity_id"], row["currency"]] -= money(row["amount"])
    for row in books.good["allocation"]:
        if row["source_type"] != "write_off" and not row["reversed_on"]:
            open_by_ledger[ledger_of[row["invoice_id"]]] += money(row["amount"])
    assert dict(open_by_ledger) == {
        (row["legal_entity_id"], row["currency"]): money(row["amount"])
        for row in books.good["ledger_balance"]
        if row["balance_date"] == until.isoformat()
    }


@pytest.mark.parametrize("source_type, table, key, amount, because", [
    ("receipt", "receipt", "receipt_id", "amount", "money is spent once"),
    ("credit_note", "invoice", "invoice_id", "gross_amount", "a credit is used once"),
])
def test_no_source_is_allocated_beyond_its_amount_or_before_its_day(
    books: Books, source_type: str, table: str, key: str, amount: str, because: str
) -> None:
    sources = {row[key]: row for row in books.good[table]}
    day = "receipt_date" if table == "receipt" else "posting_date"
    used: dict[str, Decimal] = defaultdict(Decimal)
    for row in books.good["allocation"]:
        if row["source_type"] == source_type:
            assert row["allocation_date"] >= sources[row["source_id"]][day], because
            if not row["reversed_on"]:
                used[row["source_id"]] += money(row["amount"])
    assert used
    assert all(total <= money(sources[source][amount]) for source, total in used.items()), because


def test_receipts_and_allocations_are_in_the_currency_of_their_invoice(books: Books) -> None:
    receipts = {row["receipt_id"]: row for row in books.good["receipt"]}
    invoices = {row["invoice_id"]: row for row in books.good["invoice"]}
    for row in books.good["allocation"]:
        if row["source_type"] == "receipt":
            receipt, invoice = receipts[row["source_id"]], invoices[row["invoice_id"]]
            assert receipt["currency"] == invoice["currency"]
            assert receipt["customer_id"] == invoice["customer_id"]


def test_the_parts_of_an_agreement_sum_to_what_was_agreed_and_its_invoices_are_the_customers(
    books: Books,
) -> None:
    parts = books.by("agreement_instalment", "agreement_id")
    owners = {row["invoice_id"]: row["customer_id"] for row in books.good["invoice"]}
    for row in books.good["agreement"]:
        total = sum(money(part["amount"]) for part in parts[row["agreement_id"]])
        assert total == money(row["closed_amount"])
        assert {owners[number] for number in row["invoice_ids"].split(";")} == {row["customer_id"]}


def test_nothing_but_what_is_yet_to_come_is_dated_after_the_last_day(
    books: Books, until: date
) -> None:
    for table in contract.tables().values():
        dated = [column for column in table.columns if column.type in ("date", "timestamp")]
        for column in dated:
            if (table.name, column.name) not in MAY_LIE_AHEAD:
                latest = max(row[column.name] for row in books.good[table.name])
                assert latest[:10] <= until.isoformat(), (table.name, column.name)


@pytest.mark.parametrize("file_format, invoices, because", [
    ("csv", 125_000, "several row groups: threads have a chance to race"),
    ("parquet", 6_000, "one thread writes"),
])
def test_the_same_arguments_give_the_same_bytes(
    tmp_path: Path, file_format: FileFormat, invoices: int, because: str
) -> None:
    for name in ("once", "again"):
        demo_erp.write(
            tmp_path / name, until=date(2025, 6, 30), invoices=invoices, file_format=file_format
        )
    once, again = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}
        for name in ("once", "again")
    )
    assert once == again, because
    assert len(once) == len(contract.tables()) + 1


def test_another_seed_gives_another_company(books: Books, tmp_path: Path, until: date) -> None:
    demo_erp.write(tmp_path / "erp", until=until, seed=8)
    other = demo_books.read(tmp_path / "erp")
    assert other.good["invoice"] != books.good["invoice"]
    assert other.good["customer"] != books.good["customer"]


@pytest.mark.parametrize("until, invoices, customers, seed, because", [
    (date(2025, 11, 20), 200, 10, 7, "the smallest that is allowed"),
    (date(2024, 2, 29), 333, 11, 1, "a leap day, an odd number of invoices"),
    (date(2025, 8, 31), 500, 37, 2, "a Sunday that ends a month"),
    (date(2026, 1, 1), 700, 120, 3, "a holiday at the start of a year"),
    (date(2025, 3, 2), 200, 400, 4, "more customers than invoices"),
])
def test_the_books_tie_at_any_size_and_on_any_day(
    tmp_path: Path, until: date, invoices: int, customers: int, seed: int, because: str
) -> None:
    demo_erp.write(
        tmp_path / "erp", until=until, invoices=invoices, customers=customers, seed=seed
    )
    books = demo_books.read(tmp_path / "erp")
    assert len(books.good["customer"]) == customers
    assert demo_books.open_amounts(books) == {
        (row["invoice_id"], row["instalment_no"]): money(row["open_amount"])
        for row in books.good["instalment"]
    }, because
    last = [r for r in books.good["ledger_balance"] if r["balance_date"] == until.isoformat()]
    for row in last:
        assert money(row["amount"]) == demo_books.control_account(
            books, legal_entity_id=row["legal_entity_id"], currency=row["currency"],
            day=row["balance_date"],
        ), because
    assert {row["legal_entity_id"] for row in last} == {"BR", "DE", "FR"}
    for table in ("dispute", "promise", "agreement", "hold"):
        assert books.good[table], (table, because)
