"""What a Tryton itself says is owed, as text by its own ids."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from tryton_company import Company, find

Figures = dict[str, Any]


def figures(company: Company) -> Figures:
    """`open` is Tryton's amount to pay without payments under way; `lines` by party and currency."""
    with company.config.set_context(with_payment=False):
        unpaid = _to_pay()
    return {
        "entity": str(company.record.id), "currency": company.currency.code,
        "open": unpaid, "amount_to_pay": _to_pay(),
        "receivable": _receivable(), "payments": _payments(),
        "lines": _lines(company, "posted"), "drafts": _lines(company, "draft"),
    }


def _to_pay() -> dict[str, str]:
    """Tryton's amount to pay of every invoice that was posted, paid and cancelled ones too."""
    return {str(invoice.id): str(invoice.amount_to_pay)
            for invoice in find("account.invoice", ("type", "=", "out"),
                                ("state", "in", ["posted", "paid", "cancelled"]))
            if invoice.move}


def _receivable() -> dict[str, str]:
    """Tryton's receivable of every party, in the company's currency: drafts are in it."""
    return {str(party.id): str(party.receivable)
            for party in find("party.party", ("active", "in", [True, False]))}


def _lines(company: Company, state: str) -> list[tuple[str, str, str]]:
    """What stands on the receivable account by party and currency, not reconciled."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in company.open_lines(state=state):
        party = str(line.party.id if line.party else 0)
        if line.second_currency:
            sums[party, line.second_currency.code] += line.amount_second_currency
        else:
            sums[party, company.currency.code] += line.debit - line.credit
    return [(*key, str(amount)) for key, amount in sums.items()]


def _payments() -> list[tuple[str, str, str, str]]:
    """Invoice, line, state and amount of what Tryton deducts from the amount to pay."""
    lines = {line.id: (invoice, line) for invoice in find("account.invoice", ("type", "=", "out"),
                                                          ("state", "=", "posted"))
             for line in invoice.lines_to_pay if not line.reconciliation}
    found = []
    for payment in find("account.payment", ("state", "!=", "failed"), ("line", "in", list(lines))):
        invoice, line = lines[payment.line.id]
        owed = abs(line.amount_second_currency if line.second_currency
                   else line.debit - line.credit)
        found.append((str(invoice.id), str(line.id), payment.state,
                      str(max(min(payment.amount, owed), Decimal(0)))))
    return found
