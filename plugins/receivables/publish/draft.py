"""Drafting: the night's notices become letters, frozen byte for byte in the outbox."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from receivables.dispatch.letter import Letter, RenderedLetter, render
from receivables.dispatch.message import compose, message_id
from receivables.dispatch.notice import Draft, DraftItem, DraftResult, Refusal
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.thread import ThreadItem
from receivables.dispatch.window import SendWindow, is_time_zone
from receivables.errors import DataError, SettingsError
from receivables.lake import Night
from receivables.publish.envelope import Envelope, envelope, sent_items
from receivables.publish.letter import attachments, demanded, letter_of, read_lines
from receivables.select.policy import Policy, Step
from receivables.settings import Entity, Settings
from receivables.sql import Session

# With the legal entity, what a notice's ids are derived from.
KEY = ("customer_id", "step", "cycle", "generation")


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
    lines = read_lines(sql, "publish/letter_item", night, entity)
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
    inserted = [draft for draft in drafts if draft.notice_id in {*result.inserted}]
    return replace(
        result, refused=(*result.refused, *refused),
        uncopied=sum(draft.cc_fault is not None for draft in inserted),
        in_another_language=sum(draft.language_asked is not None for draft in inserted),
    )


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
    letter = letter_of(row, lines, night, settings, entity, policy, step)
    rendered = render(letter)
    key = {"legal_entity_id": night.legal_entity_id, **{name: row[name] for name in KEY}}
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
        language_asked=rendered.language_asked,
        recipient_role=row["recipient_role"],
        sender=to.sender,
        recipient=to.recipient,
        cc=to.cc,
        cc_fault=to.cc_fault,
        amount_text=rendered.amount_text,
        message_id=identity,
        thread_id=identity if to.thread is None else to.thread.thread_id,
        subject=rendered.subject,
        message=_message(letter, rendered, row, night, settings, entity, step, now, identity, to),
        items=tuple(_draft_item(line) for line in lines),
    )


def _draft_item(line: Mapping[str, Any]) -> DraftItem:
    return DraftItem(
        invoice_id=line["invoice_id"],
        instalment_no=line["instalment_no"],
        step=line["item_step"],
        currency=line["currency"],
        amount=demanded(line),
    )


def _send_window(row: Mapping[str, Any], entity: Entity, policy: Policy) -> str | None:
    """The policy's hours by the customer's clock, else by ours."""
    if policy.send_hours is None:
        return None
    zone = row["time_zone"] if is_time_zone(row["time_zone"]) else entity.time_zone
    return str(SendWindow(*policy.send_hours, time_zone=zone))


def _message(
    letter: Letter,
    rendered: RenderedLetter,
    row: Mapping[str, Any],
    night: Night,
    settings: Settings,
    entity: Entity,
    step: Step,
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
        attachments=attachments(step, letter, rendered, owner=f"contact {row['contact_id']}"),
        # What waits for approval is released by a person, and by nobody else.
        is_machine_released=row["approval_role"] is None,
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
