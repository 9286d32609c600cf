"""The planted bad rows: each has one defect that the border must catch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect; `is_text_only` if a typed Parquet column could not carry it."""

    table: str
    key: str
    about: str
    rows: tuple[Row, ...]
    is_text_only: bool = False


def planted(until: date, *, customer_id: str) -> list[Defect]:
    """Every planted defect, dated near the last day; those of money are a Brazilian customer's."""
    invoice = _invoice(until, customer_id)
    return [*_master_data(), *_invoices(invoice, until), *_money(until, customer_id)]


def carriers(until: date, *, customer_id: str) -> dict[str, list[Row]]:
    """Good rows that are there only for a bad one to hang on; cancelled, so they owe nothing."""
    row = _invoice(until, customer_id) | _named("INV00000000", gross_amount="50.00")
    return {"invoice": [{**row, "status": "cancelled", "cancelled_on": row["posting_date"]}]}


def _master_data() -> list[Defect]:
    entity = {"legal_entity_id": "DE"}
    contact = {**entity, "customer_id": "C-DE-00001", "language": "de-DE", "is_active": "true"}
    return [
        Defect("customer", "BAD-CUS-1", "country `Germany` instead of `DE`", ({
            **entity, "customer_id": "BAD-CUS-1", "name": "Ohne Land GmbH", "country": "Germany",
            "language": "de-DE", "currency": "EUR", "is_dunning_blocked": "false",
        },)),
        Defect("contact", "BAD-CON-1", "role `boss`, which no step writes to", ({
            **contact, "contact_id": "BAD-CON-1", "role": "boss", "email": "boss@example.com",
        },)),
        Defect("contact", "BAD-CON-2", "two addresses in one e-mail field", ({
            **contact, "contact_id": "BAD-CON-2", "role": "operations",
            "email": "accounts@example.com, everyone@example.org",
        },)),
    ]


def _invoices(invoice: Row, until: date) -> list[Defect]:
    def bad(
        number: int, about: str, *, is_text_only: bool = False, **changes: str
    ) -> Defect:
        key = f"BAD-INV-{number}"
        row = {**invoice, **_named(key, **changes)}
        return Defect("invoice", key, about, (row,), is_text_only)

    ten_years_ago = (until - timedelta(days=3690)).isoformat()
    twice = tuple(
        {**invoice, **_named("BAD-INV-6", gross_amount=amount)} for amount in ("60.00", "66.00")
    )
    return [
        bad(1, "amount `1_000.00`", gross_amount="1_000.00", is_text_only=True),
        bad(2, "currency `EURO`", currency="EURO"),
        bad(3, "due ten years before it was issued", due_date=ten_years_ago),
        bad(4, "issued on 30 February", issue_date=f"{until.year}-02-30", is_text_only=True),
        bad(5, "customer who does not exist", customer_id="C-BR-NOBODY"),
        Defect("invoice", "BAD-INV-6", "one key on two rows with different amounts", twice),
    ]


def _money(until: date, customer_id: str) -> list[Defect]:
    day = (until - timedelta(days=5)).isoformat()
    entity = {"legal_entity_id": "BR"}
    return [
        Defect("instalment", "INV00000000, 1", "negative amount", ({
            **entity, "invoice_id": "INV00000000", "instalment_no": "1", "due_date": day,
            "amount": "-50.00", "open_amount": "0.00",
        },)),
        Defect("receipt", "BAD-RCP-1", "amount in full-width digits", ({
            **entity, "receipt_id": "BAD-RCP-1", "customer_id": customer_id,
            "receipt_date": day, "currency": "BRL", "amount": "１２３.４５",
        },), is_text_only=True),
        Defect("allocation", "BAD-ALC-1", "invoice that does not exist", ({
            **entity, "allocation_id": "BAD-ALC-1", "invoice_id": "INV-NOT-THERE",
            "source_type": "write_off", "source_id": "WOF-BAD-1", "allocation_date": day,
            "amount": "75.00",
        },)),
    ]


def _named(invoice_id: str, **changes: str) -> dict[str, str]:
    return {"invoice_id": invoice_id, "invoice_number": invoice_id} | changes


def _invoice(until: date, customer_id: str) -> dict[str, str]:
    issued = (until - timedelta(days=40)).isoformat()
    return {
        "legal_entity_id": "BR",
        "customer_id": customer_id,
        "document_type": "invoice",
        "issue_date": issued,
        "posting_date": issued,
        "currency": "BRL",
        "gross_amount": "1000.00",
        "due_date": (until - timedelta(days=10)).isoformat(),
        "status": "posted",
        "instrument_type": "transfer",
        "instrument_status": "none",
    }
