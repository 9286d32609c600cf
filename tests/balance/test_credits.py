"""One debt in two views: in the accounts gross with credits apart; for dunning with them set off."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from company import Company, read
from receivables.lake import Night
from seller import RELEASE

# What happened: (what, its name, amount, and what else there is to say). Of invoices A and B, A is
# the older. Then what is open, what stands to the customer's credit, what could be demanded, because.
A, B = ("invoice", "A", "100", {"due": "2026-02-01"}), ("invoice", "B", "60", {"due": "2026-03-01"})
REVERSED = {"reversed_on": "2026-03-20"}
CANCELLED = {"status": "cancelled", "cancelled_on": "2026-03-10"}
CASES: list[tuple[list[tuple], dict[str, str], dict[str, str], dict[str, str], str]] = [
    ([A, B], {"A": "100", "B": "60"}, {}, {"A": "100", "B": "60"}, "nothing came in"),
    ([A, B, ("receipt", "R", "70", {})],
     {"A": "100", "B": "60"}, {"unapplied_receipt R": "-70"}, {"A": "30", "B": "60"},
     "unapplied money covers part of the oldest, for dunning only"),
    ([A, B, ("receipt", "R", "130", {})],
     {"A": "100", "B": "60"}, {"unapplied_receipt R": "-130"}, {"A": "0", "B": "30"},
     "what the oldest does not need goes on to the next"),
    ([A, B, ("receipt", "R", "90", {}), ("receipt", "S", "20", {}), ("note", "N", "30", {})],
     {"A": "100", "B": "60"},
     {"unapplied_receipt R": "-90", "unapplied_receipt S": "-20", "credit_note N": "-30"},
     {"A": "0", "B": "20"}, "credits of every kind cover together, and stay apart in the accounts"),
    ([A, B, ("receipt", "R", "500", {})],
     {"A": "100", "B": "60"}, {"unapplied_receipt R": "-500"}, {"A": "0", "B": "0"},
     "credits beyond all debts: the net is negative, and nothing is demanded"),
    ([A, B, ("receipt", "R", "160", {})],
     {"A": "100", "B": "60"}, {"unapplied_receipt R": "-160"}, {"A": "0", "B": "0"},
     "credits equal to all debts"),
    ([("receipt", "R", "40", {})], {}, {"unapplied_receipt R": "-40"}, {},
     "credits of a customer that owes nothing"),
    ([A, B, ("receipt", "R", "130", {}), ("pay", "A", "130", {"by": "R"})],
     {"B": "60"}, {"overpayment A": "-30"}, {"B": "30"}, "an overpayment is credit for the others"),
    ([A, B, ("receipt", "R", "130", {}), ("pay", "A", "100", {"by": "R"})],
     {"B": "60"}, {"unapplied_receipt R": "-30"}, {"B": "30"},
     "what an allocation left of a receipt is credit, too"),
    ([A, ("receipt", "R", "100", {}), ("pay", "A", "100", {"by": "R", **REVERSED})],
     {"A": "100"}, {"unapplied_receipt R": "-100"}, {"A": "0"},
     "a reversed allocation opens the invoice, and the money is unapplied again"),
    ([A, ("receipt", "R", "130", {}), ("pay", "A", "130", {"by": "R", **REVERSED})],
     {"A": "100"}, {"unapplied_receipt R": "-130"}, {"A": "0"},
     "a reversed overpayment is no overpayment any more"),
    ([A, ("receipt", "R", "100", {}), ("pay", "A", "100", {"by": "R", **REVERSED}),
      ("pay", "A", "100", {"by": "R", "on": "2026-03-20"})],
     {}, {}, {}, "reversed and set again on one day: it counts once"),
    ([("invoice", "A", "100", {"due": "2026-02-01", **CANCELLED}), B, ("receipt", "R", "100", {}),
      ("pay", "A", "100", {"by": "R"})],
     {"B": "60"}, {"overpayment A": "-100"}, {"B": "0"},
     "money on a cancelled invoice is credit for the others"),
    ([("invoice", "A", "100", {"due": "2026-02-01", **CANCELLED}), B],
     {"B": "60"}, {}, {"B": "60"}, "a cancelled invoice that nobody paid leaves nothing"),
    ([A, B, ("note", "N", "150", {})],
     {"A": "100", "B": "60"}, {"credit_note N": "-150"}, {"A": "0", "B": "10"},
     "a credit note larger than the oldest invoice covers the next in part"),
    ([A, B, ("note", "N", "150", {}), ("pay", "A", "100", {"by": "N", "with": "credit_note"})],
     {"B": "60"}, {"credit_note N": "-50"}, {"B": "10"},
     "what is left of a credit note set against a smaller invoice"),
    ([A, ("note", "N", "150", {}), ("pay", "A", "150", {"by": "N", "with": "credit_note"})],
     {}, {"overpayment A": "-50"}, {}, "a larger credit note wholly set against it overpays it"),
    ([A, ("note", "N", "150", {**CANCELLED})],
     {"A": "100"}, {}, {"A": "100"}, "a cancelled credit note is worth nothing"),
    ([A, ("note", "N", "150", {}),
      ("pay", "A", "100", {"by": "N", "with": "credit_note", **REVERSED})],
     {"A": "100"}, {"credit_note N": "-150"}, {"A": "0"},
     "a reversed credit note is open again, the whole of it"),
    ([A, ("receipt", "R", "100", {"on": "2026-05-02"}), ("pay", "A", "100", {"by": "R"})],
     {"A": "100"}, {}, {"A": "100"}, "a post-dated cheque pays nothing before its day"),
    ([A, ("receipt", "R", "100", {"on": "2026-03-31"}), ("pay", "A", "100", {"by": "R"})],
     {}, {}, {}, "of the day itself: it is there"),
    ([("invoice", "Z", "0", {"due": "2026-02-01"}), A], {"A": "100"}, {}, {"A": "100"},
     "of a document of nothing nothing is owed"),
    ([("invoice", "Z", "0", {"due": "2026-02-01"}), ("receipt", "R", "5", {}),
      ("pay", "Z", "5", {"by": "R"})],
     {}, {"overpayment Z": "-5"}, {}, "and money for it is the customer's"),
]


def _happen(company: Company, customer_id: str, event: tuple[str, str, str, dict[str, Any]]) -> None:
    what, name, amount, more = event
    name = f"{customer_id} {name}"
    if what == "invoice":
        company.invoice(name, amount, more["due"], customer_id, **_without(more, "due"))
    elif what == "note":
        company.invoice(
            name, amount, "2026-03-01", customer_id, document_type="credit_note", **more
        )
    elif what == "receipt":
        company.add(
            "receipt", receipt_id=name, customer_id=customer_id, amount=amount,
            receipt_date=more.get("on", "2026-03-05"),
        )
    else:
        company.add(
            "allocation", invoice_id=name, source_type=more.get("with", "receipt"),
            source_id=f"{customer_id} {more['by']}", amount=amount,
            allocation_date=more.get("on", "2026-03-05"), reversed_on=more.get("reversed_on"),
        )


def _without(more: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in more.items() if name != key}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The published night of a company with a customer for each case."""
    company = Company(tmp_path_factory.mktemp("credits"))
    for number, (events, *_) in enumerate(CASES):
        company.customer(f"C{number}")
        for event in events:
            _happen(company, f"C{number}", event)
    assert company.quick_night(release=RELEASE).status == "published"
    return company.official()


def _of_customer(night: Night, table: str, columns: str, number: int) -> list[tuple[Any, ...]]:
    rows = read(night, table, f"customer_id, {columns}")
    return [row[1:] for row in rows if row[0] == f"C{number}"]


def _named(amounts: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(amount) for name, amount in amounts.items()}


each_case = pytest.mark.parametrize(
    ("number", "gross", "credits", "exposure", "because"),
    [(number, *case[1:]) for number, case in enumerate(CASES)], ids=[case[-1] for case in CASES],
)


@each_case
def test_the_accounting_view_is_gross_with_credits_apart(
    published: Night, number: int, gross: dict, credits: dict, exposure: dict, because: str
) -> None:
    is_open = {
        invoice_id.split()[1]: amount for invoice_id, amount in
        _of_customer(published, "publish/aging_snapshot", "invoice_id, open_amount", number)
    }
    assert is_open == _named(gross), because
    columns = "kind, document_id, unapplied_receipt_amount, credit_note_amount, overpayment_amount"
    apart = {
        f"{kind} {document_id.split()[1]}": dict(
            unapplied_receipt=received, credit_note=credited, overpayment=overpaid
        )
        for kind, document_id, received, credited, overpaid in
        _of_customer(published, "publish/credit_snapshot", columns, number)
    }
    assert {name: amounts[name.split()[0]] for name, amounts in apart.items()} == _named(credits)
    assert all(sum(amounts.values()) == amounts[n.split()[0]] for n, amounts in apart.items())
    net = sum(_named(gross).values()) + sum(_named(credits).values())
    totals = _of_customer(
        published, "publish/aging_by_customer", "open_amount, credit_amount, net_amount", number
    )
    sums = (sum(_named(gross).values()), sum(_named(credits).values()), net)
    assert totals == ([sums] if gross or credits else []), because


@each_case
def test_dunning_exposure_sets_credits_off_against_the_oldest_first(
    published: Night, number: int, gross: dict, credits: dict, exposure: dict, because: str
) -> None:
    demandable, covered = {}, defaultdict(bool)
    columns = "invoice_id, dunning_exposure_amount, reason_code"
    for invoice_id, amount, reason in _of_customer(published, "decision", columns, number):
        demandable[invoice_id.split()[1]] = amount
        covered[invoice_id.split()[1]] = reason == "COVERED_BY_CREDIT"
    assert demandable == _named(exposure), because
    assert {name for name in covered if covered[name]} == {
        name for name, amount in exposure.items() if amount == "0"
    }
    net = sum(_named(gross).values()) + sum(_named(credits).values())
    assert sum(demandable.values()) == max(net, Decimal(0)), because


@each_case
def test_a_letter_asks_for_the_dunning_exposure(
    published: Night, number: int, gross: dict, credits: dict, exposure: dict, because: str
) -> None:
    """A letter, or a person where the money could be for another item: together for all of it."""
    asked = sum(row[0] for row in _of_customer(published, "notice", "demanded_amount", number))
    columns = "reason_code, dunning_exposure_amount"
    decisions = _of_customer(published, "decision", columns, number)
    in_doubt = sum(amount for reason, amount in decisions if reason == "CASH_UNCERTAIN")
    assert asked + in_doubt == sum(_named(exposure).values()), because
