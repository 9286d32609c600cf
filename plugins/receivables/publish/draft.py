"""Drafting: the night's notices become letters, frozen byte for byte in the outbox."""

from __future__ import annotations

import os
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from receivables.dispatch.letter import Letter, LetterLine, LetterSegment, RenderedLetter, render
from receivables.dispatch.message import compose, message_id
from receivables.dispatch.notice import Draft, DraftItem, DraftResult, Refusal
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.thread import ThreadItem
from receivables.dispatch.window import SendWindow, is_time_zone
from receivables.errors import DataError, SettingsError
from receivables.inbox.address import case_reference
from receivables.lake import Night
from receivables.publish.envelope import Envelope, envelope, sent_items
from receivables.select.policy import Policy, Step
from receivables.settings import Entity, Settings
from receivables.sql import Session


def draft_notices(
    sql: Session,
    night: Night,
    *,
    settings: Settings,
    entity: Entity,
    policies: Mapping[str, Policy],
    outbox: Outbox,
    now: datetime,
    release: str,
    is_live: bool,
) -> DraftResult:
    """Put the night's notices into the outbox if the night is live; one bad address stops none.

    A notice whose letter cannot be written is refused by name and the others go on. `policies`: by
    name, those that decided. Raises SettingsError, and drafts nothing, if a step of theirs waits
    for a role that nobody has.
    """
    if not is_live:
        return DraftResult(inserted=(), already_there=(), refused=())
    _check_approvers(policies, settings)
    secret = message_secret(settings.home)
    lines = _lines(sql)
    sent = sent_items(outbox, night, lines)
    drafts, refused = [], []
    for row in sql.rows("publish/letter"):
        try:
            drafts.append(
                _draft(row, lines[row["notice_id"]], night, settings, entity,
                       policies[row["policy_name"]], now, release, secret,
                       sent[row["customer_id"]])
            )
        except DataError as unfit:
            refused.append(Refusal(row["notice_id"], str(unfit)))
    result = outbox.draft(drafts)
    uncopied = {draft.notice_id for draft in drafts if draft.cc_fault} & {*result.inserted}
    return replace(result, refused=(*result.refused, *refused), uncopied=len(uncopied))


def _check_approvers(policies: Mapping[str, Policy], settings: Settings) -> None:
    """Nobody could ever say yes: better to say so than to let letters wait and expire."""
    faults = [
        f"{settings.file}: approvers.{step.approval.role}: is missing, and step {step.step} of "
        f"policy {policy.name} waits for this role; list its users of Airflow, or take `approval` "
        "out of the step. Nothing was drafted"
        for policy in policies.values() for step in policy.steps
        if step.approval is not None and step.approval.role not in settings.approvers
    ]
    if faults:
        raise SettingsError(faults)


def _lines(sql: Session) -> dict[str, list[dict[str, Any]]]:
    """The items of each notice, each with the rows of its interest."""
    segments: dict[tuple[object, ...], list[LetterSegment]] = defaultdict(list)
    for row in sql.rows("publish/letter_segment"):
        segments[_item(row)].append(_segment(row))
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sql.rows("publish/letter_line"):
        lines[row["notice_id"]].append({**row, "segments": tuple(segments[_item(row)])})
    return lines


def _item(row: Mapping[str, Any]) -> tuple[object, ...]:
    return row["notice_id"], row["invoice_id"], row["instalment_no"]


def _draft(
    row: Mapping[str, Any],
    lines: list[dict[str, Any]],
    night: Night,
    settings: Settings,
    entity: Entity,
    policy: Policy,
    now: datetime,
    release: str,
    secret: bytes,
    sent: Sequence[ThreadItem],
) -> Draft:
    step = next(step for step in policy.steps if step.step == row["step"])
    rendered = render(_letter(row, lines, night, settings, entity, step))
    key = {
        "legal_entity_id": night.legal_entity_id,
        "customer_id": row["customer_id"],
        "step": row["step"],
        "cycle": row["cycle"],
        "generation": row["generation"],
    }
    to = envelope(row, lines, step, sent, mail=settings.mail, entity=entity, secret=secret)
    if to.thread is not None:
        rendered = replace(rendered, subject=to.thread.subject)
    identity = message_id(secret, **key, domain=settings.mail.sender.partition("@")[2])
    return Draft(
        **key,
        run_kind="live",
        as_of_date=night.as_of_date,
        known_at=night.known_at,
        drafted_at=now,
        not_after=now + timedelta(days=policy.draft_valid_days),
        send_window=_send_window(row, entity, policy),
        release_reason=release,
        approval_role=row["approval_role"],
        channel=row["channel"],
        language=rendered.language,
        recipient_role=row["recipient_role"],
        sender=to.sender,
        recipient=to.recipient,
        cc=to.cc,
        cc_fault=to.cc_fault,
        amount_text=rendered.amount_text,
        message_id=identity,
        thread_id=identity if to.thread is None else to.thread.thread_id,
        subject=rendered.subject,
        message=_message(rendered, row, night, settings, entity, now, identity, to),
        items=tuple(_draft_item(line) for line in lines),
    )


def _draft_item(line: Mapping[str, Any]) -> DraftItem:
    return DraftItem(
        invoice_id=line["invoice_id"],
        instalment_no=line["instalment_no"],
        step=line["item_step"],
        currency=line["currency"],
        amount=_demanded(line),
    )


def _send_window(row: Mapping[str, Any], entity: Entity, policy: Policy) -> str | None:
    """The policy's hours by the customer's clock, else by ours."""
    if policy.send_hours is None:
        return None
    zone = row["time_zone"] if is_time_zone(row["time_zone"]) else entity.time_zone
    return str(SendWindow(*policy.send_hours, time_zone=zone))


def _message(
    rendered: RenderedLetter,
    row: Mapping[str, Any],
    night: Night,
    settings: Settings,
    entity: Entity,
    now: datetime,
    identity: str,
    to: Envelope,
) -> bytes:
    return compose(
        rendered,
        notice_id=row["notice_id"],
        as_of_date=night.as_of_date,
        sender=settings.mail.sender,
        sender_name=entity.name,
        recipient=row["email"],
        contact_id=row["contact_id"],
        message_id=identity,
        date=now,
        cc=to.cc,
        reply_to=to.reply_to,
        thread_id=None if to.thread is None else to.thread.thread_id,
        # What waits for approval is released by a person, and by nobody else.
        is_machine_released=row["approval_role"] is None,
    )


def _demanded(line: Mapping[str, Any]) -> Decimal:
    """What a notice demands for an item: principal after credits, and what it claims on top."""
    amount: Decimal = line["dunning_exposure_amount"] + line["claimed_amount"]
    return amount


def _letter(
    row: Mapping[str, Any],
    lines: list[dict[str, Any]],
    night: Night,
    settings: Settings,
    entity: Entity,
    step: Step,
) -> Letter:
    credits: dict[str, Decimal] = defaultdict(Decimal)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        totals[line["currency"]] += _demanded(line)
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


def message_secret(home: Path) -> bytes:
    """The installation's own key for Message-IDs, made on first use and readable by its owner."""
    file = home / "message_id.key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        partial = home / f"message_id.{os.getpid()}.partial"
        partial.touch(mode=0o600)
        partial.write_bytes(secrets.token_bytes(32))
        try:
            os.link(partial, file)  # the first process wins, so that there is one key
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return file.read_bytes()
