"""A book of debtors, each with a letter that waits, and what happens to each before it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy
from company import DAY, Company
from receivables.contract import tables

TODAY = DAY + timedelta(days=1)
DUE = "2026-03-01"
SOON = TODAY + timedelta(days=20)


@dataclass(frozen=True)
class Event:
    """What happens to some debtors after their letters were drafted; None: the letter goes."""

    name: str
    debtors: int
    happens: Callable[[Company, str], Any]
    reason: str | None
    because: str

    def customers(self) -> list[str]:
        return [f"{self.name}-{number}" for number in range(self.debtors)]


def invoice_of(company: Company, customer: str) -> dict[str, Any]:
    return next(row for row in company.rows["invoice"] if row["invoice_id"] == f"I-{customer}")


def contact_of(company: Company, customer: str) -> dict[str, Any]:
    return next(row for row in company.rows["contact"] if row["customer_id"] == customer)


def customer_of(company: Company, customer: str) -> dict[str, Any]:
    return next(row for row in company.rows["customer"] if row["customer_id"] == customer)


def credits(company: Company, customer: str, amount: str) -> None:
    company.invoice(
        f"N-{customer}", amount, TODAY, customer, document_type="credit_note",
        posting_date=str(TODAY), issue_date=str(TODAY),
    )


def agrees(company: Company, customer: str) -> None:
    row = company.add(
        "agreement", customer_id=customer, agreed_on=str(TODAY), invoice_ids=f"I-{customer}"
    )
    company.add(
        "agreement_instalment", agreement_id=row["agreement_id"], instalment_no=1,
        due_date=str(SOON), amount="100.00",
    )


def holds(company: Company, customer: str, **values: Any) -> None:
    company.add(
        "hold", customer_id=customer, held_from=str(TODAY), held_until=str(SOON), **values
    )


EVENTS = [
    Event("PAYS", 50, lambda c, d: c.payment(f"I-{d}", "100.00", TODAY), "PAID", "it is paid"),
    Event("DISPUTES", 50,
          lambda c, d: c.add("dispute", invoice_id=f"I-{d}", opened_on=str(TODAY)),
          "DISPUTED", "it is contested"),
    Event("PROMISES", 50,
          lambda c, d: c.add("promise", customer_id=d, amount="100.00", promised_on=str(TODAY),
                             due_on=str(SOON)),
          "PROMISED", "payment is promised"),
    Event("HELD", 50, holds, "ON_HOLD", "a person asked us to wait"),
    Event("CREDITED", 5, lambda c, d: credits(c, d, "100.00"), "COVERED_BY_CREDIT",
          "a credit note covers it"),
    Event("CREDITED-A-PART", 5, lambda c, d: credits(c, d, "0.01"), "AMOUNT_CHANGED",
          "the letter asks for a cent too much"),
    Event("PAYS-A-PART", 5, lambda c, d: c.payment(f"I-{d}", "60.00", TODAY), "AMOUNT_CHANGED",
          "the letter asks for too much"),
    Event("PAID-BACKDATED", 5, lambda c, d: c.payment(f"I-{d}", "100.00", "2026-03-20"), "PAID",
          "what was booked late counts from its own day"),
    Event("SENDS-MONEY", 5,
          lambda c, d: c.add("receipt", customer_id=d, amount="100.00", receipt_date=str(TODAY)),
          "COVERED_BY_CREDIT", "the money is there, if set against nothing"),
    Event("BLOCKED", 5, lambda c, d: customer_of(c, d).update(is_dunning_blocked="true"),
          "DUNNING_BLOCKED", "the ERP blocks it"),
    Event("INSOLVENT", 5, lambda c, d: holds(c, d, reason="insolvency"), "INSOLVENT",
          "a letter would be wrong"),
    Event("AGREES", 5, agrees, "ON_PLAN", "it pays by instalments now"),
    Event("CANCELLED", 5,
          lambda c, d: invoice_of(c, d).update(status="cancelled", cancelled_on=str(TODAY)),
          "PAID", "nothing is open any more"),
    Event("SAYS-IT-PAID", 5,
          lambda c, d: c.add("contact_event", event_id=f"E-{d}", customer_id=d,
                             invoice_id=f"I-{d}", outcome="paid",
                             occurred_at=f"{TODAY} 07:30:00"),
          "CASH_UNCERTAIN", "a person asks first"),
    Event("GETS-TIME", 5, lambda c, d: invoice_of(c, d).update(due_date=str(SOON)),
          "ITEM_CHANGED", "the letter names a day that no longer holds"),
    Event("MALFORMED", 5,
          lambda c, d: c.add("receipt", customer_id=d, amount="1.00.00", receipt_date=str(TODAY)),
          "DATA_QUARANTINED", "a row that nobody can read may have paid it"),
    Event("MOVES", 5, lambda c, d: contact_of(c, d).update(email=f"new{d}@buyer.example"),
          "CONTACT_CHANGED", "nobody of the customer reads the old address"),
    Event("SLEEPS", 50, lambda c, d: None, None, "nothing changed"),
    Event("BUYS", 5, lambda c, d: c.invoice(f"NEW-{d}", "20.00", SOON, d), None,
          "what is not due yet changes nothing"),
    Event("PAYS-ANOTHER", 5, lambda c, d: c.payment(f"OTHER-{d}", "5.00", TODAY), None,
          "the letter was not about that one"),
]


FEW = [f"SLEEPS-{number}" for number in range(20)]


def book(company: Company) -> Company:
    """Every debtor with an overdue invoice, and enough settled business to be no odd night."""
    for event in EVENTS:
        for customer in event.customers():
            company.customer(customer)
            company.invoice(f"I-{customer}", "100.00", DUE, customer)
            company.invoice(f"OTHER-{customer}", "5.00", SOON, customer)
    company.customer("C-OTHER")
    for number in range(20):
        company.invoice(f"OLD-{number}", "10.00", "2026-02-01", "C-OTHER")
        company.payment(f"OLD-{number}", "10.00", DAY)
    return company


def happen(company: Company) -> None:
    """Everything that happens after the letters were drafted."""
    for event in EVENTS:
        for customer in event.customers():
            event.happens(company, customer)


def write_database(company: Company, url: str) -> None:
    """The company's ERP as tables of a database, every table of the contract, as text."""
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as erp:
        for name, table in tables().items():
            columns = table.column_names
            erp.exec_driver_sql(f"drop table if exists {name}")
            erp.exec_driver_sql(f"create table {name} ({' text, '.join(columns)} text)")
            if rows := company.rows.get(name):
                values = ", ".join(f"%({column})s" for column in columns)
                erp.exec_driver_sql(
                    f"insert into {name} values ({values})",
                    [{c: _text(row.get(c)) for c in columns} for row in rows],
                )
    engine.dispose()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


