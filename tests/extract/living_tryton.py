"""A day in a Tryton: what its users do, and then what it says of what is owed.

Run by an interpreter that has trytond, its modules and proteus. Day 1 founds the company:

    DB_NAME=name TRYTOND_DATABASE_URI=postgresql://user@host:5432/ \
        python living_tryton.py DAY SEED NUMBER FIGURES.json
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import tryton_banking as banking
import tryton_invoices as invoices
import tryton_payments as payments
import tryton_terms as terms
from proteus import config
from tryton_company import Company, found
from tryton_figures import figures
from trytond.exceptions import UserError
from trytond.rpc import RPC

Change = Callable[[Company], None]

BOTH_DAYS: list[Change] = [
    payments.paid, payments.paid_in_part, payments.written_off, payments.paid_too_much,
    invoices.refunded, invoices.credited, payments.linked, payments.on_account,
    banking.statement, banking.payment_under_way, banking.payment_under_way, payments.set_off,
    terms.rescheduled, terms.delegated, terms.due_date_moved,
]
DAYS: dict[int, list[Change]] = {
    1: [
        *[invoices.invoiced] * 10, invoices.credit_note, invoices.drafted, invoices.drafted,
        payments.paid_back, payments.opened, payments.entry_drafted, *BOTH_DAYS,
    ],
    2: [
        payments.unreconciled, payments.unreconciled, payments.payment_cancelled,
        invoices.invoice_move_cancelled, invoices.invoice_cancelled, invoices.draft_deleted,
        payments.entry_deleted, invoices.draft_posted, terms.merged, terms.merged_with_lines,
        terms.renamed, *BOTH_DAYS, invoices.invoiced, invoices.credit_note,
    ],
}
TRIES_MAX = 6


def live(company: Company, changes: list[Change], number: int) -> Counter[str]:
    """Make so many changes, each kind in turn and then any; counts also what Tryton refused."""
    done: Counter[str] = Counter()
    turns = changes + company.chance.choices(changes, k=number * TRIES_MAX)
    for change in turns:
        if done.total() - sum(done[name] for name in done if "refused" in name) >= number:
            break
        try:
            change(company)
        except LookupError:
            continue
        except UserError as error:
            done[f"{change.__name__}, refused: {error.message}"] += 1
            continue
        done[change.__name__] += 1
    return done


def say_yes() -> None:
    """Go on after every warning; Tryton 7 lets its users do so one by one only."""
    settings = config.get_config()
    if hasattr(settings, "skip_warning"):
        settings.skip_warning = True
        return
    convert = RPC.convert

    def unwarned(rpc: RPC, *arguments: object, **named: object) -> tuple[object, ...]:
        args, kwargs, context, timestamp = convert(rpc, *arguments, **named)
        return args, kwargs, {**context, "_skip_warnings": True}, timestamp

    RPC.convert = unwarned


def main(day: str, seed: str, number: str, file: str) -> None:
    config.set_trytond()
    say_yes()
    if day == "1":
        found()
    company = Company(date.today() - timedelta(31 - int(day)), int(f"{seed}{day}"))
    done = live(company, DAYS[int(day)], int(number))
    said = {**figures(company), "counts": done}
    Path(file).write_text(json.dumps(said, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
