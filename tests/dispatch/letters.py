"""Letters to render, ordinary ones and hostile ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from receivables.dispatch.letter import Letter, LetterLine, LetterSegment, RenderedLetter
from receivables.dispatch.message import compose

AS_OF = date(2026, 3, 3)


def segment(interest: str, due_date: date, **changes: object) -> LetterSegment:
    """One row of interest, over all the days that an item is late."""
    stated: dict[str, object] = {
        "from_date": due_date + timedelta(days=1),
        "until_date": AS_OF,
        "days": (AS_OF - due_date).days,
        "base_amount": Decimal(1000),
        "annual_rate_percent": Decimal("10.270000"),
        "interest_amount": Decimal(interest),
        "legal_basis": "§ 288 (2) BGB",
    }
    return LetterSegment(**(stated | changes))


def line(
    number: str, due_date: date, currency: str, open_amount: str, interest: str | None = None,
    **changes: object,
) -> LetterLine:
    """An item; one with interest has one row of it."""
    stated: dict[str, object] = dict(
        invoice_number=number,
        issue_date=due_date - timedelta(days=30),
        due_date=due_date,
        days_past_due=(AS_OF - due_date).days,
        currency=currency,
        original_amount=Decimal(open_amount) * 2,
        open_amount=Decimal(open_amount),
        interest_amount=None if interest is None else Decimal(interest),
        segments=() if interest is None else (segment(interest, due_date),),
    )
    return LetterLine(**(stated | changes))


def make_letter(step: str = "reminder_1", language: str = "de", **changes: object) -> Letter:
    """A letter about three invoices in three currencies, with a credit in one of them."""
    stated: dict[str, object] = {
        "step": step,
        "language": language,
        "legal_entity_name": "Nordlicht Pumpen GmbH",
        "letterhead": ("Hafenstraße 12", "20457 Hamburg"),
        "bank_details": ("IBAN DE89 3704 0044 0532 0130 00",),
        "contact_email": "ar@seller.example",
        "customer_name": "Müller & Söhne",
        "recipient_name": "Özlem Kaya",
        "as_of_date": AS_OF,
        "pay_by": date(2026, 3, 17),
        "lines": (
            line("RE-1", date(2026, 1, 12), "EUR", "1234567.89", "18422.17"),
            line("RE-2", date(2026, 3, 10), "JPY", "1500000"),
            line("RE-3", date(2026, 3, 2), "KWD", "1234.567", "0.003"),
        ),
        "credits": {"EUR": Decimal("-250.00")},
        "totals": {
            "EUR": Decimal("1234317.89"), "JPY": Decimal("1500000"), "KWD": Decimal("1234.567"),
        },
        "case_reference": "AR-2026-00123",
    }
    return Letter(**(stated | changes))


def composed(rendered: RenderedLetter, **changes: object) -> bytes:
    stated: dict[str, object] = {
        "notice_id": "0123456789abcdef" * 2,
        "as_of_date": AS_OF,
        "sender": "ar@seller.example",
        "sender_name": "Nordlicht Pumpen GmbH",
        "recipient": "kaya@buyer.example",
        "contact_id": "K-17",
        "message_id": "<0123@seller.example>",
        "date": datetime(2026, 3, 4, 2, tzinfo=UTC),
    }
    return compose(rendered, **(stated | changes))
