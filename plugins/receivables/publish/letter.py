"""The letters of a night, as its tables tell them: by e-mail to draft, on paper to post."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from receivables.dispatch.letter import Letter, LetterLine, LetterSegment, RenderedLetter
from receivables.dispatch.message import Attachment
from receivables.dispatch.paper import letter_pdf
from receivables.lake import Night
from receivables.select.policy import Step
from receivables.settings import Entity, Settings
from receivables.sql import Session


def read_lines(
    sql: Session, items: str, **values: object
) -> dict[str, list[dict[str, Any]]]:
    """The items that the statement `items` gives, each with the rows of its interest, by letter."""
    sql.create("letter_item", items, **values)
    segments: dict[tuple[object, ...], list[LetterSegment]] = defaultdict(list)
    for row in sql.rows("publish/letter_segment"):
        segments[_item(row)].append(_segment(row))
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sql.rows("publish/letter_line"):
        lines[row["letter_id"]].append({**row, "segments": tuple(segments[_item(row)])})
    return lines


def _item(row: Mapping[str, Any]) -> tuple[object, ...]:
    return row["letter_id"], row["invoice_id"], row["instalment_no"]


def letter_of(
    row: Mapping[str, Any],
    lines: list[dict[str, Any]],
    night: Night,
    settings: Settings,
    entity: Entity,
    step: Step,
) -> Letter:
    """A letter about some items, to whoever the row names; `step` sets its words and deadline."""
    credits: dict[str, Decimal] = defaultdict(Decimal)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        totals[line["currency"]] += demanded(line)
        credits[line["currency"]] += line["dunning_exposure_amount"] - line["open_amount"]
    days = step.pay_within_days
    return Letter(
        step=step.template,
        language=row["language"],
        legal_entity_name=entity.name,
        letterhead=entity.letterhead,
        bank_details=entity.bank_details,
        contact_email=settings.mail.sender,
        customer_name=row["customer_name"],
        recipient_name=row["contact_name"] or "",
        as_of_date=night.as_of_date,
        pay_by=None if days is None else night.as_of_date + timedelta(days=days),
        lines=tuple(_line(line) for line in lines),
        credits={currency: amount for currency, amount in credits.items() if amount},
        totals=dict(totals),
        case_reference=case_reference(night.legal_entity_id, row["customer_id"]),
        interest_mode=row["interest_mode"],
        recipient_address=tuple((row["postal_address"] or "").splitlines()),
        payment=entity.payment,
    )


def attachments(
    step: Step, rendered: RenderedLetter, night: Night, *, owner: str
) -> list[Attachment]:
    """What the step sends with a letter. Raises DataError as `letter_pdf` does."""
    made = {"letter": lambda: letter_pdf(rendered, as_of_date=night.as_of_date, owner=owner)}
    labels = rendered.page["labels"]
    return [Attachment(f"{labels[f'{name}_file']}.pdf", made[name]()) for name in step.attach]


def demanded(line: Mapping[str, Any]) -> Decimal:
    """What a notice demands for an item: principal after credits, and what it claims on top."""
    amount: Decimal = line["dunning_exposure_amount"] + line["claimed_amount"]
    return amount


def case_reference(legal_entity_id: str, customer_id: str) -> str:
    """What a customer's letters of one legal entity are filed under; it tells nothing of whom."""
    digest = hashlib.sha256(f"{legal_entity_id}\x1f{customer_id}".encode()).hexdigest()
    return f"AR-{digest[:8].upper()}"


def _line(line: Mapping[str, Any]) -> LetterLine:
    return LetterLine(
        invoice_number=line["invoice_number"],
        issue_date=line["issue_date"],
        due_date=line["due_date"],
        days_past_due=line["days_past_due"],
        currency=line["currency"],
        original_amount=line["original_amount"],
        open_amount=line["open_amount"],
        document_type=line["document_type"],
        interest_amount=line["interest_amount"],
        fixed_fee_amount=line["fixed_fee_amount"],
        fine_amount=line["fine_amount"],
        claimed_amount=line["claimed_amount"],
        needs_confirmation=line["needs_confirmation"],
        legal_basis=line["legal_basis"],
        segments=line["segments"],
    )


def _segment(row: Mapping[str, Any]) -> LetterSegment:
    return LetterSegment(
        from_date=row["from_date"],
        until_date=row["until_date"],
        days=row["days"],
        base_amount=row["base_amount"],
        annual_rate_percent=row["annual_rate_percent"],
        interest_amount=row["interest_amount"],
        legal_basis=row["legal_basis"],
        needs_confirmation=row["needs_confirmation"],
    )
