"""From a night's rows to letters, by e-mail or by post: what each says, and what it demands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from receivables.balance.claim import charges_interest, rules_in_use, write_rule_tables
from receivables.currency import exponent, write_currency_table
from receivables.dispatch.commitment import commitment_letter
from receivables.dispatch.letter import (
    LateTerms,
    Letter,
    LetterLine,
    LetterSegment,
    PlanOffer,
    RenderedLetter,
)
from receivables.dispatch.message import Attachment
from receivables.dispatch.paper import commitment_pdf, letter_pdf
from receivables.inbox.address import case_reference
from receivables.lake import Night
from receivables.select.policy import Offer, Policy, Step
from receivables.settings import Entity, Settings
from receivables.sql import Session, statement

# Later than any due date with its holidays.
DAYS_TO_THE_NEXT_BUSINESS_DAY = timedelta(days=14)


def read_lines(
    sql: Session, items: str, night: Night, entity: Entity, **values: object
) -> dict[str, list[dict[str, Any]]]:
    """The items that the statement `items` gives, each with the rows of its interest, or what
    lateness will cost, by letter. Raises PolicyError if an interest rule cannot be read, or its
    calendar ends before an item is due.
    """
    sql.create("letter_item", items, **values)
    segments: dict[tuple[object, ...], list[LetterSegment]] = defaultdict(list)
    for row in sql.rows("publish/letter_segment"):
        segments[_item(row)].append(_segment(row))
    rows = sql.rows("publish/letter_line")
    terms = _terms(sql, rows, night.as_of_date, entity)
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        lines[row["letter_id"]].append({
            **row, "segments": tuple(segments[_item(row)]),
            "terms": terms.get((row["invoice_id"], row["instalment_no"])),
        })
    return lines


def _terms(
    sql: Session, rows: list[dict[str, Any]], as_of_date: date, entity: Entity
) -> dict[tuple[object, ...], LateTerms]:
    """What lateness will cost, by item, for those that are not yet due."""
    due_dates = [row["due_date"] for row in rows if row["due_date"] >= as_of_date]
    if not due_dates or not charges_interest(entity):
        return {}
    spans = [
        {"currency": currency, "exponent": exponent(currency), "first_due_date": as_of_date}
        for currency in sorted({row["currency"] for row in rows})
    ]
    last_day = max(due_dates) + DAYS_TO_THE_NEXT_BUSINESS_DAY
    sql.connection.execute(statement("balance/money"))
    write_currency_table(sql)
    write_rule_tables(sql, entity, rules_in_use(entity), spans, last_day=last_day)
    sql.create("owed_instalment", "publish/owed_instalment")
    sql.create(
        "claim_item", "balance/claim_item",
        as_of_date=last_day + timedelta(days=1), open_amounts_from_source=True,
    )
    return {
        (row.pop("invoice_id"), row.pop("instalment_no")): LateTerms(**row)
        for row in sql.rows("publish/letter_term", as_of_date=as_of_date)
    }


def _item(row: Mapping[str, Any]) -> tuple[object, ...]:
    return row["letter_id"], row["invoice_id"], row["instalment_no"]


def demanded(line: Mapping[str, Any]) -> Decimal:
    """What a notice demands for an item: principal after credits, and what it claims on top."""
    amount: Decimal = line["dunning_exposure_amount"] + line["claimed_amount"]
    return amount


def letter_of(
    row: Mapping[str, Any],
    lines: list[dict[str, Any]],
    night: Night,
    settings: Settings,
    entity: Entity,
    policy: Policy,
    step: Step,
) -> Letter:
    """A letter about some items, to whoever the row names; `step` sets its words and deadline."""
    credits: dict[str, Decimal] = defaultdict(Decimal)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        totals[line["currency"]] += demanded(line)
        credits[line["currency"]] += line["dunning_exposure_amount"] - line["open_amount"]
    days = step.pay_within_days
    pay_by = None if days is None else night.as_of_date + timedelta(days=days)
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
        pay_by=pay_by,
        lines=tuple(_line(line) for line in lines),
        credits={currency: amount for currency, amount in credits.items() if amount},
        totals=dict(totals),
        case_reference=case_reference(night.legal_entity_id, row["customer_id"]),
        interest_mode=row["interest_mode"],
        recipient_address=tuple((row["postal_address"] or "").splitlines()),
        payment=entity.payment,
        attached=tuple(name for name in step.attach if name != "letter"),
        offer=_offer(policy.offer, night.as_of_date, pay_by) if step.offers else None,
    )


def attachments(
    step: Step, letter: Letter, rendered: RenderedLetter, *, owner: str
) -> list[Attachment]:
    """What the step sends with a letter. Raises DataError as `letter_pdf` does."""
    made = {
        "letter": lambda: letter_pdf(rendered, as_of_date=letter.as_of_date, owner=owner),
        "commitment_letter": lambda: commitment_pdf(
            commitment_letter(letter), as_of_date=letter.as_of_date, owner=owner
        ),
    }
    labels = rendered.page["labels"]
    return [Attachment(f"{labels[f'{name}_file']}.pdf", made[name]()) for name in step.attach]


def _offer(offer: Offer | None, as_of_date: date, pay_by: date | None) -> PlanOffer | None:
    """The policy's offer in days: to be accepted before it has to begin, and by the deadline."""
    if offer is None:
        return None
    first = as_of_date + timedelta(days=offer.first_days_max)
    return PlanOffer(
        instalments_max=offer.instalments_max,
        first_date=first,
        valid_until=min(first, pay_by or first),
        waives_interest=offer.waives_interest,
    )


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
        delivery_refs=tuple(filter(None, map(str.strip, line["delivery_refs"].split(";")))),
        terms=line["terms"],
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

