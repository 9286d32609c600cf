"""The inbox's part of the outbox's database: what came in, and which letter it answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from receivables.dispatch.notice import FAILED, SENT, UNKNOWN
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.schema import outbox
from receivables.dispatch.state import move
from receivables.inbox.address import case_reference
from receivables.inbox.schema import (
    COMPLAINT,
    CONFIRMED,
    DISMISSED,
    NEW,
    REPLY,
    inbound_message,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A mail that came in: what it is (`kind`), what it seems to say (`classified`), and by which
    `rule`; `matched_by` says what tells the customer, and how sure that is.
    """

    inbound_id: str
    received_at: datetime
    kind: str
    classified: str
    rule: str
    matched_by: str | None = None
    notice_id: str | None = None
    legal_entity_id: str | None = None
    customer_id: str | None = None
    away_until: date | None = None
    state: str = NEW
    outcome: str | None = None
    because: str | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """A reply or complaint in the state in which it was known to be: an input of the night.

    `received_at` is UTC without saying so, as in all of a night's tables.
    """

    inbound_id: str
    legal_entity_id: str
    customer_id: str
    kind: str
    received_at: datetime
    state: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that something may have come back to."""

    notice_id: str
    legal_entity_id: str
    customer_id: str
    recipient: str = field(repr=False)
    cc: str | None = field(repr=False)
    sent_at: datetime | None


class Inbox(Outbox):
    """The outbox, with what came back."""

    def has(self, inbound_id: str) -> bool:
        """Whether a mail is recorded."""
        with self._reading() as connection:
            return connection.scalar(_one(inbound_id, inbound_message.c.state)) is not None

    def record(
        self, message: InboundMessage, *, letter_state: str | None = None, reply: str | None = None
    ) -> None:
        """Record a mail, and with it that its letter did not arrive (failed), or may not have
        (unknown); `reply` is what the mail server said of it, in codes.
        """
        with self._writing() as connection:
            connection.execute(insert(inbound_message).values(**asdict(message)))
            if letter_state is not None and message.notice_id is not None:
                _take_back(connection, message, letter_state, reply)

    def letter(self, notice_id: str) -> Letter | None:
        """The letter of a notice that was handed over, or may have been."""
        return self._newest(outbox.c.notice_id == notice_id)

    def letter_of(self, message_ids: Sequence[str]) -> Letter | None:
        """The newest letter with one of these Message-IDs, which only its readers know."""
        return self._newest(outbox.c.message_id.in_(message_ids)) if message_ids else None

    def letters_to(self, address: str) -> list[Letter]:
        """The newest letter to each customer whose letters went to an address."""
        theirs = or_(
            func.lower(outbox.c.recipient) == address, func.lower(outbox.c.cc) == address
        )
        with self._reading() as connection:
            rows = connection.execute(_letters().where(theirs)).all()
        return list({(row.legal_entity_id, row.customer_id): Letter(*row) for row in rows}.values())

    @cached_property
    def customers_of_case(self) -> Mapping[str, list[tuple[str, str]]]:
        """The legal entities and customers that were written to, by their case references."""
        query = select(outbox.c.legal_entity_id, outbox.c.customer_id).distinct()
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        with self._reading() as connection:
            for legal_entity_id, customer_id in connection.execute(query):
                case = case_reference(legal_entity_id, customer_id)
                found[case].append((legal_entity_id, customer_id))
        return found

    def message(self, inbound_id: str) -> InboundMessage | None:
        """One mail that came in."""
        with self._reading() as connection:
            row = connection.execute(_one(inbound_id, *inbound_message.c)).first()
        return None if row is None else InboundMessage(**row._mapping)

    def waiting_messages(self) -> list[InboundMessage]:
        """What a person has not looked at yet, the oldest first."""
        query = (
            select(inbound_message)
            .where(inbound_message.c.state == NEW)
            .order_by(inbound_message.c.received_at, inbound_message.c.inbound_id)
        )
        with self._reading() as connection:
            return [InboundMessage(**row._mapping) for row in connection.execute(query)]

    def resolve(
        self, inbound_id: str, *, outcome: str | None, because: str | None, now: datetime
    ) -> bool:
        """Confirm what a mail says (`outcome`), or dismiss it (None); False if somebody has."""
        waits = and_(inbound_message.c.inbound_id == inbound_id, inbound_message.c.state == NEW)
        with self._writing() as connection:
            resolved = connection.execute(update(inbound_message).where(waits).values(
                state=DISMISSED if outcome is None else CONFIRMED, outcome=outcome,
                because=because, resolved_at=now,
            ))
            return resolved.rowcount == 1

    def known_messages(self, *, legal_entity_id: str, known_at: datetime) -> list[KnownMessage]:
        """The replies and complaints of a legal entity's customers, as known at an instant."""
        query = (
            select(inbound_message)
            .where(
                inbound_message.c.legal_entity_id == legal_entity_id,
                inbound_message.c.kind.in_((COMPLAINT, REPLY)),
                inbound_message.c.received_at <= known_at,
            )
            .order_by(inbound_message.c.received_at, inbound_message.c.inbound_id)
        )
        with self._reading() as connection:
            return [_as_known(row, known_at) for row in connection.execute(query)]

    def _newest(self, which: Any) -> Letter | None:
        query = _letters().where(which).order_by(None).order_by(outbox.c.drafted_at.desc())
        with self._reading() as connection:
            row = connection.execute(query.limit(1)).first()
        return None if row is None else Letter(*row)


def _one(inbound_id: str, *columns: Any) -> Any:
    return select(*columns).where(inbound_message.c.inbound_id == inbound_id)


def _letters() -> Any:
    """Letters that somebody may have in hand, the oldest first."""
    return (
        select(*(outbox.c[name] for name in Letter.__slots__))
        .where(or_(outbox.c.sent_at.is_not(None), outbox.c.armed_at.is_not(None)))
        .order_by(outbox.c.drafted_at, outbox.c.notice_id)
    )


def _take_back(
    connection: Connection, message: InboundMessage, letter_state: str, reply: str | None
) -> None:
    """What was thought to have arrived did not, or nobody knows; its items are free again."""
    since = (SENT, UNKNOWN) if letter_state == FAILED else (SENT,)
    mine = and_(outbox.c.notice_id == message.notice_id, outbox.c.state.in_(since))
    state = connection.scalar(select(outbox.c.state).where(mine).with_for_update())
    if state is not None:
        assert message.notice_id is not None
        move(
            connection, message.notice_id, since=state, to=letter_state, now=message.received_at,
            reply=reply,
        )


def _as_known(row: Any, known_at: datetime) -> KnownMessage:
    is_resolved = row.resolved_at is not None and row.resolved_at <= known_at
    return KnownMessage(
        inbound_id=row.inbound_id,
        legal_entity_id=row.legal_entity_id,
        customer_id=row.customer_id,
        kind=row.kind,
        received_at=row.received_at.astimezone(UTC).replace(tzinfo=None),
        state=row.state if is_resolved else NEW,
        outcome=row.outcome if is_resolved else None,
    )
