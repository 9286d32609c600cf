"""ERPNext 15, as its own tables have it: what is landed, and what is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from erp_database import Nights, erp_database, execute, granted, proof

PROOF = "erpnext/proof/open_items_equal_receivables_accounts.sql"


@pytest.fixture(scope="module")
def erpnext_url() -> Iterator[str]:
    with erp_database("erpnext") as url:
        yield url


@pytest.fixture(scope="module")
def nights(erpnext_url: str, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    return Nights(tmp_path_factory.mktemp("erpnext"), erpnext_url, "erpnext",
                  {"NC": "USD", "FL": "EUR"}, date(2026, 3, 31))


OPEN_ITEMS = [
    # invoice, instalment, due, currency, amount, open, in transit | because
    ("PARTLY-PAID", 2, "2026-03-05", "USD", "300", "100", "0", "the oldest instalment is paid first"),
    ("PARTLY-PAID", 3, "2026-04-05", "USD", "400", "400", "0", "nothing reached the last instalment"),
    ("EUR-UNPAID", 1, "2026-02-06", "EUR", "100", "100", "0",
     "owed in its own currency, though the ledger keeps it in USD"),
    ("EUR-PARTLY", 1, "2026-02-07", "EUR", "200", "100", "0",
     "half of it in the ledger's currency is half of it in its own"),
    ("RETURNED", 1, "2026-02-09", "USD", "250", "200", "0", "its return lowers it"),
    ("CANCELLED-1", 1, "2026-02-11", "USD", "95", "95", "0", "the payment was cancelled"),
    ("UNRECONCILED", 1, "2026-02-12", "USD", "120", "120", "0", "the payment was taken off it"),
    ("OPENING", 1, "2026-01-15", "USD", "40", "40", "0", "an opening invoice has no schedule"),
    ("ROUNDED", 1, "2026-02-13", "USD", "33.01", "33.01", "33.01",
     "rounded total; the first instalment bears the cent; a draft payment is under way"),
    ("ROUNDED", 2, "2026-03-13", "USD", "33", "33", "6.99", "the rest of the draft payment"),
    ("ROUNDED", 3, "2026-04-13", "USD", "32.99", "32.99", "0", "beyond the draft payment"),
    ("SET-OFF", 1, "2026-02-14", "USD", "65", "40", "0", "a journal entry set a credit note off"),
    ("ADVANCED", 1, "2026-02-16", "EUR", "1000", "700", "0",
     "the schedule is less the advance, which is a receipt"),
    ("JPY-UNPAID", 1, "2026-02-18", "JPY", "5000", "5000", "0", "a yen has no fraction"),
    ("JV-OPENING / Tanaka", 1, "2026-01-01", "USD", "700.5", "700.5", "0",
     "a debit in a journal owes like a debit note"),
    ("BOUNCED", 1, "2026-02-20", "USD", "50", "50", "0", "a journal entry raised it"),
]


def test_what_is_open_is_what_erpnext_says_is_open(nights: Nights) -> None:
    assert nights.read(
        "open_item", "invoice_id", "instalment_no", "due_date", "currency", "original_amount",
        "open_amount", "in_transit_amount",
    ) == sorted(row[:-1] for row in OPEN_ITEMS)
    assert nights.read("quarantine", "*") == []


def test_nothing_disagrees_with_the_ledger(nights: Nights) -> None:
    assert {row[0] for row in nights.read("open_item", "coalesce(data_hold_reason, '')")} == {""}


CREDITS = [
    # kind, document, currency, amount | because
    ("credit_note", "CREDIT", "USD", "-80", "a return against no invoice"),
    ("credit_note", "JV-BONUS / Tanaka", "USD", "-15", "a credit of a journal that no bank paid"),
    ("credit_note", "JV-OPENING / Nowhere", "USD", "-20", "an opening credit"),
    ("unapplied_receipt", "PAY-UNRECONCILED", "USD", "-120", "taken off its invoice"),
    ("unapplied_receipt", "PAY-SEVERAL", "USD", "-10", "the rest of a payment, without a millionth"),
]


def test_what_is_on_account_is_the_customers_credit(nights: Nights) -> None:
    assert nights.read("credit_item", "kind", "document_id", "currency", "amount") == sorted(
        row[:-1] for row in CREDITS
    )


def test_an_allocation_says_where_the_money_came_from(nights: Nights) -> None:
    because = {
        ("PARTLY-PAID", "receipt", "PAY-1", "2026-02-10", "500"): "a payment in part",
        ("EUR-PARTLY", "receipt", "PAY-GBP / EUR", "2026-02-11", "100"): "in the invoice's currency",
        ("EUR-LEDGER", "receipt", "PAY-EUR", "2026-02-12", "300"): "the exchange loss settles nothing",
        ("RETURNED", "credit_note", "RETURN", "2026-01-20", "50"): "a return against its invoice",
        ("WRITTEN-OFF", "write_off", "JV-WRITE-OFF", "2026-03-01", "600"): "no bank paid",
        ("SET-OFF", "credit_note", "SET-OFF-CREDIT", "2026-02-01", "25"): "a journal entry links them",
        ("ADVANCED", "receipt", "PAY-ADVANCE", "2026-01-10", "300"): "an advance",
        ("GBP-PAID", "receipt", "PAY-SEVERAL / GBP", "2026-02-14", "99.99"): "settled to the penny",
        ("USD-PAID", "receipt", "PAY-SEVERAL", "2026-02-14", "55"): "of the same payment",
        ("PAID-OUT", "write_off", "PAY-OUT", "2026-02-15", "30"): "a credit note that was paid out",
        ("BY-JOURNAL", "receipt", "JV-BANK", "2026-02-21", "60"): "a journal with a bank is money",
    }
    assert nights.landed(
        "allocation", "invoice_id", "source_type", "source_id", "allocation_date", "amount"
    ) == set(because)


def test_a_receipt_is_what_the_customer_was_credited_with(nights: Nights) -> None:
    because = {
        ("PAY-1", "Müller & Söhne", "USD", "500", "TRX1", "500", "USD"): "plain",
        ("PAY-GBP / EUR", "Müller & Söhne", "EUR", "100", "TRX2", "110.01", "GBP"):
            "paid in a third currency",
        ("PAY-EUR", "Müller & Söhne", "EUR", "300", "TRX3", "300", "USD"): "an account in EUR",
        ("PAY-UNRECONCILED", "Müller & Söhne", "USD", "120", "TRX4", "120", "USD"): "on account",
        ("PAY-ADVANCE", "Müller & Söhne", "EUR", "300", "TRX5", "300", "EUR"): "another company",
        ("PAY-SEVERAL / GBP", "Tanaka", "GBP", "99.99", "TRX6", "130.01", "USD"):
            "its part for an invoice in GBP",
        ("PAY-SEVERAL", "Tanaka", "USD", "65", "TRX6", "65", "USD"): "its other parts",
        ("JV-BANK", "Nowhere", "USD", "60", "CHQ-1", "60", None): "a journal entry with a bank",
    }
    assert nights.landed(
        "receipt", "receipt_id", "customer_id", "currency", "amount", "reference", "ledger_amount",
        "received_currency",
    ) == set(because)


def test_documents_keep_their_type_status_and_origin(nights: Nights) -> None:
    documents = nights.landed(
        "invoice", "invoice_id", "legal_entity_id", "document_type", "status", "gross_amount",
        "currency", "ledger_currency", "ledger_open_amount",
    )
    assert len(documents) == 25
    assert not [row for row in documents if row[0] == "DRAFT"]
    assert {
        ("CANCELLED", "NC", "invoice", "cancelled", "90", "USD", "USD", "0"),
        ("RETURN", "NC", "credit_note", "posted", "50", "USD", "USD", "0"),
        ("CREDIT", "NC", "credit_note", "posted", "80", "USD", "USD", "-80"),
        ("EUR-PARTLY", "NC", "invoice", "posted", "200", "EUR", "USD", "110.01"),
        ("EUR-LEDGER", "NC", "invoice", "posted", "300", "EUR", "EUR", "0"),
        ("ADVANCED", "FL", "invoice", "posted", "1000", "EUR", "EUR", "700"),
    } <= documents
    assert ("PARTLY-PAID", "PO-1", "DN-1;DN-2") in nights.landed(
        "invoice", "invoice_id", "purchase_order_ref", "delivery_refs"
    )


def test_a_document_settled_in_part_in_another_currency_waits_for_a_person(nights: Nights) -> None:
    assert nights.landed("hold", "invoice_id", "held_from") == {("EUR-PARTLY", "2026-02-11")}


def test_customers_come_with_each_company_that_has_documents_with_them(nights: Nights) -> None:
    assert nights.landed(
        "customer", "customer_id", "legal_entity_id", "country", "language", "salesperson_name",
        "salesperson_email", "credit_limit_amount", "payment_terms_days",
    ) == {
        ("Müller & Söhne", "NC", "DE", "de", "ana@nc.example", "ana@nc.example", "9000", "30"),
        ("Müller & Söhne", "FL", "DE", "de", "ana@nc.example", "ana@nc.example", None, "30"),
        ("Tanaka", "NC", "JP", "ja", "Carla", None, None, None),
        ("Nowhere", "NC", "ZZ", "en", None, None, None, None),
    }
    assert nights.landed("contact", "contact_id", "legal_entity_id", "role", "email", "phone") == {
        ("Erika / Müller & Söhne", "NC", "accounts_payable", "ap@mueller.example", "+49 30 1"),
        ("Erika / Müller & Söhne", "FL", "accounts_payable", "ap@mueller.example", "+49 30 1"),
        ("Kenji / Tanaka", "NC", "finance_director", "cfo@tanaka.example", "+81 3 1"),
    }


def test_reminders_and_rates_of_erpnext_are_known(nights: Nights) -> None:
    assert nights.landed("contact_event", "event_id", "occurred_at", "invoice_id") == {
        ("DUNN-1 / PARTLY-PAID", "2026-03-10", "PARTLY-PAID")
    }
    assert nights.landed("exchange_rate", "rate_date", "from_currency", "rate") == {
        ("2026-01-01", "EUR", "1.1")
    }


def test_open_items_come_to_the_general_ledger(erpnext_url: str, nights: Nights) -> None:
    accounts = proof(erpnext_url, PROOF)
    assert {row["account"]: row["balance"] for row in accounts} == {
        "Debtors - NC": Decimal("1853.01"),
        "Debtors EUR - NC": Decimal("0.00"),
        "Debtors - FL": Decimal("700.00"),
    }
    assert {row["difference"] for row in accounts} == {0}
    assert {row["company_currency_difference"] for row in accounts} == {0}
    assert {("Debtors - FL", "2026-01-10", "-300"), ("Debtors - FL", "2026-01-16", "700")} <= (
        nights.landed("ledger_balance", "account", "balance_date", "amount")
    )


def test_the_proof_sees_an_entry_of_the_ledger_without_a_document() -> None:
    with erp_database("erpnext") as url:
        execute(url, "insert into `tabGL Entry` (name, company, account, debit, "
                     "debit_in_account_currency) values ('stray', 'Northwind Components', "
                     "'Debtors - NC', 7, 7);\n")
        assert [row["difference"] for row in proof(url, PROOF) if row["difference"]] == [-7]


def test_a_login_with_the_grants_of_the_readme_suffices(
    erpnext_url: str, tmp_path: Path, nights: Nights
) -> None:
    with granted(erpnext_url, "erpnext", r"`(tab[^`]+)`") as url:
        again = Nights(tmp_path, url, "erpnext", {"NC": "USD", "FL": "EUR"}, date(2026, 3, 31))
    assert again.extract.content["input_hash"] == nights.extract.content["input_hash"]
