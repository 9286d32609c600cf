"""The protest remittance: registered boletos past due, with what a bank needs to protest them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from receivables.errors import WrongUse
from receivables.hand_over.case import Case, open_case
from receivables.hand_over.record import Record, records, write_tables
from receivables.lake import Night
from receivables.settings import Settings


def protest_remittance(case: Case, *, days_past_due_min: int) -> list[Record]:
    """The titles of a Brazilian legal entity so many days past due; none of another."""
    return records("protest_remittance", case.sql.rows(
        "hand_over/protest_remittance", creditor_country=case.entity.country,
        days_past_due_min=days_past_due_min,
    ))


def write_protest_remittances(
    settings: Settings, nights: Sequence[Night], *, days_past_due_min: int, out: Path
) -> dict[str, int]:
    """Write a CSV and a JSON file for each legal entity with titles; how many each holds.

    Raises WrongUse if there is no title.
    """
    found = {}
    for night in nights:
        with open_case(settings, night) as case:
            found[night] = protest_remittance(case, days_past_due_min=days_past_due_min)
    if not any(found.values()):
        raise WrongUse("no registered boleto is past due that nothing forbids to have protested")
    return write_tables("protest_remittance", found, out)
