"""A company in Tryton: what its books need, made and found again by Tryton's own API."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from proteus import Model
from proteus.config import get_config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.modules.currency.tests.tools import get_currency

CUSTOMERS = 8
RATES = ((60, "0.8"), (30, "0.9"))
TERMS = {"at once": [], "halves": [20, 40], "month": [30]}


def find(model: str, *conditions: Any, **options: Any) -> list[Any]:
    """Records of a model, in the order of their ids."""
    return Model.get(model).find(list(conditions), **{"order": [("id", "ASC")]} | options)


def save(model: str, **values: Any) -> Any:
    record = Model.get(model)(**values)
    record.save()
    return record


def found() -> None:
    """Give an empty Tryton a company of dollars with euro customers, and all that it books with."""
    create_company()
    create_chart()
    today = date.today()
    years = date(today.year - 1, 1, 1), date(today.year + 1, 12, 31)
    set_fiscalyear_invoice_sequences(create_fiscalyear(today=years)).click("create_period")
    euro = get_currency("EUR")
    for days, rate in RATES:
        euro.rates.new(date=today - timedelta(days), rate=Decimal(rate))
    euro.save()
    for name, days in TERMS.items():
        _term(name, days)
    for number in range(CUSTOMERS):
        save("party.party", name=f"Customer {number}")
    _journals()


def _term(name: str, days: list[int]) -> None:
    """A payment term of equal parts, so many days after the invoice."""
    term = Model.get("account.invoice.payment_term")(name=name)
    for part in days[:-1]:
        line = term.lines.new(type="percent", ratio=Decimal(1) / len(days))
        (delta,) = line.relativedeltas
        delta.days = part
    line = term.lines.new(type="remainder")
    if days:
        line.relativedeltas.new(days=days[-1])
    term.save()


def _journals() -> None:
    """Ways to be paid, to write off, and to book what exchange rates make."""
    accounts = get_accounts()
    cash, = find("account.journal", ("type", "=", "cash"))
    write_off, = (find("account.journal", ("type", "=", "write-off"))
                  or [save("account.journal", name="Write-off", type="write-off")])
    save("account.invoice.payment.method", name="Cash", journal=cash,
         credit_account=accounts["cash"], debit_account=accounts["cash"])
    save("account.move.reconcile.write_off", name="Write-off", journal=write_off,
         credit_account=accounts["expense"], debit_account=accounts["expense"])
    save("account.payment.journal", name="By hand", process_method="manual")
    statements, = find("account.journal", ("code", "=", "STA"))
    save("account.statement.journal", name="Bank", journal=statements, account=accounts["cash"],
         validation="balance")
    settings = Model.get("account.configuration")(1)
    settings.currency_exchange_journal = write_off
    settings.currency_exchange_credit_account = accounts["revenue"]
    settings.currency_exchange_debit_account = accounts["expense"]
    settings.save()


class Company:
    """The company on a business day, and the draw of what happens to it."""

    def __init__(self, day: date, seed: int) -> None:
        self.config = get_config()
        self.day, self.chance = day, random.Random(seed)
        self.record = get_company()
        self.currency = self.record.currency
        self.accounts = get_accounts()
        self.receivable = ("account", "=", self.accounts["receivable"].id)

    def one(self, records: Iterable[Any]) -> Any:
        """One of these, drawn; raises LookupError where there is none."""
        return self.chance.choice(list(records))

    def named(self, model: str, name: str) -> Any:
        (record,) = find(model, ("name", "=", name))
        return record

    def journal(self, type: str) -> Any:
        return find("account.journal", ("type", "=", type))[0]

    def amount(self) -> Decimal:
        return Decimal(self.chance.randrange(1000, 99999)) / 100

    def party(self) -> Any:
        return self.one(find("party.party", ("name", "like", "Customer%")))

    def posted(self, *conditions: Any) -> list[Any]:
        """The company's posted invoices, which are open at least in part."""
        return find("account.invoice", ("type", "=", "out"), ("state", "=", "posted"), *conditions)

    def owed(self, at_least: int = 1, *conditions: Any) -> Any:
        """An invoice of which more than so much is to pay."""
        return self.one(invoice for invoice in self.posted(*conditions)
                        if invoice.amount_to_pay > at_least)

    def open_lines(self, *conditions: Any, state: str = "posted") -> list[Any]:
        """Lines of the receivable account that are not reconciled."""
        return find("account.move.line", self.receivable, ("reconciliation", "=", None),
                    ("move.state", "=", state), *conditions)


def unpaid(invoice: Any) -> list[Any]:
    """The parts of an invoice that are not reconciled; raises LookupError where none is."""
    lines = [line for line in invoice.lines_to_pay if not line.reconciliation]
    if not lines:
        raise LookupError("it is paid")
    return lines
