"""Protheus' own tables, in PostgreSQL or exported to files, give the same books."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
from company import read
from protheus_replica import MOVEMENTS, TITLES, protheus
from receivables.sql import SQL
from replica import FORMS, Books, Replica, checked

ENTITIES = {"01": {"name": "Exemplo Ltda", "country": "BR", "currency": "BRL",
                   "bank_details": ["Banco 000"]}}
EARLY_MARCH, END_OF_MARCH, MID_APRIL = date(2026, 3, 8), date(2026, 3, 31), date(2026, 4, 15)


def books_of(replica: Replica, form: str, request: pytest.FixtureRequest, home: Path) -> Books:
    url = request.getfixturevalue("postgres_url") if form == "postgres" else None
    return Books(home, "protheus", replica, form, url, ENTITIES)


@pytest.fixture(scope="module", params=FORMS)
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Books:
    form = request.param
    return books_of(protheus(), form, request, tmp_path_factory.mktemp(f"protheus_{form}"))


OPEN = [
    # number, type, instalment | due | open on 8 March | 31 March | 15 April | because
    ("000000101-NF", 2, "2026-03-11", "100", "100", "100", "instalment B is the second"),
    ("000000101-NF", 3, "2026-04-10", "101", "101", "101", "C is the third; A was paid"),
    ("000000102-NF", 1, "2026-02-16", "600", "600", "600",
     "due on the business day (VENCREA); a part is paid"),
    ("000000103-NF", 1, "2026-02-15", None, "200", "200",
     "a payment counts until it is reversed, and not from then on"),
    ("000000104-NF", 1, "2026-02-16", "300", "300", "300", "a cancelled payment does not count"),
    ("000000106-NF", 1, "2026-02-18", "700", "550", "550", "set off against a credit note"),
    ("000000107-DP", 1, "2026-02-19", "400", "250", "250", "set off against an advance"),
    ("000000108-NF", 1, "2026-02-20", "935", "935", "935",
     "abatement and withheld tax are not owed"),
    ("000000110-NF", 1, "2026-02-22", "700", "700", "700",
     "dollars: what reais paid of them (VLMOED2)"),
    ("000000111-NF", 1, "2026-02-23", "110", "110", "110", "a deleted movement is none"),
    ("000000112-NF", 1, "2026-02-24", "120", "120", "120", "protested and owed"),
    ("000000113-NF", 1, "2026-02-25", "130", "130", "130", "in court and owed"),
    ("000000114-NF", 9, "2026-06-01", "10", "10", "10", "the ninth instalment"),
    ("000000114-NF", 10, "2026-07-01", "11", "11", "11", "A after 9 is the tenth"),
    ("000000117-NF", 1, "2026-05-02", None, None, "160", "not issued yet at the end of March"),
    ("000000118-NF", 1, "2026-03-01", "170", "170", None, "paid in April is open in March"),
    ("000000119-NF", 1, "2026-03-02", "0.1", "0.1", "0.1", "a float is ten centavos exactly"),
]


@pytest.mark.parametrize("at, day", [(3, EARLY_MARCH), (4, END_OF_MARCH), (5, MID_APRIL)])
def test_what_is_open_on_a_day(books: Books, at: int, day: date) -> None:
    assert books.open_items(day, "01") == {
        (f"01-UNI-{row[0]}-000001-01", row[1]): (row[2], Decimal(str(row[at])))
        for row in OPEN if row[at] is not None
    }


CREDITS = [
    # document | 8 March | 31 March | because
    ("01-UNI-000000050-NCC-000001-01", "-150", None, "a credit note until it is set off"),
    ("01-UNI-000000051-NCC-000001-01", "-35", "-35", "a credit note set off nowhere"),
    ("01-UNI-000000060--RA-000001-01", "-250", "-100", "an advance, less what was set off"),
    ("01-UNI-000000061--RA-000001-01", "-80", None, "an advance until it is returned"),
]


@pytest.mark.parametrize("at, day", [(1, EARLY_MARCH), (2, END_OF_MARCH)])
def test_what_is_the_customers_on_a_day(books: Books, at: int, day: date) -> None:
    assert books.credits(day, "01") == {
        row[0]: Decimal(str(row[at])) for row in CREDITS if row[at] is not None
    }


def test_nothing_is_quarantined_and_no_item_is_held_for_its_data(books: Books) -> None:
    assert books.quarantined(END_OF_MARCH, "01") == []
    assert read(books.night(END_OF_MARCH, "01"), "open_item", "distinct data_hold_reason") == [
        (None,)
    ]


def test_the_sum_is_that_of_the_balances_in_se1(books: Books) -> None:
    sums = {"BRL": Decimal(0), "USD": Decimal(0)}
    for row in books.replica.rows["se1010"]:
        kind = row["e1_tipo"].strip()
        if row["d_e_l_e_t_"] != "*" and kind != "PR":
            sign = -1 if kind in ("NCC", "RA") or kind.endswith("-") else 1
            sums["USD" if row["e1_moeda"] == "2" else "BRL"] += sign * Decimal(row["e1_saldo"])
    assert books.owed_by_currency(MID_APRIL, "01") == sums


def landed(books: Books, table: str, *columns: str) -> dict[str, Any]:
    """Columns of a landed table by the row's key."""
    key = {"invoice": "invoice_id", "receipt": "receipt_id", "allocation": "allocation_id",
           "hold": "hold_id", "customer": "customer_id", "contact": "contact_id"}[table]
    return {row[key]: tuple(row[column] for column in columns) for row in books.landed(table)}


SETTLED = [
    # movement | source type, source, on, amount, reversed on | because
    ("501-money", ("receipt", "501", "2026-02-15", "100.00", None),
     "interest and fine are no part of the title"),
    ("504-money", ("receipt", "504", "2026-02-20", "400.00", None), "a part"),
    ("505-money", ("receipt", "505", "2026-03-05", "200.00", "2026-03-10"),
     "reversed by the ES movement of its sequence"),
    ("507-money", ("receipt", "507", "2026-03-01", "300.00", "2026-03-02"), "cancelled"),
    ("508-money", ("receipt", "508", "2026-02-17", "490.00", None), "what was received"),
    ("508-discount", ("write_off", "508", "2026-02-17", "10.00", None), "what was let off"),
    ("510-set_off",
     ("credit_note", "01-UNI-000000050-NCC-000001-01", "2026-03-12", "150.00", None),
     "the movement names the credit note"),
    ("512-set_off",
     ("receipt", "01-UNI-000000060--RA-000001-01", "2026-03-13", "150.00", None),
     "the movement names the advance"),
    ("01-UNI-000000108--IR--000001-01-abatement",
     ("credit_note", "01-UNI-000000108--IR--000001-01", "2026-01-21", "15.00", None),
     "tax withheld lowers the title from the start"),
    ("517-money", ("receipt", "517", "2026-03-01", "300.00", None), "dollars"),
    ("519-money", ("receipt", "519", "2026-02-27", "140.00", None),
     "one of a lot is money, though only the lot moves the bank"),
    ("521-other", ("write_off", "521", "2026-03-06", "150.00", None), "returned goods"),
]


@pytest.mark.parametrize("movement, expected, because", SETTLED, ids=[row[2] for row in SETTLED])
def test_what_was_set_against_a_title(
    books: Books, movement: str, expected: tuple[Any, ...], because: str
) -> None:
    found = landed(books, "allocation", "source_type", "source_id", "allocation_date", "amount",
                   "reversed_on")
    assert found[movement] == expected


def test_each_movement_is_landed_once(books: Books) -> None:
    """Details (JR, MT, DC), lot totals, deleted rows and the other side of a set-off are none."""
    assert {name for name in landed(books, "receipt") if name.isdigit()} == {
        "501", "504", "505", "507", "508", "516", "517", "519", "522",
    }
    kept = landed(books, "receipt", "amount", "interest_received_amount", "fine_received_amount")
    assert kept["501"] == ("100.00", "3.00", "2.00")


def test_boletos(books: Books) -> None:
    found = landed(books, "invoice", "instrument_type", "instrument_status", "instrument_ref")
    assert found["01-UNI-000000111-NF-000001-01"] == ("boleto", "registered", "00001")
    assert found["01-UNI-000000112-NF-000001-01"] == ("boleto", "protested", "00002")
    assert found["01-UNI-000000102-NF-000001-01"] == (None, None, None)


def test_due_dates_are_those_of_business_days_and_the_first_one_is_kept(books: Books) -> None:
    [row] = [row for row in books.landed("instalment")
             if row["invoice_id"] == "01-UNI-000000102-NF-000001-01"]
    assert (row["due_date"], row["original_due_date"], row["open_amount"]) == (
        "2026-02-16", "2026-02-10", "600.00"
    )


def test_a_title_in_court_is_held(books: Books) -> None:
    assert landed(books, "hold", "invoice_id", "reason") == {
        "01-UNI-000000113--NF-000001-01-6":
            ("01-UNI-000000113-NF-000001-01", "collection status 6"),
    }


def test_customers_and_contacts(books: Books) -> None:
    assert landed(books, "customer", "name", "country", "language", "tax_id",
                  "salesperson_email") == {
        "000001-01": ("Comércio Exemplo Ltda", "BR", "pt-BR", "11222333000181",
                      "vendas@seller.example"),
        "000002-01": ("Foreign Inc", "ZZ", None, None, None),
    }
    assert landed(books, "contact", "email")["000001-01"] == ("financeiro@exemplo.example",)


def test_rates_are_of_the_day_and_into_reais(books: Books) -> None:
    assert [(row["rate_date"], row["from_currency"], row["to_currency"], row["rate"])
            for row in books.landed("exchange_rate")] == [
        ("2026-03-31", "EUR", "BRL", "6.1000000000"),
        ("2026-03-31", "USD", "BRL", "5.3100000000"),
    ]


def test_the_ledgers_balance_is_landed(books: Books) -> None:
    assert [(row["account"], row["balance_date"], row["amount"])
            for row in books.landed("ledger_balance")] == [
        ("112010001", "2026-04-05", "7082.10"),
    ]


def test_the_titles_equal_the_ledger(books: Books) -> None:
    [row] = checked(books.replica, books.form, books.url,
                    "protheus/checks/open_items_equal_the_ledger")
    assert (row["open_items_amount"], row["difference"]) == (Decimal("7082.10"), 0)


def test_the_movements_explain_every_balance(books: Books) -> None:
    check = "protheus/checks/movements_explain_the_balances"
    assert checked(books.replica, books.form, books.url, check) == []


def test_a_movement_that_the_replica_lost_is_found() -> None:
    broken = protheus()
    broken.rows["se5010"] = [row for row in broken.rows["se5010"] if row["r_e_c_n_o_"] != "504"]
    rows = checked(broken, "csv", None, "protheus/checks/movements_explain_the_balances")
    assert [row["title_id"] for row in rows] == ["01-UNI-000000102--NF-000001-01"]


def test_the_same_rows_are_landed_from_postgresql_csv_and_parquet(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    landings = []
    for form in ("postgres", "csv", "parquet"):
        home = tmp_path / form
        home.mkdir()
        books = books_of(protheus(), form, request, home)
        files = sorted((SQL / "extract" / "protheus").glob("*.sql"))
        landings.append({file.stem: books.landed(file.stem) for file in files})
    assert landings[0] == landings[1] == landings[2]


def test_every_row_of_the_replica_says_why_it_is_there() -> None:
    reasons = [row[-1] for row in (*TITLES, *MOVEMENTS)]
    assert all(isinstance(reason, str) and reason for reason in reasons)


def test_the_check_reads_the_titles_in_the_words_of_the_selects() -> None:
    folder = SQL / "extract" / "protheus"
    check = (folder / "checks" / "movements_explain_the_balances.sql").read_text(encoding="utf-8")
    titles = (folder / "cte" / "titles.sql").read_text(encoding="utf-8")
    assert indent(titles[titles.index("select"):].rstrip(), "    ") in check
