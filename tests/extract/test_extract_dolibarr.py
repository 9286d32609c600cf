"""Dolibarr 18 to 21, as its own tables have it: what is landed, and what is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from erp_database import Nights, erp_database, execute, granted, proof

PROOF = "dolibarr/proof/open_items_equal_receivables_accounts.sql"


@pytest.fixture(scope="module")
def dolibarr_url() -> Iterator[str]:
    with erp_database("dolibarr") as url:
        yield url


def nights_on(url: str, home: Path) -> Nights:
    return Nights(home, url, "dolibarr", {"1": "EUR", "2": "USD"}, date(2026, 3, 31))


@pytest.fixture(scope="module")
def nights(dolibarr_url: str, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    return nights_on(dolibarr_url, tmp_path_factory.mktemp("dolibarr"))


OPEN_ITEMS = [
    # invoice, due, currency, amount, open | because
    ("FA-1", "2026-02-05", "EUR", "1000", "600", "paid in part"),
    ("FA-2", "2026-02-06", "USD", "550", "440", "written and paid in USD"),
    ("FA-5", "2026-02-09", "EUR", "200", "200", "replaces FA-4"),
    ("FA-7", "2026-02-10", "EUR", "300", "200", "a credit note was used as payment"),
    ("FA-9", "2026-03-01", "EUR", "750", "750", "its deposit is a line of it already"),
    ("FA-14", "2026-02-16", "EUR", "90", "80", "the excess of another invoice was used"),
    ("FA-17", "2026-02-19", "USD", "70", "70", "another entity"),
    ("FA-18", "2026-02-20", "EUR", "500.1", "500.1", "a situation invoice; a float in cents"),
]


def test_what_is_open_is_what_dolibarr_says_remains_to_pay(nights: Nights) -> None:
    assert nights.read(
        "open_item", "invoice_number", "due_date", "currency", "original_amount", "open_amount"
    ) == sorted(row[:-1] for row in OPEN_ITEMS)
    assert nights.read("quarantine", "*") == []


CREDITS = [
    # kind, document, currency, amount | because
    ("credit_note", "6", "EUR", "-50", "made a discount that waits to be used"),
    ("credit_note", "21", "EUR", "-35", "not used at all"),
]


def test_what_waits_to_be_used_is_the_customers_credit(nights: Nights) -> None:
    assert nights.read("credit_item", "kind", "document_id", "currency", "amount") == sorted(
        row[:-1] for row in CREDITS
    )


def test_an_allocation_says_what_settled_a_document(nights: Nights) -> None:
    because = {
        ("1", "receipt", "1 / 1 / EUR", "2026-02-10", "400"): "a payment in part",
        ("2", "receipt", "2 / 1 / USD", "2026-02-11", "110"): "in the invoice's currency",
        ("7", "credit_note", "6", "2026-01-21", "100"): "a credit note",
        ("8", "receipt", "3 / 1 / EUR", "2026-01-12", "250"): "a deposit is an invoice, and paid",
        ("10", "receipt", "4 / 1 / EUR", "2026-02-09", "30"): "a bad customer paid in part",
        ("10", "write_off", "close badcustomer", "2026-03-10", "50"): "and the rest was given up",
        ("11", "write_off", "close abandon", "2026-03-11", "60"): "abandoned",
        ("12", "receipt", "5 / 1 / EUR", "2026-02-09", "98"): "paid early",
        ("12", "write_off", "close discount_vat", "2026-02-10", "2"): "with a discount",
        ("13", "receipt", "6 / 1 / EUR", "2026-02-11", "110"): "too much",
        ("14", "write_off", "discount 4", "2026-02-11", "10"): "which was used here",
        ("15", "write_off", "7", "2026-02-12", "40"): "a credit note that was paid out",
        ("19", "receipt", "8 / 2 / EUR", "2026-02-13", "25"): "one payment for two customers",
        ("20", "receipt", "8 / 1 / EUR", "2026-02-13", "15"): "is a receipt of each",
    }
    assert nights.landed(
        "allocation", "invoice_id", "source_type", "source_id", "allocation_date", "amount"
    ) == set(because)


def test_a_receipt_is_what_a_payment_was_set_against(nights: Nights) -> None:
    assert nights.landed("receipt", "receipt_id", "customer_id", "amount", "reference") == {
        ("1 / 1 / EUR", "1", "400", "VIR 77"), ("2 / 1 / USD", "1", "110", "PAY-2"),
        ("3 / 1 / EUR", "1", "250", "PAY-3"), ("4 / 1 / EUR", "1", "30", "PAY-4"),
        ("5 / 1 / EUR", "1", "98", "PAY-5"), ("6 / 1 / EUR", "1", "110", "PAY-6"),
        ("8 / 2 / EUR", "2", "25", "PAY-8"), ("8 / 1 / EUR", "1", "15", "PAY-8"),
    }


def test_documents_keep_their_type_and_status(nights: Nights) -> None:
    documents = nights.landed(
        "invoice", "invoice_number", "legal_entity_id", "document_type", "dolibarr_type", "status",
        "gross_amount", "instrument_type",
    )
    assert len(documents) == 19
    assert not [row for row in documents if row[0] in ("(PROV3)", "PF-16")]
    assert {
        ("FA-1", "1", "invoice", "standard", "posted", "1000", "transfer"),
        ("FA-4", "1", "invoice", "standard", "cancelled", "190", None),
        ("FA-5", "1", "invoice", "replacement", "posted", "200", None),
        ("AV-6", "1", "credit_note", "credit note", "posted", "150", None),
        ("AC-8", "1", "invoice", "deposit", "posted", "250", None),
        ("FA-13", "1", "invoice", "standard", "posted", "110", None),
    } <= documents
    assert ("1", "PO-1", "Pump, Hose, 5 m") in nights.landed(
        "invoice", "invoice_id", "purchase_order_ref", "description"
    )


def test_customers_and_contacts_come_with_each_entity(nights: Nights) -> None:
    assert nights.landed(
        "customer", "customer_id", "legal_entity_id", "name", "country", "language",
        "parent_customer_id", "salesperson_name", "credit_limit_amount", "payment_terms_days",
    ) == {
        ("1", "1", "Café du Nord", "FR", "fr-FR", None, "Ana Silva", "5000", "30"),
        ("1", "2", "Café du Nord", "FR", "fr-FR", None, "Ana Silva", "5000", "30"),
        ("2", "1", "Nord Filiale", "DE", None, "1", None, None, None),
    }
    assert {row for row in nights.landed(
        "contact", "contact_id", "legal_entity_id", "role", "email", "is_active"
    ) if row[1] == "1"} == {
        ("contact 1", "1", "finance_director", "luc@nord.example", "true"),
        ("contact 2", "1", "accounts_payable", "max@nord.example", "false"),
        ("third party 1", "1", "accounts_payable", "compta@nord.example", "true"),
    }
    assert nights.landed("exchange_rate", "rate_date", "from_currency", "to_currency", "rate") == {
        ("2026-01-01", "USD", "EUR", "0.8")
    }


def test_open_items_come_to_the_general_ledger(dolibarr_url: str, nights: Nights) -> None:
    accounts = {row["entity"]: row for row in proof(dolibarr_url, PROOF)}
    assert accounts[1]["open_amount"] == accounts[1]["balance"] == Decimal("2645.10")
    assert accounts[2]["open_amount"] == accounts[2]["balance"] == Decimal("70.00")
    assert accounts[1]["closed_amount"] == Decimal("112.00")
    assert ("411", "2026-03-31", "2645.1") in nights.landed(
        "ledger_balance", "account", "balance_date", "amount"
    )


def test_the_proof_sees_an_entry_of_the_ledger_without_a_document() -> None:
    with erp_database("dolibarr") as url:
        execute(url, "insert into llx_accounting_bookkeeping (entity, doc_date, numero_compte, "
                     "debit, credit) values (1, '2026-03-31', '411', 7, 0);\n")
        assert [row["difference"] for row in proof(url, PROOF) if row["difference"]] == [-7]


def test_a_login_with_the_grants_of_the_readme_suffices(
    dolibarr_url: str, tmp_path: Path, nights: Nights
) -> None:
    with granted(dolibarr_url, "dolibarr", r"`(llx_[a-z_]+)`") as url:
        again = nights_on(url, tmp_path)
    assert again.extract.content["input_hash"] == nights.extract.content["input_hash"]
