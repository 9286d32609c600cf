"""A company with one customer for each thing that finance looks at, and its warehouse as rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy
from company import DAY, Company
from receivables.publish import warehouse

SETTINGS: dict[str, Any] = {
    "entity": {
        "interest_rule": {"rule_id": "nine", "annual_percent": "9", "legal_basis": "contract"}
    }
}
# A story of few nights has no history that breakers could judge by; a person answers for that.
RELEASE = "Ann: the first nights, read by hand"
NEXT_DAY = DAY + timedelta(days=1)

Rows = list[tuple[Any, ...]]


def seller(home: Path) -> Company:
    """Eight customers: overdue, part paid, with credit, disputing, in dollars, in yen, hostile, and
    one that says it has paid."""
    company = Company(home)
    for customer_id in ("C1", "C2", "C3", "C4", "C5", "C6", "=cmd()", "C8"):
        company.customer(customer_id)
    company.invoice("I1", "100.00", "2026-03-01", "C1")
    company.invoice("I2", "50.00", "2026-03-15", "C2")
    company.payment("I2", "20.00", "2026-03-20")
    company.add("promise", customer_id="C2", invoice_id="I2", amount="10.00",
                promised_on="2026-03-05", due_on="2026-03-10")
    company.invoice("I3", "80.00", "2026-02-01", "C3")
    company.invoice("N3", "30.00", "2026-02-01", "C3", document_type="credit_note")
    company.invoice("I4", "60.00", "2026-02-01", "C4")
    company.add("dispute", invoice_id="I4", opened_on="2026-02-10")
    company.invoice("I5", "70.00", "2026-03-01", "C5", currency="USD")
    company.add("exchange_rate", rate_date="2026-03-30", from_currency="USD", rate="0.91")
    company.invoice("I6", "70000", "2025-01-01", "C6", currency="JPY", issue_date="2024-12-01")
    company.invoice("=I7", "90.00", "2026-03-01", "=cmd()")
    company.invoice("I8", "40.00", "2026-03-01", "C8")
    company.add("contact_event", event_id="E8", customer_id="C8", invoice_id="I8", outcome="paid",
                occurred_at="2026-03-30 09:00:00")
    company.add("receipt", amount="5.00", receipt_date="2026-03-05", customer_id="C4")
    for number in range(10, 18):
        company.invoice(f"I{number}", "10.00", "2026-03-10", "C1")
        company.payment(f"I{number}", "10.00", "2026-03-10")
    return company


def copied(company: Company, home: Path) -> Company:
    """The company with all that its nights left so far, in another place."""
    shutil.copytree(company.home, home, dirs_exist_ok=True)
    rows = {table: [dict(row) for row in rows] for table, rows in company.rows.items()}
    return Company(home, rows)


def content(url: str) -> dict[str, Rows]:
    """Every row of every warehouse table, in an order of its own."""
    with asking(url) as ask:
        return {
            table: sorted(map(plain, ask(f"select * from receivables.{table}")), key=repr)
            for table in warehouse.tables()
        }


def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row of either engine as the same values; decimals keep their scale."""
    return tuple(format(value, "f") if isinstance(value, Decimal) else value for value in row)


def query(url: str, text: str) -> Rows:
    """The rows of one query."""
    with asking(url) as ask:
        return ask(text)


@contextmanager
def asking(url: str) -> Iterator[Callable[[str], Rows]]:
    """A connection that only reads, on either engine."""
    if url.startswith("duckdb"):
        with duckdb.connect(url.removeprefix("duckdb:///"), read_only=True) as connection:
            yield lambda text: connection.execute(text).fetchall()
        return
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        yield lambda text: [tuple(row) for row in connection.exec_driver_sql(text)]
    engine.dispose()
