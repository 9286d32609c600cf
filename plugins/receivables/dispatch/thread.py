"""Threads: the letters about one debt stand together in the customer's mailbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, false, func, select

from receivables.dispatch.notice import SENT
from receivables.dispatch.schema import outbox, outbox_item

INVOICES_A_QUERY = 500


@dataclass(frozen=True, slots=True)
class ThreadItem:
    """An item of a letter that was sent; `thread_id` is the Message-ID of the first of its thread,
    `subject` the one that they share."""

    customer_id: str
    recipient: str = field(repr=False)
    invoice_id: str
    instalment_no: int
    sent_at: datetime
    thread_id: str
    subject: str


def thread_items(
    connection: Connection, legal_entity_id: str, invoice_ids: Sequence[str]
) -> list[ThreadItem]:
    """What was sent about some invoices."""
    query = select(
        outbox.c.customer_id, outbox.c.recipient, outbox_item.c.invoice_id,
        outbox_item.c.instalment_no, outbox.c.sent_at,
        func.coalesce(outbox.c.thread_id, outbox.c.message_id), outbox.c.subject,
    ).join(outbox_item, outbox_item.c.notice_id == outbox.c.notice_id)
    found: list[ThreadItem] = []
    for start in range(0, len(invoice_ids), INVOICES_A_QUERY):
        # The index on items that were dunned answers this, however much was ever sent.
        rows = query.where(
            outbox_item.c.legal_entity_id == legal_entity_id,
            outbox_item.c.invoice_id.in_(invoice_ids[start : start + INVOICES_A_QUERY]),
            outbox_item.c.is_void == false(),
            outbox.c.state == SENT,
        )
        found += [ThreadItem(*row) for row in connection.execute(rows)]
    return found


def thread_of(
    sent: Iterable[ThreadItem], *, recipient: str, items: frozenset[tuple[str, int]]
) -> ThreadItem | None:
    """The thread that a letter goes on with: of the newest letter to its customer about an item of
    its own. In another mailbox than that one's there is nothing to go on with.
    """
    own = [
        item for item in sent
        if item.recipient == recipient and (item.invoice_id, item.instalment_no) in items
    ]
    return max(own, key=lambda item: (item.sent_at, item.thread_id), default=None)
