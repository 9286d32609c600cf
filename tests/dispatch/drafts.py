"""Drafts to put into an outbox, and the hours of the day they were drafted for."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from receivables.dispatch.journal import Arming
from receivables.dispatch.message import AS_OF_HEADER, NOTICE_HEADER
from receivables.dispatch.notice import Draft, DraftItem, notice_id

AS_OF = date(2026, 3, 3)
DRAFTED_AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
MORNING = datetime(2026, 3, 4, 9, tzinfo=UTC)
EVENING = datetime(2026, 3, 4, 18, tzinfo=UTC)


def make_draft(number: int = 1, **changes: object) -> Draft:
    """A draft to customer C<number> about invoice I<number>."""
    stated = {
        "legal_entity_id": "DE01",
        "customer_id": f"C{number}",
        "step": "reminder_1",
        "cycle": f"I{number}/1",
        "generation": 0,
        "run_kind": "live",
        "as_of_date": AS_OF,
        "known_at": DRAFTED_AT,
        "drafted_at": DRAFTED_AT,
        "not_after": EVENING,
        "release_reason": "schedule",
        "channel": "email",
        "language": "de",
        "recipient_role": "accounts_payable",
        "sender": "ar@seller.example",
        "recipient": f"c{number}@buyer.example",
        "amount_text": "100,00 EUR",
        "subject": f"Zahlungserinnerung {number}",
        "items": (DraftItem(f"I{number}", 1, "reminder_1", "EUR", Decimal("100.00")),),
    } | changes
    key = {
        name: stated[name]
        for name in ("legal_entity_id", "customer_id", "step", "cycle", "generation")
    }
    name = notice_id(**key)
    text = (
        f"From: ar@seller.example\r\nMessage-ID: <{name}@seller.example>\r\n"
        f"{NOTICE_HEADER}: {name}\r\n{AS_OF_HEADER}: {stated['as_of_date']}\r\n"
        f"Date: Wed, 04 Mar 2026 02:00:00 +0000\r\n\r\nDear {stated['customer_id']}\r\n.\r\n"
        "..two dots\r\n"
    )
    frozen = {"message_id": f"<{name}@seller.example>", "message": text.encode()}
    return Draft(**(frozen | stated))


def make_arming(armed_at: datetime) -> Arming:
    """What the journal keeps of the first draft."""
    names = [field.name for field in fields(Arming) if field.name != "armed_at"]
    return Arming(armed_at=armed_at, **{name: getattr(make_draft(), name) for name in names})


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def long_text() -> dict[str, object]:
    """A message that no socket buffer holds: a relay that hangs up is noticed while it is sent."""
    return {"message": b"Subject: long\r\n\r\n" + b"a line of text\r\n" * 1_000_000}
