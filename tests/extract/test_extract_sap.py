"""SAP's own tables, replicated into PostgreSQL or exported to files, give the same books."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from company import read
from receivables.sql import SQL
from replica import FORMS, Books, Replica, checked
from sap_replica import COLUMNS, DATS, ITEMS, ITEMS_OF_TOKYO, sap

ENTITIES = {
    "1000": {"name": "Eins GmbH", "country": "DE", "currency": "EUR", "bank_details": ["IBAN"]},
    "2000": {"name": "Zwei KK", "country": "JP", "currency": "JPY", "bank_details": ["Konto"]},
}
MID_MARCH, END_OF_MARCH, MID_APRIL = date(2026, 3, 15), date(2026, 3, 31), date(2026, 4, 15)


def books_of(replica: Replica, form: str, request: pytest.FixtureRequest, home: Path) -> Books:
    url = request.getfixturevalue("postgres_url") if form == "postgres" else None
    return Books(home, "sap", replica, form, url, ENTITIES)


@pytest.fixture(scope="module", params=FORMS)
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Books:
    form = request.param
    return books_of(sap(), form, request, tmp_path_factory.mktemp(f"sap_{form}"))


OPEN = [
    # company, document, line | due | open on 15 March | 31 March | 15 April | because
    ("1000", "1800000001-2026-0000001000-S", 1, "2026-01-24", "1190", "1190", "1190",
     "one term: 14 days"),
    ("1000", "1800000002-2026-0000001000-S", 1, "2026-02-24", "200", "200", "200",
     "three terms: the third is net"),
    ("1000", "1800000003-2026-0000001000-S", 1, "2026-02-09", "300", "300", "300",
     "two terms: the second is net"),
    ("1000", "1800000004-2026-0000001000-S", 1, "2026-02-14", "600", "600", "600",
     "a partial payment lowers the invoice that it names, though SAP leaves both open"),
    ("1000", "1400000002-2026-0000001000-S", 3, "2026-02-19", "150", "150", "150",
     "a residual item stands in for its invoice"),
    ("1000", "1800000006-2026-0000001000-S", 1, "2026-03-03", "310", "310", None,
     "cleared after the day is open on the day"),
    ("1000", "1800000007-2026-0000001000-S", 1, "2026-05-02", None, None, "320",
     "posted after the day is not there on the day"),
    ("1000", "1800000008-2026-0000001000-S", 1, "2026-03-12", "500", "500", "500",
     "a credit memo lowers the invoice that it names"),
    ("1000", "1800000009-2026-0000001000-S", 2, "2026-04-01", "100", "100", "100",
     "each instalment is due and paid by itself"),
    ("1000", "1800000009-2026-0000001000-S", 3, "2026-05-01", "101", "101", "101",
     "the last instalment"),
    ("1000", "1800000010-2026-0000001000-S", 1, "2026-03-01", "700", None, None,
     "a reversed invoice is owed until its reversal"),
    ("1000", "1800000012-2026-0000001000-S", 1, "2026-01-20", "800", "800", "800",
     "after a reset clearing the invoice is open as ever"),
    ("1000", "1800000016-2026-0000001000-S", 1, "2026-03-06", "216", "216", "216",
     "the document's currency, not the company's"),
    ("1000", "1800000017-2026-0000001000-S", 1, "2026-03-07", "40", "40", "40",
     "a blocked item is owed"),
    ("1000", "1800000018-2026-0000001000-S", 1, "2026-03-07", "41", "41", "41",
     "so is one with a payment block"),
    ("1000", "1800000019-2026-0000001000-S", 1, "2026-02-06", "77", None, None,
     "cleared is cleared, even if what it was cleared against is not to be seen"),
    ("1000", "1800000020-2026-0000001001-S", 1, "2026-01-10", "500", "500", "500",
     "a blocked account owes"),
    ("1000", "1800000021-2026-0000001002-S", 1, "2026-01-10", "510", "510", "510",
     "so does a blocked dunning area"),
    ("1000", "1800000022-2026-0000001002-S", 1, "2026-01-10", "520", "520", "520",
     "and one that is not blocked"),
    ("1000", "0100000002-2026-0000001003-SW", 1, "2026-05-20", "800", "800", "800",
     "a bill of exchange is a debt until it is paid"),
    ("1000", "0100000003-2026-0000001003-SE", 1, "2026-02-21", "75", "75", "75",
     "a doubtful receivable is still owed"),
    ("1000", "1800000023-2026-0000001004-S", 1, "2026-03-01", "33", "33", "33",
     "the head office owes for its branch"),
    ("1000", "1800000024-2026-0000009000-S", 1, "2026-03-01", "60", "60", "60",
     "a one-time customer owes"),
    ("1000", "1800000025-2026-0000009000-S", 1, "2026-03-01", "61", "61", "61",
     "and another"),
    ("2000", "1800000001-2026-0000002000-S", 1, "2026-03-31", "12345", "12345", "12345",
     "yen are stored as if they had two decimals: 123.45"),
    ("2000", "1800000003-2026-0000002000-S", 1, "2026-03-31", "12.345", "12.345", "12.345",
     "dinars have three: 123.45 again"),
]


@pytest.mark.parametrize("at, day", [(4, MID_MARCH), (5, END_OF_MARCH), (6, MID_APRIL)])
def test_what_is_open_on_a_day(books: Books, at: int, day: date) -> None:
    for entity in ENTITIES:
        expected = {
            (row[1], row[2]): (row[3], Decimal(str(row[at])))
            for row in OPEN if row[0] == entity and row[at] is not None
        }
        assert books.open_items(day, entity) == expected


CREDITS = [
    # document | on 22 January | 15 March | because
    ("1400000005-2026-002", "-800", None,
     "a payment that bounces is money on account from its posting to its reversal"),
    ("1400000010-2026-001", None, "-250", "a down payment is money on account"),
    ("1600000002-2026-0000001000-H", None, "-50", "a credit memo that names no invoice"),
    ("1600000003-2026-0000001000-H", None, "-60", "a V names none either"),
]


@pytest.mark.parametrize("at, day", [(1, date(2026, 1, 22)), (2, MID_MARCH)])
def test_what_is_the_customers_on_a_day(books: Books, at: int, day: date) -> None:
    expected = {row[0]: Decimal(str(row[at])) for row in CREDITS if row[at] is not None}
    assert books.credits(day, "1000") == expected
    assert books.credits(day, "2000") == {}


@pytest.mark.parametrize("day", [
    date(2026, 1, 15), date(2026, 1, 22), date(2026, 2, 28), date(2026, 3, 5), date(2026, 3, 11),
    MID_MARCH, END_OF_MARCH, date(2026, 4, 5), MID_APRIL,
], ids=str)
def test_the_sum_is_that_of_saps_own_line_item_list_on_every_key_date(
    books: Books, day: date
) -> None:
    """FBL5N's rule: posted up to the key date, and not cleared up to it; noted items left out."""
    digits = {"JPY": Decimal(100), "KWD": Decimal("0.1")}
    for entity in ENTITIES:
        sums: dict[str, Decimal] = {}
        for row in books.replica.rows["bsid"] + books.replica.rows["bsad"]:
            is_open = row["augdt"] == "00000000" or row["augdt"] > f"{day:%Y%m%d}"
            if (row["bukrs"] == entity and row["budat"] <= f"{day:%Y%m%d}" and is_open
                    and row["bstat"] != "S"):
                sign = 1 if row["shkzg"] == "S" else -1
                amount = sign * Decimal(row["wrbtr"]) * digits.get(row["waers"], Decimal(1))
                sums[row["waers"]] = sums.get(row["waers"], Decimal(0)) + amount
        assert books.owed_by_currency(day, entity) == {k: v for k, v in sums.items() if v}


def test_nothing_is_quarantined_and_no_item_is_held_for_its_data(books: Books) -> None:
    for entity in ENTITIES:
        assert books.quarantined(END_OF_MARCH, entity) == []
        assert read(books.night(END_OF_MARCH, entity), "open_item", "distinct data_hold_reason") == [
            (None,)
        ]


def test_saps_own_open_amounts_are_landed_as_a_control(books: Books) -> None:
    open_amounts = {
        (row["legal_entity_id"], row["invoice_id"], int(row["instalment_no"])):
            Decimal(row["open_amount"])
        for row in books.landed("instalment") if Decimal(row["open_amount"])
    }
    assert open_amounts == {
        (row[0], row[1], row[2]): Decimal(row[6]) for row in OPEN if row[6] is not None
    }


def landed(books: Books, table: str, *columns: str) -> dict[str, Any]:
    """Columns of a landed table of company 1000 by the row's key."""
    key = {"invoice": "invoice_id", "customer": "customer_id", "contact": "contact_id",
           "receipt": "receipt_id", "hold": "hold_id"}[table]
    return {
        row[key]: tuple(row[column] for column in columns)
        for row in books.landed(table) if row["legal_entity_id"] == "1000"
    }


DOCUMENTS = [
    # document | type, number, status, cancelled on, gross amount, due | because
    ("1800000001-2026-0000001000-S",
     ("invoice", "1800000001", "posted", None, "1190.0000", "2026-01-24"),
     "posting key 01; known by its document number where SAP has no other"),
    ("1400000002-2026-0000001000-S",
     ("debit_note", "RE-5", "posted", None, "150.0000", "2026-02-19"),
     "a residual item goes by the number of its invoice, which the customer knows"),
    ("1800000009-2026-0000001000-S",
     ("invoice", "1800000009", "posted", None, "301.0000", "2026-03-01"),
     "three lines are one invoice of three instalments"),
    ("1800000010-2026-0000001000-S",
     ("invoice", "1800000010", "cancelled", "2026-03-20", "700.0000", "2026-03-01"),
     "cancelled on the day of the reversal"),
    ("1400000006-2026-0000001000-S",
     ("debit_note", "1400000006", "posted", None, "800.0000", "2026-01-25"),
     "a reversed payment is owed again"),
    ("1600000001-2026-0000001000-H",
     ("credit_note", "1600000001", "posted", None, "90.0000", "2026-03-12"),
     "due with the invoice that it names, not by its own terms"),
    ("1600000002-2026-0000001000-H",
     ("credit_note", "1600000002", "posted", None, "50.0000", "2026-03-13"),
     "due on its baseline date: its terms do not count"),
    ("1600000003-2026-0000001000-H",
     ("credit_note", "1600000003", "posted", None, "60.0000", "2026-04-12"),
     "V: its terms count"),
]


@pytest.mark.parametrize("document, expected, because", DOCUMENTS,
                         ids=[row[2] for row in DOCUMENTS])
def test_a_document(books: Books, document: str, expected: tuple[Any, ...], because: str) -> None:
    found = landed(books, "invoice", "document_type", "invoice_number", "status", "cancelled_on",
                   "gross_amount", "due_date")
    assert found[document] == expected


def test_neither_reversals_nor_noted_items_are_documents(books: Books) -> None:
    documents = {name[:10] for name in landed(books, "invoice")}
    assert not documents & {"1800000011", "0100000001"}


CLEARINGS = [
    # debit | what was set against it: source, on, amount | because
    ("1800000004", [("receipt", "1400000001-2026-002", "2026-03-05", "400.0000")],
     "a partial payment counts from its posting"),
    ("1800000005", [("receipt", "1400000002-2026-002", "2026-03-10", "500.0000")],
     "a payment with a residual item clears the whole invoice"),
    ("1800000013", [("credit_note", "1600000004-2026-0000001000-H", "2026-03-11", "20.0000"),
                    ("receipt", "1400000007-2026-002", "2026-03-11", "80.0000")],
     "of what was cleared together, the oldest credit goes to the oldest debit"),
    ("1800000014", [("receipt", "1400000007-2026-002", "2026-03-11", "200.0000")],
     "and the rest to the next one"),
    ("1800000015", [("receipt", "1400000008-2026-03-12-0000001000-USD", "2026-03-12", "108.0000")],
     "euros that cleared dollars are dollars received"),
    ("1800000019", [("write_off", "0100000009", "2026-03-16", "77.0000")],
     "cleared against nothing that is to be seen"),
    ("1800000012", [], "a reset clearing has left no trace"),
    ("1800000010", [], "a cancelled invoice was not paid by its reversal"),
]


@pytest.mark.parametrize("document, expected, because", CLEARINGS,
                         ids=[row[2] for row in CLEARINGS])
def test_a_clearing(
    books: Books, document: str, expected: list[tuple[Any, ...]], because: str
) -> None:
    assert sorted(
        (row["source_type"], row["source_id"], row["allocation_date"], row["amount"])
        for row in books.landed("allocation")
        if row["legal_entity_id"] == "1000" and row["invoice_id"].startswith(document)
    ) == expected


def test_money_that_cleared_another_currency_is_landed_once(books: Books) -> None:
    found = landed(books, "receipt", "currency", "amount")
    assert found["1400000008-2026-03-12-0000001000-USD"] == ("USD", "108.0000")
    assert "1400000008-2026-002" not in found


def test_blocks_of_sap_hold_the_dunning(books: Books) -> None:
    assert landed(books, "hold", "invoice_id", "reason", "held_from") == {
        "1800000017-2026-001-item":
            ("1800000017-2026-0000001000-S", "SAP dunning block C on the item", "2026-02-05"),
        "1800000021-2026-001-area":
            ("1800000021-2026-0000001002-S", "SAP dunning block B of dunning area 01",
             "2026-01-10"),
        "0100000002-2026-001-special_gl":
            ("0100000002-2026-0000001003-SW", "SAP special G/L indicator W", "2026-02-20"),
        "0100000003-2026-001-special_gl":
            ("0100000003-2026-0000001003-SE", "SAP special G/L indicator E", "2026-02-21"),
    }
    assert {name for name, (blocked,) in landed(books, "customer", "is_dunning_blocked").items()
            if blocked == "true"} == {"0000001001", "0000001003"}
    kept = landed(books, "invoice", "dunning_level", "last_dunned_on", "payment_block_code")
    assert kept["1800000017-2026-0000001000-S"] == ("2", "2026-03-12", None)
    assert kept["1800000018-2026-0000001000-S"] == (None, None, "A")


def test_customers(books: Books) -> None:
    found = landed(books, "customer", "name", "country", "language", "parent_customer_id",
                   "dunning_procedure", "dunning_level")
    assert found == {
        "0000001000": ("Muster GmbH", "DE", "de", None, "0001", "2"),
        "0000001001": ("Gesperrt AG", "AT", "de", None, "0001", None),
        "0000001002": ("Bereich SARL", "FR", "fr", None, None, None),
        "0000001003": ("Sonder Ltd", "GB", "en", None, "0001", None),
        "0000001004": ("Zentrale KG", "DE", "de", "0000001000", None, None),
        "0000009000-1800000024-2026": ("Erika Einmal", "CH", "de", None, None, None),
        "0000009000-1800000025-2026": ("Otto Einmal", "DE", "de", None, None, None),
    }
    owner = landed(books, "invoice", "customer_id", "branch_customer_id")
    assert owner["1800000024-2026-0000009000-S"] == ("0000009000-1800000024-2026", None)
    assert owner["1800000023-2026-0000001004-S"] == ("0000001004", "0000001005")


def test_contacts(books: Books) -> None:
    found = landed(books, "contact", "role", "name", "email")
    assert {name: row for name, row in found.items() if name.startswith("0000001000")} == {
        "0000001000-clerk": ("accounts_payable", "Frau Kurz", "kreditoren@muster.example"),
        "0000001000-address": ("accounts_payable", "Muster GmbH", "info@muster.example"),
        "0000001000-0000000001": ("owner", "Eva Chef", "chef@muster.example"),
        "0000001000-0000000002": ("operations", "Kai Bau", None),
    }
    assert found["0000001001-address"] == ("accounts_payable", "Gesperrt AG", None)


def test_rates_are_quoted_one_way(books: Books) -> None:
    assert sorted(
        (row["rate_date"], row["from_currency"], row["to_currency"], row["rate"])
        for row in books.landed("exchange_rate")
    ) == [
        ("2026-03-01", "USD", "EUR", "0.9200000000"),
        # 0.61 euros for 100 yen: the ratio of that day, in TCURF.
        ("2026-03-31", "JPY", "EUR", "0.0061000000"),
        # 1.08 dollars for a euro: a negative rate is the other way round.
        ("2026-03-31", "USD", "EUR", "0.9259259259"),
    ]


def test_the_ledgers_balances_are_landed(books: Books) -> None:
    assert sorted(
        (row["legal_entity_id"], row["account"], row["balance_date"], row["currency"],
         Decimal(row["amount"]))
        for row in books.landed("ledger_balance")
    ) == [
        ("1000", "0000125000", "2026-04-05", "EUR", 800),
        ("1000", "0000140000", "2026-04-05", "EUR", 6116),
        ("1000", "0000142000", "2026-04-05", "EUR", 75),
        ("1000", "0000170000", "2026-04-05", "EUR", -250),
        ("2000", "0000140000", "2026-03-10", "JPY", 18345),
    ]


CHECKS = ["open_items_equal_the_ledger", "open_items_equal_the_customer_balances"]


@pytest.mark.parametrize("check", CHECKS)
def test_the_open_items_equal_saps_own_balances(books: Books, check: str) -> None:
    rows = checked(books.replica, books.form, books.url, f"sap/checks/{check}")
    assert len(rows) >= 5
    assert [row for row in rows if row["difference"] != 0] == []


@pytest.mark.parametrize("check", CHECKS)
def test_an_open_item_that_the_replica_lost_is_found(check: str) -> None:
    broken = sap()
    broken.rows["bsid"] = [row for row in broken.rows["bsid"] if row["belnr"] != "1800000023"]
    rows = checked(broken, "parquet", None, f"sap/checks/{check}")
    assert [row["difference"] for row in rows if row["difference"] != 0] == [Decimal("-33.00")]


@pytest.fixture(scope="module")
def as_text(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Books:
    return books_of(sap(), "csv", request, tmp_path_factory.mktemp("text"))


def with_real_dates() -> Replica:
    """The replica as some replication tools write it: DATS are dates, and none is missing."""
    plain = sap()
    columns = {
        table: {name: "date" if kind == DATS else kind for name, kind in columns.items()}
        for table, columns in COLUMNS.items()
    }
    rows: Any = {
        table: [{name: None if value == "00000000" else value for name, value in row.items()}
                for row in rows]
        for table, rows in plain.rows.items()
    }
    return replace(plain, columns=columns, rows=rows)


@pytest.mark.parametrize("form, replica, because", [
    ("parquet", sap, "amounts are decimals in Parquet, and text in CSV"),
    ("postgres", with_real_dates, "a replication tool may have made dates of DATS"),
], ids=["parquet", "dates"])
def test_the_same_rows_are_landed_whatever_form_the_replica_has(
    form: str, replica: Any, because: str, as_text: Books, request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    books = books_of(replica(), form, request, tmp_path)
    for file in (SQL / "extract" / "sap").glob("*.sql"):
        assert books.landed(file.stem) == as_text.landed(file.stem)


def test_every_document_of_the_replica_says_why_it_is_there() -> None:
    reasons = [row[-1] for row in (*ITEMS, *ITEMS_OF_TOKYO)]
    assert all(isinstance(reason, str) and reason for reason in reasons)
