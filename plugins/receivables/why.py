"""Why an open item was, or was not, written about."""

from __future__ import annotations

from datetime import date
from typing import Any

from receivables.currency import exponent
from receivables.lake import Lake
from receivables.settings import Settings
from receivables.sql import session


def decisions(
    settings: Settings, invoice: str, *, as_of_date: date | None
) -> list[dict[str, Any]]:
    """The decisions about an invoice, by its id or number: a row an instalment.

    Of the night of `as_of_date`, else of each legal entity's newest; empty if it is open in none.
    """
    lake = Lake(settings.home)
    found = []
    with session(lake.scratch) as sql:
        for legal_entity_id in settings.entities:
            night = (
                lake.newest_official(legal_entity_id)
                if as_of_date is None
                else lake.official(as_of_date=as_of_date, legal_entity_id=legal_entity_id)
            )
            if night is None or not night.file("decision").exists():
                continue
            sql.connection.execute("drop view if exists decision")
            sql.read("decision", night.file("decision"))
            found += sql.rows("why", invoice=invoice)
    return found


def sentence(row: dict[str, Any]) -> str:
    """A decision in words."""
    verdict = {
        "selected": "is written about",
        "waiting": "is not written about tonight",
        "blocked": "must not be written about",
        "not_due": "is not due",
        "review": "waits for a person",
    }[row["outcome"]]
    owed = f"{row['open_amount']:.{exponent(row['currency'])}f} {row['currency']}"
    return (
        f"{row['invoice_number']}, instalment {row['instalment_no']}, of customer "
        f"{row['customer_id']} ({row['legal_entity_id']}), night of {row['as_of_date']}: "
        f"{owed} open, due {row['due_date']}. "
        f"It {verdict} ({row['reason_code']}): {row['reason_text']} "
        f"Rule path: {row['rule_path']}. Decided under {row['policy_version']}."
    )
