"""Money in a company's Tryton: paid, linked, under way, taken back, as its users do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from proteus import Model, Wizard
from tryton_company import Company, find, unpaid
from tryton_invoices import cancel_move

CENT = Decimal("0.01")


def _pay(company: Company, invoice: Any, amount: Decimal, what: str) -> None:
    """By the wizard of the invoice; `what` is how Tryton calls what it does with a difference."""
    wizard = invoice.click("pay")
    wizard.form.amount = amount
    wizard.form.payment_method = company.named("account.invoice.payment.method", "Cash")
    wizard.form.date = company.day
    wizard.execute("choice")
    if wizard.state == "ask":
        wizard.form.type = what
        if what == "writeoff":
            wizard.form.writeoff = company.named("account.move.reconcile.write_off", "Write-off")
        wizard.execute("pay")


def paid(company: Company) -> None:
    invoice = company.owed()
    _pay(company, invoice, invoice.amount_to_pay, "overpayment")


def paid_in_part(company: Company) -> None:
    invoice = company.owed()
    _pay(company, invoice, (invoice.amount_to_pay / 3).quantize(CENT), "partial")


def paid_too_much(company: Company) -> None:
    invoice = company.owed()
    _pay(company, invoice, invoice.amount_to_pay + 10, "overpayment")


def written_off(company: Company) -> None:
    """Paid but for a little, which is written off."""
    invoice = company.owed(5, ("currency", "=", company.currency.id))
    _pay(company, invoice, invoice.amount_to_pay - Decimal("1.23"), "writeoff")


def _entry(company: Company, type: str, party: Any, amount: Decimal, *, owed: bool,
           post: bool = True) -> None:
    """A move by hand in a journal of a type, on a customer's account and that of the cash."""
    period, = find("account.period", ("start_date", "<=", company.day),
                   ("end_date", ">=", company.day), ("type", "=", "standard"))
    move = Model.get("account.move")(journal=company.journal(type), date=company.day,
                                     period=period)
    debit, credit = (amount, Decimal(0)) if owed else (Decimal(0), amount)
    move.lines.new(account=company.accounts["receivable"], party=party,
                   debit=debit, credit=credit)
    move.lines.new(account=company.accounts["cash"], debit=credit, credit=debit)
    move.save()
    if post:
        move.click("post")


def on_account(company: Company) -> None:
    """From a customer that owes more, set against nothing."""
    invoice = company.owed(5, ("currency", "=", company.currency.id))
    amount = (invoice.amount_to_pay / 3).quantize(CENT)
    _entry(company, "cash", invoice.party, amount, owed=False)


def paid_back(company: Company) -> None:
    """Money paid out to a customer, set against nothing."""
    _entry(company, "cash", company.party(), company.amount(), owed=True)


def opened(company: Company) -> None:
    """An opening balance."""
    _entry(company, "general", company.party(), company.amount(),
           owed=company.chance.random() < 0.5)


def entry_drafted(company: Company) -> None:
    _entry(company, "cash", company.party(), company.amount(), owed=False, post=False)


def entry_deleted(company: Company) -> None:
    company.one(find("account.move", ("state", "=", "draft"), ("origin", "=", None))).delete()


def linked(company: Company) -> None:
    """Money on account becomes the payment of an invoice, without a reconciliation."""
    taken = {line.id for invoice in company.posted() for line in invoice.payment_lines}
    line, invoice = company.one(
        (line, invoice)
        for line in company.open_lines(("credit", ">", 0), ("move.journal.type", "=", "cash"),
                                       ("second_currency", "=", None))
        if line.id not in taken
        for invoice in company.posted(("party", "=", line.party.id),
                                      ("currency", "=", company.currency.id))
        if invoice.amount_to_pay >= line.credit)
    invoice.payment_lines.append(line)
    invoice.save()


def set_off(company: Company) -> None:
    """A credit note reconciled with an invoice; what is left of either is written off."""
    invoice, note = company.one(
        (invoice, note)
        for invoice in company.posted(("total_amount", ">", 0),
                                      ("currency", "=", company.currency.id))
        if not invoice.payment_lines
        for note in company.posted(("total_amount", "<", 0), ("party", "=", invoice.party.id),
                                   ("currency", "=", company.currency.id)))
    wizard = Wizard("account.move.reconcile_lines", unpaid(invoice) + unpaid(note))
    if wizard.state == "writeoff":
        wizard.form.writeoff = company.named("account.move.reconcile.write_off", "Write-off")
        wizard.form.date = company.day
        wizard.execute("reconcile")


def unreconciled(company: Company) -> None:
    reconciliation = company.one(
        one for one in find("account.move.reconciliation")
        if any(line.account == company.accounts["receivable"] for line in one.lines))
    Wizard("account.move.unreconcile_lines", list(reconciliation.lines))


def payment_cancelled(company: Company) -> None:
    """A payment bounces: it is un-reconciled, and its move cancelled."""
    move = company.one(
        move for move in find("account.move", ("journal.type", "=", "cash"),
                              ("state", "=", "posted"))
        if not str(move.origin or "").startswith("account.move"))
    lines = [line for line in move.lines if line.reconciliation]
    if lines:
        Wizard("account.move.unreconcile_lines", lines)
    cancel_move(company, move)
