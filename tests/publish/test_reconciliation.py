"""Whether a night ties to the general ledger, or says that it does not, or that nobody can say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from company import DAY, ENTITY, Company
from python_calamine import CalamineWorkbook
from receivables import night
from receivables.contract import tables
from receivables.publish import workbook_file
from receivables.sql import Session, session
from receivables.validate.column import TYPES
from seller import SETTINGS, query

# Customers owe 900 euros; the last that happened is an invoice of Friday, the 27th.
BOOKS = """
create table night as select date '2026-03-31' as as_of_date, false as open_amounts_from_source;
create table aging_by_customer as
    select 'C' || n as customer_id, 'EUR' as currency, 450.00 as net_amount from range(2) n(n);
insert into invoice (invoice_id, currency, posting_date) values
    ('I1', 'EUR', '2026-03-27'), ('I2', 'EUR', '2026-04-01'), ('I3', 'USD', '2026-03-31');
insert into receipt (receipt_id, currency, receipt_date) values ('R1', 'EUR', '2026-03-26');
"""


def balance(day: str, amount: str, account: str = "1400", currency: str = "EUR") -> str:
    return (f"insert into ledger_balance (balance_date, account, currency, amount) "
            f"values ('{day}', '{account}', '{currency}', {amount});")


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Session]:
    with session(tmp_path) as sql:
        for name, table in tables().items():
            columns = ", ".join(f'"{c.name}" {TYPES[c.type]}' for c in table.columns)
            sql.connection.execute(f'create table "{name}" ({columns})')
        sql.connection.execute(BOOKS)
        yield sql


DOLLARS = "insert into aging_by_customer values ('C9', 'USD', 70);"
EURO_CASES = [
    # what the ledger says, and else happened | status | ledger | difference | because
    (balance("2026-03-31", "900"), "tied", "900", "0", "to the cent"),
    (balance("2026-03-31", "899"), "tied", "899", "1", "one euro is rounding"),
    (balance("2026-03-31", "898.99"), "differs", "898.99", "1.01", "and no more than that"),
    (balance("2026-03-31", "1000"), "differs", "1000", "-100", "a document is missing here"),
    ("", "not_given", None, None, "the source gives none"),
    (balance("2026-04-01", "900"), "not_given", None, None, "of a day after"),
    (balance("2026-03-27", "900"), "tied", "900", "0", "nothing moved since Friday"),
    (balance("2026-03-26", "900"), "not_given", None, None, "an invoice came on the 27th"),
    (balance("2026-03-27", "900") + "update receipt set receipt_date = '2026-03-30';",
     "not_given", None, None, "money came on the 30th"),
    (balance("2026-03-27", "900") + "insert into allocation (invoice_id, source_type, "
     "allocation_date) values ('I1', 'write_off', '2026-03-28');",
     "not_given", None, None, "something was written off on the 28th"),
    (balance("2026-03-27", "900") + "update invoice set cancelled_on = '2026-03-28';",
     "not_given", None, None, "a document was cancelled on the 28th"),
    (balance("2026-03-27", "900") + "update night set open_amounts_from_source = true;",
     "not_given", None, None, "the source's own open amounts move without a trace"),
    (balance("2026-03-27", "1") + balance("2026-03-31", "900"), "tied", "900", "0",
     "the newest stands"),
    (balance("2026-03-31", "600") + balance("2026-02-28", "300", "1410"), "tied", "900", "0",
     "the other account has not moved since February"),
    (balance("2026-03-31", "970") + DOLLARS, "not_comparable", "970", "-70",
     "dollars may be in the account"),
    (balance("2026-03-31", "900") + DOLLARS, "tied", "900", "0", "they are elsewhere"),
    (balance("2026-03-31", "970") + balance("2026-03-31", "70", "1450", "USD") + DOLLARS,
     "differs", "970", "-70", "dollars have an account of their own"),
]


@pytest.mark.parametrize("happens, status, ledger, difference, because", EURO_CASES)
def test_the_euros_tie_or_say_why_not(
    books: Session, happens: str, status: str, ledger: str | None, difference: str | None,
    because: str,
) -> None:
    books.connection.execute(happens or "select 1")
    [row] = [row for row in _rows(books) if row["currency"] == "EUR"]
    said = [row["status"], *(None if row[name] is None else f"{row[name]:f}".rstrip("0").rstrip(".")
                             for name in ("ledger_amount", "difference_amount"))]
    assert [said[0], said[1] or None, said[2] or None] == [status, ledger, difference], because
    assert row["subledger_amount"] == 900


def test_a_currency_without_debts_or_without_a_balance_has_its_row(books: Session) -> None:
    books.connection.execute(DOLLARS + balance("2026-03-31", "5", "1460", "GBP"))
    said = {row["currency"]: (row["status"], row["accounts"], row["because"])
            for row in _rows(books)}
    assert said == {
        "EUR": ("not_given", None,
                "the source gives no balance of a receivables account in this currency"),
        "USD": ("not_given", None,
                "the source gives no balance of a receivables account in this currency"),
        "GBP": ("not_comparable", "1460",
                "other currencies are owed of which the source gives no balance: the accounts "
                "may hold them, at booked rates"),
    }


def test_what_is_too_old_says_since_when(books: Session) -> None:
    books.connection.execute(balance("2026-02-28", "900"))
    [row] = _rows(books)
    assert (row["status"], row["balance_date"]) == ("not_given", date(2026, 2, 28))
    assert row["because"] == (
        "the newest balance is of 2026-02-28, and customers' accounts moved on 2026-03-27"
    )


def test_finance_finds_it_in_the_warehouse_and_in_the_workbook(company: Company) -> None:
    run = company.run(settings=SETTINGS)
    night.publish(run, ENTITY)
    url = f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}"
    rows = query(
        url, f"select currency, subledger_amount, status from receivables.reconciliation "
        f"where as_of_date = '{DAY}' order by all"
    )
    assert rows == [
        ("EUR", 365, "not_given"), ("JPY", 70000, "not_given"), ("USD", 70, "not_given"),
    ]
    file = workbook_file(run.lake, company.official())
    header, *shown = CalamineWorkbook.from_path(file).get_sheet_by_name("reconciliation").to_python()
    assert sorted(row[header.index("currency")] for row in shown) == ["EUR", "JPY", "USD"]


def _rows(books: Session) -> list[dict[str, object]]:
    return books.rows("publish/reconciliation", as_of_date=DAY, legal_entity_id=ENTITY,
                      ledger_difference_min=1)
