"""Nights of the demonstration company, one after the other, each on what was known by its day."""

from __future__ import annotations

import csv
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from company import ENTITY, Company, after
from receivables import demo_erp, night
from receivables.connections import resolved_url
from receivables.contract import tables
from receivables.dispatch.outbox import Outbox

FROM = date(2026, 1, 12)
RELEASE = "Ann: the demonstration's nights, read by hand"
SETTINGS: dict[str, Any] = {"entity": {"interest_rule": "de_b2b"}}

# When a row came to be known; what is said in it of later days was not, and is taken out.
KNOWN_ON = {
    "invoice": "posting_date", "receipt": "receipt_date", "allocation": "allocation_date",
    "dispute": "opened_on", "promise": "promised_on", "agreement": "agreed_on",
    "hold": "held_from",
}
SAID_LATER = {"dispute": ("resolved_on", "outcome"), "agreement_instalment": ("paid_on",),
              "allocation": ("reversed_on",), "invoice": ("cancelled_on",)}
UNUSED = {"exchange_rate", "ledger_balance", "contact_event"}


class DemoNights:
    """One legal entity of the demonstration; each night knows what had happened by its day."""

    def __init__(self, home: Path) -> None:
        demo_erp.write(home / "demo", until=FROM + timedelta(days=60), invoices=700, customers=24)
        self.company = Company(home)
        self.rows = {name: _rows(home / "demo" / f"{name}.csv") for name in set(tables()) - UNUSED}
        self.rows["instalment"] = [{**r, "open_amount": None} for r in self.rows["instalment"]]

    def night(self, day: date, *, release: str | None = RELEASE) -> int:
        """A night, from the balance to its drafts; how many letters it drafted."""
        self.company.rows = {name: _known(name, rows, day) for name, rows in self.rows.items()}
        return self.company.quick_night(day, release=release, settings=SETTINGS).drafted

    def dispatch(self, day: date) -> int:
        """The dispatcher's run into the sink, at nine in the morning after; what it sent."""
        run = self.company.run(day, settings=SETTINGS)
        return night.dispatch(run.settings, resolve=run.resolve, progress=run.progress,
                              now=lambda: after(day) + timedelta(hours=7)).sent

    def withdraw_one(self, day: date) -> None:
        """A person takes the night's first letter back."""
        run = self.company.run(day, settings=SETTINGS)
        with closing(Outbox(resolved_url(run.settings.outbox_url, run.resolve))) as outbox:
            [first, *_] = outbox.notice_states(legal_entity_id=ENTITY, since=day)
            assert outbox.withdraw(first.notice_id, "Ann: I called", now=after(day))


def _rows(file: Path) -> list[dict[str, Any]]:
    """The good rows of the company's German legal entity, as those of the tests' one."""
    with file.open(encoding="utf-8", newline="") as text:
        rows = [{key: value or None for key, value in row.items()} for row in csv.DictReader(text)]
    return [
        {**row, "legal_entity_id": ENTITY} if "legal_entity_id" in row else row
        for row in rows
        if row.get("legal_entity_id", "DE") == "DE" and row.get("invoice_id") != "INV00000000"
        and not any(str(value).startswith("BAD-") for value in row.values())
    ]


def _known(table: str, rows: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    known_on = KNOWN_ON.get(table)
    return [
        {**row, **{name: None for name in SAID_LATER.get(table, ()) if _is_later(row, name, day)}}
        for row in rows
        if known_on is None or str(row[known_on]) <= str(day)
    ]


def _is_later(row: dict[str, Any], name: str, day: date) -> bool:
    dated = row["resolved_on"] if name == "outcome" else row[name]
    return dated is not None and dated > str(day)
