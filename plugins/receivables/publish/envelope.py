"""The envelope of a letter: who gets it, who gets a copy, where answers and bounces come back to,
and which thread it goes on with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from receivables.dispatch.address import mailbox
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.thread import ThreadItem, thread_of
from receivables.errors import DataError
from receivables.inbox.address import bounce_address, reply_address
from receivables.lake import Night
from receivables.select.policy import Step
from receivables.settings import Entity, Mail


@dataclass(frozen=True, slots=True)
class Envelope:
    """`sender` is the envelope's own, to which bounces come back. `cc_fault`: why there is no `cc`
    where the policy wants one. `thread`: None starts one."""

    sender: str
    reply_to: str | None
    recipient: str = field(repr=False)
    cc: str | None = field(repr=False)
    cc_fault: str | None
    thread: ThreadItem | None


def envelope(
    row: Mapping[str, Any], lines: Iterable[Mapping[str, Any]], step: Step,
    sent: Sequence[ThreadItem], *, mail: Mail, entity: Entity, secret: bytes,
) -> Envelope:
    """The envelope of a letter about some lines; `sent` went to its customer before.

    Raises DataError if the contact's address is not fit for one.
    """
    recipient = mailbox(row["email"], owner=f"contact {row['contact_id']}")
    cc, fault = _salesperson(row) if "salesperson" in step.cc else (None, None)
    items = frozenset((line["invoice_id"], line["instalment_no"]) for line in lines)
    goes_on = step.thread == "continue"
    return Envelope(
        sender=_sender(mail, row["notice_id"], secret),
        reply_to=None if mail.replies is None else reply_address(
            mail.replies, secret, legal_entity_id=entity.legal_entity_id,
            customer_id=row["customer_id"],
        ),
        recipient=recipient,
        cc=None if cc == recipient else cc,
        cc_fault=fault,
        thread=thread_of(sent, recipient=recipient, items=items) if goes_on else None,
    )


def _sender(mail: Mail, notice_id: str, secret: bytes) -> str:
    """Never empty: what cannot be delivered has to come back."""
    if mail.bounces is None:
        return mailbox(mail.sender, owner="mail.sender")
    return bounce_address(mail.bounces, secret, notice_id=notice_id)


def _salesperson(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The salesperson's address, or what is wrong with it: it stops no letter to a customer."""
    owner = f"salesperson of customer {row['customer_id']}"
    try:
        return mailbox((row["salesperson_email"] or "").strip(), owner=owner), None
    except DataError as unfit:
        return None, f"no copy: {unfit}"


def sent_items(
    outbox: Outbox, night: Night, lines: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, list[ThreadItem]]:
    """What was sent about the invoices of tonight's letters, by customer."""
    invoice_ids = sorted({line["invoice_id"] for own in lines.values() for line in own})
    sent: dict[str, list[ThreadItem]] = defaultdict(list)
    for item in outbox.thread_items(night.legal_entity_id, invoice_ids):
        sent[item.customer_id].append(item)
    return sent
