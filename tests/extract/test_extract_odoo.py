"""Odoo 16 to 18: what stands on its receivable accounts, landed, balanced and tied to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from erp_source import ROWS, Books, Erp, Tables, books, erp

ENTITIES = ("1", "3")
MODERN = ["every version", "18", "for delivery_refs"]
CLASSIC = ["every version", "16 and 17", "for delivery_refs"]
BRANCHLESS = "alter table res_company drop column parent_path;"


def rows(name: str) -> str:
    return (ROWS / name).read_text()


@pytest.fixture(scope="module")
def odoo() -> Iterator[Erp]:
    """Odoo 18."""
    with erp("odoo", [rows("odoo_18.sql")], grants=MODERN, entities=ENTITIES) as found:
        yield found


@pytest.fixture(scope="module")
def odoo_16() -> Iterator[Erp]:
    """Odoo 16: as 17, but a company has no branches."""
    with erp("odoo", [rows("odoo_18.sql"), rows("odoo_16.sql"), BRANCHLESS], grants=CLASSIC,
             entities=("1", "2", "3")) as found:
        yield found


@pytest.fixture(scope="module")
def odoo_17() -> Iterator[Erp]:
    with erp("odoo", [rows("odoo_18.sql"), rows("odoo_16.sql")], grants=CLASSIC,
             entities=ENTITIES) as found:
        found.grant("select (parent_path) on res_company")
        yield found


@pytest.fixture(scope="module")
def landed(odoo: Erp, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return odoo.landed(tmp_path_factory.mktemp("landed"))


@pytest.fixture(scope="module")
def landed_16(odoo_16: Erp, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return odoo_16.landed(tmp_path_factory.mktemp("landed"))


@pytest.fixture(scope="module")
def landed_17(odoo_17: Erp, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return odoo_17.landed(tmp_path_factory.mktemp("landed"))


@pytest.fixture(scope="module")
def night(odoo: Erp, tmp_path_factory: pytest.TempPathFactory) -> Books:
    with pytest.MonkeyPatch.context() as patch:
        return books(odoo, tmp_path_factory.mktemp("odoo"), "2026-03-31", patch)


OPEN = [
    # invoice, part, due, currency, open, in transit, because
    ("100", 2, "2026-03-31", "EUR", "50", "0", "150 of 300 paid the first part and half of this one"),
    ("100", 3, "2026-04-30", "EUR", "100", "0", "the last of three parts"),
    ("105", 1, "2026-03-05", "EUR", "70", "0", "50 of a credit note of 80 were set against 120"),
    ("112", 1, "2026-03-20", "EUR", "75", "0", "its payment was un-reconciled, another cancelled"),
    ("113", 1, "2026-03-20", "EUR", "60", "60", "70 were paid and have no entry yet: Odoo says paid"),
    ("113", 2, "2026-04-20", "EUR", "60", "10", "the rest of those 70"),
    ("120", 1, "2026-03-01", "EUR", "85", "0", "its payment bounced"),
    ("123", 1, "2026-03-01", "EUR", "33", "0", "blocked, and owed all the same"),
    ("124", 1, "2026-03-01", "EUR", "44", "0", "a branch's invoice is owed to the legal entity"),
    ("127", 1, "2026-03-01", "EUR", "100", "0", "the invoice's other part is negative: a credit"),
    ("129", 1, "2026-03-01", "EUR", "50", "0", "a credit note in dollars paid 50 of 100"),
    ("131", 1, "2026-03-03", "JPY", "9001", "0", "yen have no cents"),
    ("line-1151", 1, "2025-12-31", "EUR", "1000", "0", "opening balance: owed, and no invoice"),
    ("line-1261", 1, "2026-03-30", "EUR", "12", "0", "point of sale: nobody's, and in the ledger"),
]

CREDITS = [
    # kind, document, customer, currency, amount, because
    ("credit_note", "104", "10", "EUR", "-30", "50 of 80 are used"),
    ("credit_note", "line-1152", "10", "EUR", "-200", "opening credit"),
    ("credit_note", "line-1272", "30", "EUR", "-20", "negative part of an invoice"),
    ("unapplied_receipt", "line-1111", "20", "EUR", "-75", "un-reconciled money is there still"),
    ("unapplied_receipt", "line-1441", "10", "USD", "-110", "220 of 330 dollars paid an invoice in euro"),
]


@pytest.mark.slow
def test_the_night_finds_what_odoo_says_is_open(night: Books) -> None:
    found = night.rows("1", "open_item", "invoice_id, instalment_no, due_date, currency, "
                                         "open_amount, in_transit_amount, data_hold_reason")
    assert found == [
        (invoice, part, date.fromisoformat(due), currency, Decimal(amount), Decimal(transit), None)
        for invoice, part, due, currency, amount, transit, _ in OPEN
    ]
    assert night.rows("3", "open_item", "invoice_id, currency, open_amount") == [
        ("125", "USD", Decimal(500))
    ]


@pytest.mark.slow
def test_the_night_finds_what_stands_to_the_customers_credit(night: Books) -> None:
    assert night.rows("1", "credit_item", "kind, document_id, customer_id, currency, amount") == [
        (kind, document, customer, currency, Decimal(amount))
        for kind, document, customer, currency, amount, _ in CREDITS
    ]


@pytest.mark.slow
@pytest.mark.parametrize("entity", ENTITIES)
def test_nothing_that_odoo_writes_is_refused(night: Books, entity: str) -> None:
    assert night.rows(entity, "quarantine", "source_table, row_key, reason_code") == []


VERSIONS = [("odoo", "landed"), ("odoo_17", "landed_17"), ("odoo_16", "landed_16")]


@pytest.mark.parametrize("version, tables", VERSIONS, ids=[row[0] for row in VERSIONS])
def test_open_items_are_the_receivable_accounts(
    version: str, tables: str, request: pytest.FixtureRequest
) -> None:
    proof = request.getfixturevalue(version).proof()
    assert [row[-1] for row in proof] == [0] * len(proof)
    ledger = {(row[0], row[1]): row[-2] for row in proof}
    newest = {
        (row["legal_entity_id"], row["account"]): Decimal(row["amount"])
        for row in request.getfixturevalue(tables)["ledger_balance"]  # in the order of their days
    }
    assert newest == ledger
    assert ledger[("1", "411100")] == 12
    assert ledger[("3", "121000")] == 500


DOCUMENTS = [
    # document | landed | because
    ("100", ("10", "invoice", "EUR", "300.00", "posted"), "addressed to a child of customer 10"),
    ("107", ("20", "credit_note", "EUR", "60", "posted"), "reverses an invoice whole"),
    ("108", None, "a draft is owed by nobody"),
    ("109", ("20", "invoice", "EUR", "45", "cancelled"), "was posted once"),
    ("110", None, "was never posted"),
    ("line-1171", None, "a write-off is no credit note"),
    ("118", ("30", "credit_note", "EUR", "25", "posted"), "paid out"),
    ("line-1191", ("30", "debit_note", "EUR", "25", "posted"), "the money of that refund"),
    ("line-1221", ("20", "debit_note", "EUR", "85", "posted"), "the bounced payment"),
    ("line-1431", None, "an exchange difference has no amount in dollars"),
    ("128", None, "nothing is owed on an invoice of zero"),
]


@pytest.mark.parametrize("document, expected, because", DOCUMENTS, ids=[row[2] for row in DOCUMENTS])
def test_a_document(
    document: str, expected: tuple[str, ...] | None, because: str, landed: Tables
) -> None:
    found = {
        row["invoice_id"]: tuple(row[name] for name in (
            "customer_id", "document_type", "currency", "gross_amount", "status"))
        for row in landed["invoice"]
    }
    assert found.get(document) == expected


RECEIPTS = [
    # receipt, customer, currency, amount, because
    ("line-1111", "20", "EUR", "75", "on account"),
    ("line-1211", "20", "EUR", "85", "bounced later"),
    ("line-1411", "10", "EUR", "150", "pays two parts"),
    ("line-1421", "10", "USD", "110", "at another rate than the invoice"),
    ("line-1441", "10", "USD", "110", "what is left of 330 dollars"),
    ("line-1441/EUR", "10", "EUR", "200", "what the other 220 dollars paid"),
    ("line-1451", "10", "EUR", "490", "money only: 10 of 500 were let go"),
    ("line-1461", "30", "EUR", "65", "on the outstanding receipts account, not at the bank yet"),
]

ALLOCATIONS = [
    # allocation, invoice, part, source, amount, because
    ("1", "100", "1", "receipt", "line-1411", "100", "oldest part first, as Odoo does"),
    ("10", "116", "1", "write_off", "line-1171", "55", "bad debt"),
    ("11", "line-1191", "1", "credit_note", "118", "25", "a refund paid out"),
    ("12", "line-1221", "1", "receipt", "line-1211", "85", "a bounced payment"),
    ("13", "129", "1", "write_off", "130", "50", "a credit note in dollars, in the invoice's euro"),
    ("13/credit", "130", "1", "write_off", "129", "55", "and on the credit note, in dollars"),
    ("2", "100", "2", "receipt", "line-1411", "50", "a part paid in part"),
    ("3", "101", "1", "receipt", "line-1421", "110", "the exchange difference sets off no dollars"),
    ("5", "102", "1", "receipt", "line-1441/EUR", "200", "dollars for euro"),
    ("6", "103", "1", "receipt", "line-1451", "490", "the money"),
    ("6/write_off", "103", "1", "write_off", "line-1451", "10", "the small difference"),
    ("7", "105", "1", "credit_note", "104", "50", "part of a credit note"),
    ("8", "106", "1", "credit_note", "107", "60", "a reversal"),
    ("9", "114", "1", "receipt", "line-1461", "65", "in payment"),
]


def test_receipts_and_what_they_were_set_against(landed: Tables) -> None:
    assert [
        tuple(row[name] for name in ("receipt_id", "customer_id", "currency", "amount"))
        for row in landed["receipt"]
    ] == [row[:-1] for row in RECEIPTS]
    assert [
        tuple(row[name] for name in (
            "allocation_id", "invoice_id", "instalment_no", "source_type", "source_id", "amount"))
        for row in landed["allocation"]
    ] == [row[:-1] for row in ALLOCATIONS]


def test_a_customer_is_a_commercial_partner_in_each_legal_entity_where_it_has_items(
    landed: Tables,
) -> None:
    customers = {(row["legal_entity_id"], row["customer_id"]): row for row in landed["customer"]}
    assert sorted(customers) == [("1", "0"), ("1", "10"), ("1", "20"), ("1", "30"), ("3", "10")]
    muster = customers["1", "10"]
    assert [muster[name] for name in (
        "name", "country", "language", "tax_id", "parent_customer_id", "salesperson_name",
        "salesperson_email", "credit_limit_amount", "is_dunning_blocked",
    )] == ["Muster GmbH", "DE", "de-DE", "DE129273398", "9", "Sara Seller", "sara@alpha.example",
           "5000.0", "false"]
    assert customers["3", "10"]["credit_limit_amount"] == "700.5"
    private = customers["1", "20"]
    assert [private[name] for name in ("country", "language", "tax_id")] == ["ZZ", "sr-Cyrl", None]
    assert [customers["1", "30"][name] for name in ("country", "is_active")] == ["GB", "false"]
    assert customers["1", "0"]["is_dunning_blocked"] == "true"


def test_bills_go_to_the_invoice_address(landed: Tables) -> None:
    assert [
        tuple(row[name] for name in ("contact_id", "role", "email", "is_active"))
        for row in landed["contact"] if row["legal_entity_id"] == "1"
    ] == [
        ("10", "operations", "info@muster.example", "true"),
        ("11", "accounts_payable", "bills@muster.example", "true"),
        ("12", "operations", "eva@muster.example", "false"),
        ("20", "accounts_payable", "jo@private.example", "true"),
        ("30", "accounts_payable", None, "false"),
    ]


def test_an_invoice_says_what_was_sold_ordered_and_delivered(landed: Tables) -> None:
    (invoice,) = [row for row in landed["invoice"] if row["invoice_id"] == "100"]
    assert [invoice[name] for name in (
        "invoice_number", "issue_date", "posting_date", "description", "purchase_order_ref",
        "delivery_refs", "payment_reference", "updated_at",
    )] == ["INV/100", "2026-01-31", "2026-02-01", "Desk; Chair", "PO-77", "WH/OUT/1;WH/OUT/2",
           "RF18 100", "2026-03-31T20:15:00.500000Z"]


def test_rates_are_the_first_companys_and_else_the_shared_ones(landed: Tables) -> None:
    rates = {
        (row["rate_date"], row["from_currency"], row["to_currency"]): row["rate"]
        for row in landed["exchange_rate"]
    }
    assert {day for day, *_ in rates} == {"2026-01-01", "2026-02-01", "2026-03-01"}
    assert rates["2026-03-01", "USD", "EUR"] == "0.8000000000"
    assert rates["2026-02-01", "JPY", "EUR"] == "0.0062500000"
    assert rates["2026-03-01", "USD", "JPY"] == "128.0000000000", "160 yen for 1.25 dollars"


DISPUTES = [
    # version, invoice -> disputed amount (none: all of it), because
    ("landed", {"123": None}, "18 blocks invoices"),
    ("landed_17", {"123": None, "100": "50"}, "17 blocks items: here one part of three"),
    ("landed_16", {"123": None, "100": "50"}, "16 does, too"),
]


@pytest.mark.parametrize("version, disputes, because", DISPUTES, ids=[row[0] for row in DISPUTES])
def test_what_somebody_blocked_is_disputed(
    version: str, disputes: dict[str, str | None], because: str, request: pytest.FixtureRequest
) -> None:
    found = request.getfixturevalue(version)["dispute"]
    assert {row["invoice_id"]: row["amount"] for row in found} == disputes


SAME = ["contact", "customer", "invoice", "receipt", "allocation", "ledger_balance",
        "exchange_rate"]


@pytest.mark.parametrize("name", SAME)
def test_17_gives_what_18_gives(name: str, landed: Tables, landed_17: Tables) -> None:
    assert [plain(row) for row in landed_17[name]] == [plain(row) for row in landed[name]]
    assert landed[name] != []


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose credit limit is a number: 5000.0 is 5000."""
    limit = row.get("credit_limit_amount")
    return row | {"credit_limit_amount": limit and Decimal(limit)}


def test_in_16_and_17_every_payment_has_its_entry(landed_17: Tables) -> None:
    instalments = landed_17["instalment"]
    assert {row["in_transit_amount"] for row in instalments} == {None}
    assert ("113", "2", "60") in {
        (row["invoice_id"], row["instalment_no"], row["open_amount"]) for row in instalments
    }


def test_in_16_a_company_below_another_is_a_legal_entity(landed_16: Tables) -> None:
    invoices = {row["invoice_id"]: row["legal_entity_id"] for row in landed_16["invoice"]}
    assert invoices["124"] == "2"
    assert ("2", "20") in {
        (row["legal_entity_id"], row["customer_id"]) for row in landed_16["customer"]
    }


def test_without_sales_and_inventory_there_are_no_delivery_notes(tmp_path: Path) -> None:
    without = "drop table stock_picking; drop table sale_order_line_invoice_rel;"
    with erp("odoo", [rows("odoo_18.sql"), without], grants=MODERN[:2],
             entities=ENTITIES) as found:
        invoices = found.landed(tmp_path)["invoice"]
    assert len(invoices) == 28
    assert {row["delivery_refs"] for row in invoices} == {None}


FORBIDDEN = [
    # statement | because
    ("select password from res_users", "passwords"),
    ("select comment from res_partner", "notes about people"),
    ("delete from account_partial_reconcile returning id", "it only reads"),
]


@pytest.mark.parametrize("statement, because", FORBIDDEN, ids=[row[1] for row in FORBIDDEN])
def test_the_role_of_the_readme_can_do_no_more(statement: str, because: str, odoo: Erp) -> None:
    with pytest.raises(sqlalchemy.exc.DBAPIError, match=r"permission denied|read-only"):
        odoo.ask(statement, as_reader=True)
