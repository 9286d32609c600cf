"""Who owes in a Tryton, and by when: due dates, rescheduling, delegation, names, merged parties."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from proteus import Wizard
from tryton_company import Company, find, save, unpaid
from tryton_invoices import draft


def due_date_moved(company: Company) -> None:
    line = company.one(unpaid(company.one(company.posted())))
    days = company.chance.choice([-3, 9, 30])
    line.maturity_date = (line.maturity_date or company.day) + timedelta(days)
    line.save()


def _post(wizard: Wizard) -> None:
    """The move that a wizard has made, which the company's settings may leave a draft."""
    (move,) = wizard.actions[0]
    if move.state == "draft":
        move.click("post")


def rescheduled(company: Company) -> None:
    """Three new parts, a month apart, in place of those that are unpaid: Tryton divides by their sum."""
    lines = unpaid(company.one(
        invoice for invoice in company.posted(("total_amount", ">", 0))
        if sum(line.debit - line.credit for line in invoice.lines_to_pay
               if not line.reconciliation)))
    wizard = Wizard("account.move.line.reschedule", lines)
    wizard.form.start_date = company.day
    wizard.form.frequency = "monthly"
    wizard.form.number = 3
    wizard.execute("preview")
    wizard.execute("reschedule")
    _post(wizard)


def delegated(company: Company) -> None:
    """Another party owes a part of an invoice from now on."""
    invoice = company.one(invoice for invoice in company.posted() if not invoice.payment_lines)
    line = unpaid(invoice)[0]
    wizard = Wizard("account.move.line.delegate", [line])
    wizard.form.party = company.one(
        party for party in find("party.party", ("name", "like", "Customer%"))
        if party != line.party)
    wizard.execute("delegate")
    _post(wizard)


def renamed(company: Company) -> None:
    party = company.party()
    party.name += " & Co"
    party.save()


def _merge(party: Any, other: Any) -> None:
    wizard = Wizard("party.replace", models=[party])
    wizard.form.destination = other
    wizard.execute("replace")


def merged(company: Company) -> None:
    """A customer entered twice, whose draft the first one gets, and then owes."""
    twice, customer = save("party.party", name="Twice"), company.party()
    invoice = draft(company, party=twice)
    _merge(twice, customer)
    invoice.reload()
    invoice.click("post")


def merged_with_lines(company: Company) -> None:
    """Two customers with posted lines, which Tryton 8 refuses: it alters no posted line."""
    line = company.one(company.open_lines())
    other = company.one(other.party for other in company.open_lines()
                        if other.party != line.party)
    _merge(line.party, other)
