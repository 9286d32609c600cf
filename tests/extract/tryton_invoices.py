"""Documents of a company in Tryton: made, credited, cancelled, deleted, as its users do."""

from __future__ import annotations

from typing import Any

from proteus import Model, Wizard
from tryton_company import Company, find
from trytond.modules.currency.tests.tools import get_currency

DRAFT = (("type", "=", "out"), ("state", "=", "draft"))


def draft(company: Company, *, quantity: int = 1, party: Any = None) -> Any:
    """A customer invoice of a random amount, one in four in euro; below zero for -1."""
    invoice = Model.get("account.invoice")(type="out", party=party or company.party())
    invoice.payment_term = company.one(find("account.invoice.payment_term"))
    invoice.invoice_date = company.day
    if company.chance.random() < 0.25:
        invoice.currency = get_currency("EUR")
    invoice.lines.new(account=company.accounts["revenue"], description="Goods",
                      quantity=quantity, unit_price=company.amount())
    invoice.save()
    return invoice


def invoiced(company: Company) -> None:
    draft(company).click("post")


def credit_note(company: Company) -> None:
    """An invoice below zero."""
    draft(company, quantity=-1).click("post")


def drafted(company: Company) -> None:
    draft(company)


def draft_posted(company: Company) -> None:
    invoice = company.one(find("account.invoice", *DRAFT))
    invoice.invoice_date = company.day
    invoice.save()
    invoice.click("post")


def draft_deleted(company: Company) -> None:
    company.one(find("account.invoice", *DRAFT, ("number", "=", None))).delete()


def _credit(company: Company, invoice: Any, *, refund: bool) -> None:
    wizard = Wizard("account.invoice.credit", [invoice])
    wizard.form.with_refund = refund
    wizard.form.invoice_date = company.day
    wizard.execute("credit")


def refunded(company: Company) -> None:
    """Credited whole: Tryton posts the credit note and reconciles both."""
    _credit(company, company.one(
        invoice for invoice in company.posted(("total_amount", ">", 0))
        if invoice.amount_to_pay == invoice.total_amount), refund=True)


def credited(company: Company) -> None:
    """Credited by a draft, which is posted and set against nothing."""
    known = {invoice.id for invoice in find("account.invoice", *DRAFT)}
    _credit(company, company.one(company.posted(("total_amount", ">", 0))), refund=False)
    for invoice in find("account.invoice", *DRAFT):
        if invoice.id not in known:
            invoice.invoice_date = company.day
            invoice.save()
            invoice.click("post")


def invoice_cancelled(company: Company) -> None:
    """By its own button, in a company that allows it."""
    invoice = company.one(
        invoice for invoice in company.posted()
        if not invoice.payment_lines
        and not any(line.reconciliation for line in invoice.lines_to_pay))
    company.record.cancel_invoice_out = True
    company.record.save()
    invoice.click("cancel")


def invoice_move_cancelled(company: Company) -> None:
    """By its move: the invoice is paid, then."""
    invoice = company.one(
        invoice for invoice in company.posted()
        if not invoice.additional_moves
        and not any(line.reconciliation for line in invoice.move.lines))
    cancel_move(company, invoice.move)


def cancel_move(company: Company, move: Any) -> None:
    wizard = Wizard("account.move.cancel", [move])
    wizard.form.reversal = company.chance.random() < 0.5
    wizard.execute("cancel")
