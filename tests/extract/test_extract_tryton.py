"""Tryton 7 and 8: what stands on its receivable accounts, landed, balanced and tied to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy
from erp_source import ROWS, Books, Erp, Tables, books, erp

ENTITIES = ("1", "2")
MODULES = ["for payments under way", "for disputes", "for delivery_refs"]


@pytest.fixture(scope="module")
def tryton() -> Iterator[Erp]:
    """Tryton 8."""
    script = (ROWS / "tryton_8.sql").read_text()
    with erp("tryton", [script], grants=["every version", "8", *MODULES],
             entities=ENTITIES) as found:
        yield found


@pytest.fixture(scope="module")
def tryton_7() -> Iterator[Erp]:
    scripts = [(ROWS / name).read_text() for name in ("tryton_8.sql", "tryton_7.sql")]
    with erp("tryton", scripts, grants=["every version", "7", *MODULES],
             entities=ENTITIES) as found:
        yield found


@pytest.fixture(scope="module")
def landed(tryton: Erp, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return tryton.landed(tmp_path_factory.mktemp("landed"))


@pytest.fixture(scope="module")
def night(tryton: Erp, tmp_path_factory: pytest.TempPathFactory) -> Books:
    with pytest.MonkeyPatch.context() as patch:
        return books(tryton, tmp_path_factory.mktemp("tryton"), "2026-03-31", patch)


OPEN = [
    # invoice, part, due, customer, currency, open, in transit, because
    ("17", 1, "2026-03-01", "3", "USD", "100", "50",
     "20 are submitted, 30 succeeded and not booked; failed and draft payments are none"),
    ("2", 1, "2026-03-01", "2", "EUR", "180", "0", "120 of 300 euro paid, in a company of dollars"),
    ("20", 1, "2026-03-01", "3", "USD", "33", "0", "its dunning is blocked; owed all the same"),
    ("3", 1, "2026-02-21", "2", "USD", "70", "0", "a payment of 30: the oldest part first"),
    ("3", 2, "2026-03-13", "2", "USD", "100", "0", "the other half, by the payment term"),
    ("30/4", 1, "2026-03-01", "4", "USD", "64", "0", "delegated: another party owes it now"),
    ("32", 1, "2026-03-01", "2", "EUR", "27", "0", "20 dollars are 18 of 45 euro, at its rate"),
    ("15", 1, "2026-05-31", "3", "USD", "5", "0", "rescheduled from one part of 10 into two of 5"),
    ("15", 2, "2026-06-30", "3", "USD", "5", "0", "the second of them"),
    ("36", 2, "2026-04-30", "3", "USD", "20", "0", "its rescheduling was un-reconciled: 40 are owed"),
    ("36", 3, "2026-05-31", "3", "USD", "20", "0", "and not 80: what replaced a part stays"),
    ("37/4", 1, "2026-03-01", "4", "USD", "15", "0", "un-reconciled, and delegated all the same"),
    ("line-120", 1, "2025-12-31", "3", "USD", "1000", "0", "opening balance: owed, and no invoice"),
    ("line-128", 1, "2026-03-03", "3", "USD", "12", "0", "money paid back, set against nothing"),
    ("line-2001", 1, "2026-03-10", "0", "USD", "5", "0", "nobody's, and in the ledger"),
]

CREDITS = [
    # kind, document, customer, currency, amount, because
    ("credit_note", "38/4", "4", "USD", "-8", "a credit note, delegated and un-reconciled"),
    ("credit_note", "7", "3", "USD", "-80", "an invoice below zero"),
    ("credit_note", "line-122", "2", "USD", "-200", "opening credit"),
    ("unapplied_receipt", "line-126", "3", "USD", "-33", "on account"),
    ("unapplied_receipt", "line-70", "3", "USD", "-10", "110 were paid for 100"),
]


@pytest.mark.slow
def test_the_night_finds_what_tryton_says_is_open(night: Books) -> None:
    found = night.rows("1", "open_item", "invoice_id, instalment_no, due_date, customer_id, "
                                         "currency, open_amount, in_transit_amount, "
                                         "data_hold_reason")
    assert found == sorted(
        (invoice, part, date.fromisoformat(due), customer, currency, Decimal(amount),
         Decimal(transit), None)
        for invoice, part, due, customer, currency, amount, transit, _ in OPEN
    )
    assert night.rows("2", "open_item", "invoice_id, currency, open_amount") == [
        ("31", "EUR", Decimal(77))
    ]


@pytest.mark.slow
def test_the_night_finds_what_stands_to_the_customers_credit(night: Books) -> None:
    assert night.rows("1", "credit_item", "kind, document_id, customer_id, currency, amount") == [
        (kind, document, customer, currency, Decimal(amount))
        for kind, document, customer, currency, amount, _ in CREDITS
    ]


@pytest.mark.slow
@pytest.mark.parametrize("entity", ENTITIES)
def test_nothing_that_tryton_writes_is_refused(night: Books, entity: str) -> None:
    assert night.rows(entity, "quarantine", "source_table, row_key, reason_code") == []


def test_open_items_are_the_receivable_accounts(tryton: Erp, landed: Tables) -> None:
    proof = tryton.proof()
    assert [row[-1] for row in proof] == [0, 0]
    ledger = {(row[0], row[1]): row[-2] for row in proof}
    assert ledger == {("1", "1.2.1"): Decimal("1389.67"), ("2", "1400"): 77}
    newest = {
        (row["legal_entity_id"], row["account"]): Decimal(row["amount"])
        for row in landed["ledger_balance"]  # in the order of their days
    }
    assert newest == ledger


DOCUMENTS = [
    # document | expected | because
    ("3", ("2", "invoice", "USD", "200.00", "posted", None), "two parts"),
    ("8", ("3", "invoice", "USD", "60.00", "posted", None), "refunded: its credit note sets it off"),
    ("11", ("3", "credit_note", "USD", "60.00", "posted", None), "that credit note"),
    ("12", None, "a draft is owed by nobody"),
    ("13", ("3", "invoice", "USD", "45.00", "cancelled", "2026-02-01"), "cancelled after posting"),
    ("line-90", None, "a move that only cancels is no document"),
    ("15", ("3", "invoice", "USD", "10.00", "posted", None), "rescheduling changes no amount"),
    ("39", ("3", "invoice", "USD", "30", "cancelled", "2026-03-08"), "with its rescheduling"),
    ("line-2193", None, "what rescheduled a cancelled invoice is no credit note"),
    ("30", None, "nothing of it is left to its first debtor"),
    ("line-60", None, "a write-off is no credit note"),
    ("line-17", None, "an exchange difference is none, either"),
    ("line-2031", None, "a draft move is in no ledger"),
]


@pytest.mark.parametrize("document, expected, because", DOCUMENTS, ids=[row[2] for row in DOCUMENTS])
def test_a_document(
    document: str, expected: tuple[str, ...] | None, because: str, landed: Tables
) -> None:
    found = {
        row["invoice_id"]: tuple(row[name] for name in (
            "customer_id", "document_type", "currency", "gross_amount", "status", "cancelled_on"))
        for row in landed["invoice"]
    }
    assert found.get(document) == expected


def test_a_rescheduled_invoice_keeps_its_day(landed: Tables) -> None:
    (invoice,) = [row for row in landed["invoice"] if row["invoice_id"] == "15"]
    assert (invoice["posting_date"], invoice["due_date"]) == ("2026-02-01", "2026-06-30")


ALLOCATIONS = [
    # allocation, invoice, part, source, day, amount, because
    ("133-137", "18", "1", "credit_note", "19", "2026-03-04", "20", "one reconciliation of three"),
    ("133-138", "18", "1", "receipt", "line-138", "2026-03-04", "50", "the money in it"),
    ("2071-2081", "33", "1", "receipt", "line-2081", "2026-02-21", "95", "95 of 100 euro"),
    ("2071-rest", "33", "1", "write_off", "reconciliation-51", "2026-02-21", "5",
     "5 euro, written off in dollars"),
    ("2101-2111", "34", "1", "write_off", "35", "2026-02-06", "9", "a credit note in dollars"),
    ("2111-rest", "35", "1", "write_off", "reconciliation-52", "2026-02-06", "10",
     "and that credit note, used up"),
    ("43-46", "4", "1", "receipt", "line-46", "2026-02-15", "100", "paid whole"),
    ("51-58", "5", "1", "receipt", "line-58", "2026-02-15", "490", "the money"),
    ("51-60", "5", "1", "write_off", "line-60", "2026-02-15", "10", "the write-off"),
    ("6-15", "1", "1", "receipt", "line-15", "2026-02-15", "400",
     "euro for euro, on the day of the payment, whatever the exchange difference"),
    ("65-69", "6", "1", "receipt", "line-69", "2026-02-15", "100", "100 of 110"),
    ("79-83", "8", "1", "credit_note", "11", "2026-02-01", "60", "a refund"),
    ("95-140", "14", "1", "receipt", "line-140/EUR", "2026-02-15", "90", "dollars for euro"),
    ("line-114", "16", None, "receipt", "line-114", "2026-02-25", "75",
     "un-reconciled: the payment is the invoice's still"),
    ("line-2061", "32", None, "receipt", "line-2061/EUR", "2026-02-20", "18", "dollars, in part"),
    ("line-2133", "36", None, "write_off", "line-2133", "2026-03-07", "40",
     "what rescheduling took off, un-reconciled"),
    ("line-2151", "37", None, "write_off", "line-2151", "2026-03-07", "15", "and delegating"),
    ("line-2171", "38", None, "write_off", "line-2171", "2026-03-07", "8", "also of a credit note"),
    ("line-25", "2", None, "receipt", "line-25", "2026-02-15", "120", "a part payment"),
    ("line-38", "3", None, "receipt", "line-38", "2026-02-10", "30", "for the oldest part"),
]


def test_what_was_set_against_what(landed: Tables) -> None:
    assert [
        (*(row[name] for name in (
            "allocation_id", "invoice_id", "instalment_no", "source_type", "source_id",
            "allocation_date")), Decimal(row["amount"]))
        for row in landed["allocation"]
    ] == [(*row[:-2], Decimal(row[-2])) for row in ALLOCATIONS]


def test_every_receipt_is_as_much_as_it_paid_and_left(landed: Tables) -> None:
    used: dict[str, Decimal] = {}
    for row in landed["allocation"]:
        if row["source_type"] == "receipt":
            used[row["source_id"]] = used.get(row["source_id"], Decimal(0)) + Decimal(row["amount"])
    rest = {
        row["receipt_id"]: Decimal(row["amount"]) - used.get(row["receipt_id"], Decimal(0))
        for row in landed["receipt"]
    }
    assert used.keys() <= rest.keys()
    assert {receipt: amount for receipt, amount in rest.items() if amount} == {
        "line-70": 10, "line-126": 33,
    }


def test_customers_and_their_mailboxes(landed: Tables) -> None:
    customers = {(row["legal_entity_id"], row["customer_id"]): row for row in landed["customer"]}
    assert sorted(customers) == [("1", "0"), ("1", "2"), ("1", "3"), ("1", "4"), ("2", "2")]
    assert [customers["1", "2"][name] for name in (
        "name", "country", "language", "tax_id", "credit_limit_amount", "is_dunning_blocked",
    )] == ["Muster GmbH", "DE", "de", "DE129273398", "5000", "false"]
    assert customers["2", "2"]["credit_limit_amount"] is None, "the limit is the first company's"
    assert (customers["1", "3"]["country"], customers["1", "4"]["name"]) == ("ZZ", "P4")
    assert customers["1", "0"]["is_dunning_blocked"] == "true"
    assert [
        tuple(row[name] for name in (
            "contact_id", "role", "name", "email", "phone", "postal_address"))
        for row in landed["contact"] if row["legal_entity_id"] == "1"
    ] == [
        ("1", "operations", "Muster GmbH", "info@muster.example", "+4930123456",
         "Ring 1, 10115 Berlin, DE"),
        ("2", "accounts_payable", "Bills", "bills@muster.example", "+4930123456",
         "Ring 1, 10115 Berlin, DE"),
    ]


def test_what_was_ordered_delivered_and_blocked(landed: Tables) -> None:
    (invoice,) = [row for row in landed["invoice"] if row["invoice_id"] == "3"]
    assert [invoice[name] for name in (
        "invoice_number", "description", "purchase_order_ref", "delivery_refs",
    )] == ["3", "Desk", "PO-77", "S-1;S-2"]
    assert [(row["invoice_id"], row["amount"], row["opened_on"]) for row in landed["dispute"]] == [
        ("20", None, "2026-03-20")
    ]


def test_rates_are_there_both_ways(landed: Tables) -> None:
    assert [
        tuple(row[name] for name in ("rate_date", "from_currency", "to_currency", "rate"))
        for row in landed["exchange_rate"]
    ] == [
        ("2026-01-01", "EUR", "USD", "1.2500000000"),
        ("2026-01-01", "USD", "EUR", "0.8000000000"),
        ("2026-02-01", "EUR", "USD", "1.1111111111"),
        ("2026-02-01", "USD", "EUR", "0.9000000000"),
    ]


def test_7_gives_what_8_gives(
    tryton_7: Erp, landed: Tables, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert tryton_7.landed(tmp_path_factory.mktemp("landed")) == landed
    assert [row[-1] for row in tryton_7.proof()] == [0, 0]


def test_modules_that_are_not_installed_are_not_missed(
    tmp_path_factory: pytest.TempPathFactory, landed: Tables
) -> None:
    without = """
        drop table account_payment, account_dunning, party_party_credit_limit_amount, stock_move,
            stock_shipment_out, "account_invoice_line-stock_move"
    """
    script = (ROWS / "tryton_8.sql").read_text()
    with erp("tryton", [script, without], grants=["every version", "8"],
             entities=ENTITIES) as found:
        bare = found.landed(tmp_path_factory.mktemp("landed"))
    assert bare["dispute"] == []
    assert {row["in_transit_amount"] for row in bare["instalment"]} == {None}
    assert {row["delivery_refs"] for row in bare["invoice"]} == {None}
    assert {row["credit_limit_amount"] for row in bare["customer"]} == {None}
    assert bare["allocation"] == landed["allocation"]


def test_the_role_of_the_readme_can_do_no_more(tryton: Erp) -> None:
    with pytest.raises(sqlalchemy.exc.DBAPIError, match=r"permission denied|read-only"):
        tryton.ask("delete from account_move_line returning id", as_reader=True)
