"""How a notice changes its state, and which one may go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from receivables.dispatch.notice import CLAIMED, RELEASED, VOID_STATES, WITHDRAWN
from receivables.dispatch.schema import delivery_event, outbox, outbox_item

REPLY_LENGTH_MAX = 200


def move(
    connection: Connection,
    notice_id: str,
    *,
    since: str,
    to: str,
    now: datetime,
    reply: str | None = None,
    **values: Any,
) -> None:
    """Change a locked notice's state, note the event, and free its items where it is void."""
    reply = None if reply is None else reply[:REPLY_LENGTH_MAX]
    if reply is not None and to != WITHDRAWN:
        values["last_reply"] = reply
    row = and_(outbox.c.notice_id == notice_id, outbox.c.state == since)
    moved = connection.execute(update(outbox).where(row).values(state=to, **values))
    assert moved.rowcount == 1, "a locked notice changed under the lock"
    if to in VOID_STATES:
        items = outbox_item.c.notice_id == notice_id
        connection.execute(update(outbox_item).where(items).values(is_void=True))
    connection.execute(
        insert(delivery_event).values(
            notice_id=notice_id, occurred_at=now, state_from=since, state_to=to, reply=reply
        )
    )


def is_claimable(now: datetime) -> Any:
    """What may go out now: notices that are released, and claims whose lease is over."""
    due = and_(
        outbox.c.state == RELEASED, or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now)
    )
    lapsed = and_(outbox.c.state == CLAIMED, outbox.c.claimed_until < now)
    return and_(or_(due, lapsed), outbox.c.not_after >= now)


def claimable(now: datetime) -> Any:
    """The oldest notice that may go out now."""
    return (
        select(outbox.c.notice_id, outbox.c.state)
        .where(is_claimable(now))
        .order_by(outbox.c.drafted_at, outbox.c.notice_id)
        .limit(1)
    )
