"""The inbox's table, in the outbox's database: ids and what a mail was taken for, not its words."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Table, Text

from receivables.dispatch.schema import Instant, metadata

# What a mail is, in the order in which it is asked; only the last is a person's.
BOUNCE, DELAY, DELIVERY, COMPLAINT, READ_RECEIPT, AUTO_REPLY, UNREADABLE, REPLY = KINDS = (
    "bounce", "delay", "delivery", "complaint", "read_receipt", "auto_reply", "unreadable", "reply",
)
# `recorded` is what nobody has to look at; of the rest, a person confirms or dismisses it.
NEW, CONFIRMED, DISMISSED, RECORDED = STATES = ("new", "confirmed", "dismissed", "recorded")
OUTCOMES = ("paid", "promised", "disputed", "wrong_person", "note")


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


inbound_message = Table(
    "inbound_message",
    metadata,
    Column("inbound_id", Text, primary_key=True),
    Column("received_at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("classified", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("matched_by", Text),
    Column("notice_id", Text, ForeignKey("outbox.notice_id")),
    Column("legal_entity_id", Text),
    Column("customer_id", Text),
    Column("away_until", Date),
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    Column("because", Text),
    Column("resolved_at", Instant),
    CheckConstraint(f"kind in ({_listed(KINDS)})", name="inbound_message_kind"),
    CheckConstraint(f"state in ({_listed(STATES)})", name="inbound_message_state"),
    CheckConstraint(
        "(state = 'confirmed') = (outcome is not null)", name="inbound_message_confirmed"
    ),
    CheckConstraint(
        "state not in ('confirmed', 'dismissed') or resolved_at is not null",
        name="inbound_message_resolved",
    ),
)
Index(
    "inbound_message_of_entity",
    inbound_message.c.legal_entity_id, inbound_message.c.kind, inbound_message.c.received_at,
)
