"""Letters as those see them who answer for personal data: to whom they went, and what is kept."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from receivables.dispatch.notice import SENT, VOID_STATES
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.schema import delivery_event, outbox, outbox_item, suppression

# What becomes of a letter in one of these states is known: nothing needs its text any more.
OVER_STATES = (SENT, *VOID_STATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLetter:
    """A letter with all that names or reaches a person."""

    notice_id: str
    legal_entity_id: str
    customer_id: str
    as_of_date: date
    step: str
    state: str
    sent_at: datetime | None
    recipient_role: str
    recipient: str = field(repr=False)
    cc: str | None = field(repr=False)
    subject: str = field(repr=False)
    amount_text: str
    message_id: str
    message: bytes = field(repr=False)
    body_sha256: str
    body_removed_at: datetime | None
    events: tuple[dict[str, Any], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OverLetter:
    """A letter whose text may go, by its items (invoice and instalment)."""

    notice_id: str
    as_of_date: date
    items: frozenset[tuple[str, int]]


class KeptLetters(Outbox):
    """The outbox, asked about people instead of notices."""

    def to(self, addresses: Collection[str], *, legal_entity_id: str) -> list[KeptLetter]:
        """The letters that went, or are to go, to one of the addresses (in small letters)."""
        plain = [name for name in KeptLetter.__slots__ if name != "events"]
        query = (
            select(*(outbox.c[name] for name in plain))
            .where(
                outbox.c.legal_entity_id == legal_entity_id,
                or_(
                    func.lower(outbox.c.recipient).in_(addresses),
                    func.lower(outbox.c.cc).in_(addresses),
                ),
            )
            .order_by(outbox.c.as_of_date, outbox.c.notice_id)
        )
        with self._reading() as connection:
            return [
                KeptLetter(**row._mapping, events=_events(connection, row.notice_id))
                for row in connection.execute(query).all()
            ]

    def over_since(self, instant: datetime, *, legal_entity_id: str) -> list[OverLetter]:
        """The letters whose text is still there, and that nothing happened to since an instant."""
        last = select(
            delivery_event.c.notice_id, func.max(delivery_event.c.occurred_at).label("at")
        ).group_by(delivery_event.c.notice_id).subquery()
        query = (
            select(
                outbox.c.notice_id, outbox.c.as_of_date, outbox_item.c.invoice_id,
                outbox_item.c.instalment_no,
            )
            .join(last, last.c.notice_id == outbox.c.notice_id)
            .join(outbox_item, outbox_item.c.notice_id == outbox.c.notice_id)
            .where(
                outbox.c.legal_entity_id == legal_entity_id,
                outbox.c.state.in_(OVER_STATES),
                outbox.c.body_removed_at.is_(None),
                last.c.at < instant,
            )
        )
        found: dict[tuple[str, date], set[tuple[str, int]]] = {}
        with self._reading() as connection:
            for row in connection.execute(query):
                items = found.setdefault((row.notice_id, row.as_of_date), set())
                items.add((row.invoice_id, row.instalment_no))
        return [OverLetter(*letter, frozenset(items)) for letter, items in sorted(found.items())]

    def remove_bodies(
        self, notice_ids: Collection[str], *, because: str, now: datetime
    ) -> tuple[str, ...]:
        """Remove text and recipient of those of the letters that are over; which these were.

        The key, hash, amount, subject, Message-ID, state and dates stay, and an event says why.
        """
        over = and_(
            outbox.c.notice_id.in_(notice_ids), outbox.c.state.in_(OVER_STATES),
            outbox.c.body_removed_at.is_(None),
        )
        query = select(outbox.c.notice_id, outbox.c.state, outbox.c.recipient, outbox.c.cc)
        with self._writing() as connection:
            rows = connection.execute(query.where(over).with_for_update()).all()
            for row in rows:
                _forget_address(connection, row.notice_id, filter(None, (row.recipient, row.cc)))
                connection.execute(
                    update(outbox).where(outbox.c.notice_id == row.notice_id)
                    .values(message=b"", recipient="", cc=None, body_removed_at=now)
                )
                connection.execute(insert(delivery_event).values(
                    notice_id=row.notice_id, occurred_at=now, state_from=row.state,
                    state_to=row.state, reply=f"text removed: {because}",
                ))
        return tuple(row.notice_id for row in rows)

    def suppressed(self, addresses: Collection[str]) -> list[dict[str, Any]]:
        """What the suppression list ever said of addresses."""
        with self._reading() as connection:
            rows = connection.execute(select(suppression).where(_are(addresses)))
            return [dict(row._mapping) for row in rows]

    def forget_suppressions(self, addresses: Collection[str]) -> None:
        """Take addresses off the suppression list: nothing else here has them any more."""
        with self._writing() as connection:
            connection.execute(delete(suppression).where(_are(addresses)))


def _are(addresses: Collection[str]) -> Any:
    return func.lower(suppression.c.address).in_(addresses)


def _events(connection: Connection, notice_id: str) -> tuple[dict[str, Any], ...]:
    names = ("occurred_at", "state_from", "state_to", "reply")
    query = select(*(delivery_event.c[name] for name in names))
    rows = connection.execute(
        query.where(delivery_event.c.notice_id == notice_id).order_by(delivery_event.c.event_id)
    )
    return tuple(dict(row._mapping) for row in rows)


def _forget_address(connection: Connection, notice_id: str, addresses: Any) -> None:
    """Take addresses out of what the relay said: it likes to repeat them."""
    named = re.compile("|".join(map(re.escape, addresses)) or r"\Z\A", re.IGNORECASE)
    for table, column, key in (
        (outbox, outbox.c.last_reply, outbox.c.notice_id),
        (delivery_event, delivery_event.c.reply, delivery_event.c.event_id),
    ):
        rows = connection.execute(
            select(key, column).where(table.c.notice_id == notice_id, column.is_not(None))
        ).all()
        for place, reply in rows:
            connection.execute(
                update(table).where(key == place).values({column: named.sub("(removed)", reply)})
            )
