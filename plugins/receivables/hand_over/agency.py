"""The agency file: what an agency needs to go on, of what the night proposes to give it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from receivables.errors import WrongUse
from receivables.hand_over.case import Case, open_case
from receivables.hand_over.record import Record, records, write_tables
from receivables.inbox.address import case_reference
from receivables.lake import Night
from receivables.settings import Settings


def agency_file(case: Case, customer_id: str | None) -> list[Record]:
    """The rows of one customer, or of every one (None), that the night proposes to hand over."""
    rows = case.sql.rows(
        "hand_over/agency_file", customer_id=customer_id, creditor_name=case.entity.name
    )
    entity = case.night.legal_entity_id
    return records("agency_file", [
        {**row, "case_reference": case_reference(entity, row["customer_id"])} for row in rows
    ])


def write_agency_files(
    settings: Settings, nights: Sequence[Night], *, customer_id: str | None, out: Path
) -> dict[str, int]:
    """Write a CSV and a JSON file for each legal entity; how many items each holds.

    Raises WrongUse if the nights propose nothing.
    """
    found = {}
    for night in nights:
        with open_case(settings, night) as case:
            found[night] = agency_file(case, customer_id)
    if not any(found.values()):
        raise WrongUse(
            f"{'any customer' if customer_id is None else customer_id}: nothing is proposed to be "
            "handed over to an agency (HAND_OVER_PROPOSED); `receivables why INVOICE` says why"
        )
    return write_tables("agency_file", found, out)
