"""What was written to a customer, byte for byte, and what became of it, as known at an instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, and_, select

from receivables.dispatch.schema import delivery_event, outbox, outbox_item


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """One change of a letter's state; `reply` is the mail server's, or why it was withdrawn."""

    occurred_at: datetime
    state_from: str | None
    state_to: str
    reply: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A letter as it was frozen, the items it is about (invoice and instalment), and its events.

    With `body_removed_at` the message and the recipient are empty: only the hash is left of them.
    """

    notice_id: str
    step: str
    as_of_date: date
    recipient_role: str
    recipient: str = field(repr=False)
    subject: str
    amount_text: str
    message_id: str
    message: bytes = field(repr=False)
    body_sha256: str
    body_removed_at: datetime | None
    items: frozenset[tuple[str, int]]
    events: tuple[DeliveryEvent, ...]

    @property
    def state(self) -> str:
        return self.events[-1].state_to

    @property
    def sent_at(self) -> datetime | None:
        """When the mail server took it."""
        return next((e.occurred_at for e in self.events if e.state_to == "sent"), None)


_PLAIN = (
    "notice_id", "step", "as_of_date", "recipient_role", "recipient", "subject", "amount_text",
    "message_id", "message", "body_sha256", "body_removed_at",
)


def proofs(
    connection: Connection,
    *,
    legal_entity_id: str,
    customer_id: str,
    before: date,
    known_at: datetime,
) -> list[Proof]:
    """The letters for business days before `before`, drafted by `known_at`, in order."""
    query = (
        select(*(outbox.c[name] for name in _PLAIN))
        .where(
            outbox.c.legal_entity_id == legal_entity_id,
            outbox.c.customer_id == customer_id,
            outbox.c.as_of_date < before,
            outbox.c.drafted_at <= known_at,
        )
        .order_by(outbox.c.as_of_date, outbox.c.notice_id)
    )
    return [
        Proof(
            **row._mapping,
            items=_items(connection, row.notice_id),
            events=_events(connection, row.notice_id, known_at),
        )
        for row in connection.execute(query).all()
    ]


def _items(connection: Connection, notice_id: str) -> frozenset[tuple[str, int]]:
    query = select(outbox_item.c.invoice_id, outbox_item.c.instalment_no)
    rows = connection.execute(query.where(outbox_item.c.notice_id == notice_id))
    return frozenset((row.invoice_id, row.instalment_no) for row in rows)


def _events(
    connection: Connection, notice_id: str, known_at: datetime
) -> tuple[DeliveryEvent, ...]:
    query = (
        select(*(delivery_event.c[name] for name in DeliveryEvent.__slots__))
        .where(
            and_(
                delivery_event.c.notice_id == notice_id,
                delivery_event.c.occurred_at <= known_at,
            )
        )
        .order_by(delivery_event.c.event_id)
    )
    return tuple(DeliveryEvent(*row) for row in connection.execute(query))
