"""Banking in a company's Tryton: bank statements, and payments that are under way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from proteus import Model, Wizard
from tryton_company import Company, find
from tryton_payments import CENT

STEPS = {
    "draft": [], "submitted": ["submit"], "processing": ["submit", "process_wizard"],
    "succeeded": ["submit", "process_wizard", "succeed"],
    "failed": ["submit", "process_wizard", "fail"],
}


def _line(company: Company, statement: Any, party: Any, amount: Decimal, invoice: Any) -> None:
    line = statement.lines.new()
    line.date = company.day
    line.amount = amount
    line.party = party
    line.account = company.accounts["receivable"]
    if invoice:
        line.related_to = invoice


def statement(company: Company) -> None:
    """One payment of an invoice, whole or one dollar, and one on account; one in five is cancelled."""
    journal = company.named("account.statement.journal", "Bank")
    before = find("account.statement", ("state", "=", "posted"))
    start = before[-1].end_balance if before else Decimal(0)
    made = Model.get("account.statement")(name="Day", journal=journal, date=company.day,
                                          start_balance=start)
    invoice = company.owed(1, ("currency", "=", company.currency.id))
    amount = company.chance.choice([invoice.amount_to_pay, Decimal(1)])
    _line(company, made, invoice.party, amount, invoice)
    _line(company, made, company.party(), company.amount(), None)
    made.end_balance = start + sum(line.amount for line in made.lines)
    made.save()
    made.click("validate_statement")
    made.click("post" if company.chance.random() < 0.8 else "cancel")


def payment_under_way(company: Company) -> None:
    """A payment of a part of an invoice, whole or half of it, as far as it may have come."""
    line = company.one(
        line for invoice in company.posted(("total_amount", ">", 0),
                                           ("currency", "=", company.currency.id))
        for line in invoice.lines_to_pay
        if line.debit and not line.reconciliation and line.payment_amount > 1)
    wizard = Wizard("account.move.line.pay", [line])
    wizard.execute("next_")
    wizard.execute("next_")
    (payment,) = wizard.actions[0]
    payment.amount = company.chance.choice([payment.amount, (payment.amount / 2).quantize(CENT)])
    payment.date = company.day
    payment.save()
    for button in STEPS[company.one(STEPS)]:
        payment.click(button)
