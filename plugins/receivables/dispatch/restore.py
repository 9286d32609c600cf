"""What the journal and the outbox know of each other, and a restored outbox made whole again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, and_, case, false, func, insert, or_, select, update

from receivables.dispatch.journal import Arming
from receivables.dispatch.notice import (
    ARMED,
    CLAIMED,
    DRAFTED,
    FAILED,
    RELEASED,
    UNKNOWN,
    VOID_STATES,
    WITHDRAWN,
    DraftItem,
)
from receivables.dispatch.schema import delivery_event, outbox, outbox_item
from receivables.dispatch.state import move

WAITING_STATES = (DRAFTED, RELEASED, CLAIMED)
_STATED = [
    outbox.c[field.name] for field in fields(Arming) if field.name not in ("armed_at", "items")
]


def armed_at(connection: Connection, *, since: datetime | None) -> set[tuple[str, datetime]]:
    """The notices that were armed, by default ever, with the instants."""
    query = select(delivery_event.c.notice_id, delivery_event.c.occurred_at)
    query = query.where(delivery_event.c.state_to == ARMED)
    if since is not None:
        query = query.where(delivery_event.c.occurred_at >= since)
    return {(row.notice_id, row.occurred_at) for row in connection.execute(query)}


def arming(connection: Connection, notice_id: str, at: datetime) -> Arming:
    """What the journal keeps of a notice that is armed at an instant."""
    row = connection.execute(select(*_STATED).where(outbox.c.notice_id == notice_id)).one()
    items = connection.execute(
        select(outbox_item)
        .where(outbox_item.c.notice_id == notice_id)
        .order_by(outbox_item.c.invoice_id, outbox_item.c.instalment_no)
    )
    return Arming(
        armed_at=at,
        items=tuple(
            DraftItem(i.invoice_id, i.instalment_no, i.step, i.currency, Decimal(i.amount))
            for i in items
        ),
        **row._mapping,
    )


def restore(
    connection: Connection, lost: Sequence[Arming], *, because: str, now: datetime
) -> int:
    """Record armings that the outbox has forgotten, so that nothing sends their letters again.

    `lost` is in the order in which they were armed. What is not surely over is `unknown` after
    that. The newest comes first: where an older letter's
    step or item is taken by a newer one, the older came to nothing, or the newer had never been.
    How many notices were recorded.
    """
    by_notice: dict[str, list[Arming]] = {}
    for arming in reversed(lost):
        by_notice.setdefault(arming.notice_id, []).insert(0, arming)
    for own in by_notice.values():
        _restore_notice(connection, own, because=because, now=now)
    return len(by_notice)


def _restore_notice(
    connection: Connection, own: Sequence[Arming], *, because: str, now: datetime
) -> None:
    last = own[-1]
    _make_way(connection, last, now)
    known = select(outbox.c.state).where(outbox.c.notice_id == last.notice_id).with_for_update()
    state = connection.scalar(known)
    if state is None:
        connection.execute(insert(outbox).values(**_tombstone(last)))
        _add_event(connection, last.notice_id, last.drafted_at, None, RELEASED)
    for arming in own:
        _add_event(connection, arming.notice_id, arming.armed_at, CLAIMED, ARMED)
    if state is None or state in (*WAITING_STATES, *VOID_STATES):
        state = FAILED if _is_step_taken(connection, last) else UNKNOWN
        connection.execute(
            update(outbox)
            .where(outbox.c.notice_id == last.notice_id)
            .values(
                state=state, armed_at=last.armed_at, body_sha256=last.body_sha256,
                last_reply=because, claim_token=None, claimed_until=None,
                approved_by=case(
                    (outbox.c.approval_role.is_not(None),
                     func.coalesce(outbox.c.approved_by, because)),
                ),
            )
        )
        _restore_items(connection, last, is_void=state == FAILED)
    _add_event(connection, last.notice_id, now, ARMED, state, because)


def _tombstone(arming: Arming) -> dict[str, Any]:
    """A row that holds a letter's step; what it said, and to whom, is in no journal."""
    stated = {column.name: getattr(arming, column.name) for column in _STATED}
    return stated | {
        "run_kind": "live",
        "drafted_on": arming.drafted_at.date(),
        "release_reason": "restored from the journal",
        "sender": "", "recipient": "", "subject": "", "message": b"",
        # Void until it is known that no newer letter has its step.
        "state": FAILED,
    }


def _make_way(connection: Connection, arming: Arming, now: datetime) -> None:
    """Withdraw the letters that a night drafted because it did not know of this one."""
    items = or_(*(_same_item(item, arming) for item in arming.items))
    holders = select(outbox_item.c.notice_id).where(items, outbox_item.c.is_void == false())
    query = select(outbox.c.notice_id, outbox.c.state).where(
        outbox.c.notice_id != arming.notice_id,
        outbox.c.state.in_(WAITING_STATES),
        or_(_same_step(arming), outbox.c.notice_id.in_(holders)),
    )
    for row in connection.execute(query.with_for_update()).all():
        move(
            connection, row.notice_id, since=row.state, to=WITHDRAWN, now=now,
            reply="the journal knows of an earlier letter for its step",
        )


def _same_step(arming: Arming) -> Any:
    names = ("legal_entity_id", "customer_id", "step", "cycle")
    return and_(*(outbox.c[name] == getattr(arming, name) for name in names))


def _same_item(item: DraftItem, arming: Arming) -> Any:
    return and_(
        outbox_item.c.legal_entity_id == arming.legal_entity_id,
        outbox_item.c.invoice_id == item.invoice_id,
        outbox_item.c.instalment_no == item.instalment_no,
        outbox_item.c.step == item.step,
    )


def _is_step_taken(connection: Connection, arming: Arming) -> bool:
    query = select(outbox.c.notice_id).where(
        _same_step(arming), outbox.c.notice_id != arming.notice_id,
        outbox.c.state.not_in(VOID_STATES),
    )
    return connection.execute(query).first() is not None


def _restore_items(connection: Connection, arming: Arming, *, is_void: bool) -> None:
    """The items are those of the letter that went, not of one that was drafted in its place."""
    own = outbox_item.c.notice_id == arming.notice_id
    connection.execute(update(outbox_item).where(own).values(is_void=True))
    for item in arming.items:
        taken = select(outbox_item.c.notice_id).where(
            _same_item(item, arming), outbox_item.c.is_void == false()
        )
        values = {
            "step": item.step, "currency": item.currency, "amount": format(item.amount, "f"),
            "is_void": is_void or connection.execute(taken).first() is not None,
        }
        key = {"invoice_id": item.invoice_id, "instalment_no": item.instalment_no}
        mine = and_(own, *(outbox_item.c[name] == value for name, value in key.items()))
        if connection.execute(update(outbox_item).where(mine).values(**values)).rowcount == 0:
            row = {"notice_id": arming.notice_id, "legal_entity_id": arming.legal_entity_id}
            connection.execute(insert(outbox_item).values(**row, **key, **values))


def _add_event(
    connection: Connection, notice_id: str, at: datetime, since: str | None, to: str,
    reply: str | None = None,
) -> None:
    connection.execute(insert(delivery_event).values(
        notice_id=notice_id, occurred_at=at, state_from=since, state_to=to, reply=reply
    ))
