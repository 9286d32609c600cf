"""What earlier nights did to customers, as it was known at an instant."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from receivables.dispatch.notice import (
    ARMED,
    CLAIMED,
    DRAFTED,
    RELEASED,
    UNKNOWN,
    WITHDRAWN,
    NoticeItem,
    NoticeState,
    WaitingNotice,
)
from receivables.dispatch.schema import Instant, delivery_event, outbox, outbox_item
from receivables.dispatch.window import SendWindow


def notice_items(
    connection: Connection, *, legal_entity_id: str, before: date, known_at: datetime
) -> list[NoticeItem]:
    """The items of notices for business days before `before`, drafted by `known_at`, in order."""
    states = _states(legal_entity_id, before, known_at)
    query = (
        select(
            outbox.c.notice_id, outbox.c.customer_id, outbox_item.c.invoice_id,
            outbox_item.c.instalment_no, outbox_item.c.step, outbox.c.step.label("notice_step"),
            outbox.c.cycle, outbox.c.generation, outbox.c.as_of_date, outbox.c.drafted_at,
            outbox.c.sent_at, states.c.state,
        )
        .join(outbox_item, outbox_item.c.notice_id == outbox.c.notice_id)
        .join(states, and_(states.c.notice_id == outbox.c.notice_id, states.c.newest == 1))
        .order_by(
            outbox.c.as_of_date, outbox.c.notice_id, outbox_item.c.invoice_id,
            outbox_item.c.instalment_no,
        )
    )
    return [_notice_item(row, known_at) for row in connection.execute(query)]


def notice_states(
    connection: Connection, *, legal_entity_id: str, since: date
) -> list[NoticeState]:
    """What has become by now of the notices for business days from `since` on."""
    withdrawal = and_(
        delivery_event.c.notice_id == outbox.c.notice_id, delivery_event.c.state_to == WITHDRAWN
    )
    names = [name for name in NoticeState.__slots__ if name != "reason"]
    query = (
        select(*(outbox.c[name] for name in names), delivery_event.c.reply)
        .join(delivery_event, withdrawal, isouter=True)
        .where(outbox.c.legal_entity_id == legal_entity_id, outbox.c.as_of_date >= since)
        .order_by(outbox.c.as_of_date, outbox.c.notice_id)
    )
    return [NoticeState(*row) for row in connection.execute(query)]


def notice_amounts(connection: Connection, notice_id: str) -> dict[str, Decimal]:
    """What the items of a notice sum to, by currency."""
    query = select(outbox_item.c.currency, outbox_item.c.amount).where(
        outbox_item.c.notice_id == notice_id
    )
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in connection.execute(query):
        amounts[currency] += Decimal(amount)
    return dict(amounts)


def waiting_notices(connection: Connection) -> list[WaitingNotice]:
    """The notices that wait for approval, in order, with the sums of their items."""
    names = [name for name in WaitingNotice.__slots__ if name != "amounts"]
    query = (
        select(*(outbox.c[name] for name in names), outbox_item.c.currency, outbox_item.c.amount)
        .join(outbox_item, outbox_item.c.notice_id == outbox.c.notice_id)
        .where(outbox.c.state == DRAFTED)
        .order_by(outbox.c.legal_entity_id, outbox.c.notice_id, outbox_item.c.currency)
    )
    amounts: dict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(dict)
    for *stated, currency, amount in connection.execute(query):
        sums = amounts[tuple(stated)]
        sums[currency] = sums.get(currency, Decimal(0)) + Decimal(amount)
    return [WaitingNotice(*stated, sums) for stated, sums in amounts.items()]


def overdue_notices(connection: Connection, now: datetime) -> dict[str, int]:
    """How many notices, by legal entity, still wait after a whole send window of theirs."""
    since = func.coalesce(outbox.c.approved_at, outbox.c.drafted_at, type_=Instant)
    waiting = (
        select(outbox.c.legal_entity_id, outbox.c.send_window, since, func.count())
        .where(
            outbox.c.state.in_((RELEASED, CLAIMED)), outbox.c.send_window.is_not(None),
            outbox.c.not_after >= now,
        )
        .group_by(outbox.c.legal_entity_id, outbox.c.send_window, since)
    )
    counts: Counter[str] = Counter()
    for legal_entity_id, window, since_at, count in connection.execute(waiting):
        if SendWindow.of(window).was_missed(since_at, now):
            counts[legal_entity_id] += count
    return dict(counts)


def _earlier(legal_entity_id: str, before: date, known_at: datetime) -> Any:
    return and_(
        outbox.c.legal_entity_id == legal_entity_id,
        outbox.c.as_of_date < before,
        outbox.c.drafted_at <= known_at,
    )


def _states(legal_entity_id: str, before: date, known_at: datetime) -> Any:
    """Events numbered from the newest that was known, one series a notice."""
    newest = func.row_number().over(
        partition_by=delivery_event.c.notice_id, order_by=delivery_event.c.event_id.desc()
    )
    return (
        select(
            delivery_event.c.notice_id,
            delivery_event.c.state_to.label("state"),
            newest.label("newest"),
        )
        .join(outbox, outbox.c.notice_id == delivery_event.c.notice_id)
        .where(
            _earlier(legal_entity_id, before, known_at),
            delivery_event.c.occurred_at <= known_at,
        )
        .subquery()
    )


def _notice_item(row: Row[Any], known_at: datetime) -> NoticeItem:
    # A person may say later that a letter went when it was armed; that was not known before.
    is_known = row.state not in (ARMED, UNKNOWN)
    was_sent = is_known and row.sent_at is not None and row.sent_at <= known_at
    acted_at = row.sent_at if was_sent else row.drafted_at
    return NoticeItem(
        notice_id=row.notice_id,
        customer_id=row.customer_id,
        invoice_id=row.invoice_id,
        instalment_no=row.instalment_no,
        step=row.step,
        notice_step=row.notice_step,
        cycle=row.cycle,
        generation=row.generation,
        as_of_date=row.as_of_date,
        state=row.state,
        acted_on=acted_at.astimezone(UTC).date(),
    )
