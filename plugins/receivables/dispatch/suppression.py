"""Suppressed addresses: to which no letter goes for a while, why, and by what evidence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, insert, or_, select

from receivables.dispatch.address import mailbox
from receivables.dispatch.notice import FAILED
from receivables.dispatch.schema import delivery_event, outbox, suppression

# A full or disabled mailbox may be emptied: twice in these days, and it rests for so many.
MAILBOX_FAILURES, MAILBOX_DAYS, MAILBOX_REST = 2, timedelta(days=14), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that no letter goes to from `since` until before `until` (None: for good)."""

    address: str = field(repr=False)
    reason: str
    since: datetime
    until: datetime | None
    evidence: str


class SuppressionList:
    """The outbox's suppressed addresses."""

    _writing: Callable[[], AbstractContextManager[Connection]]
    _reading: Callable[[], AbstractContextManager[Connection]]

    def suppress(
        self, address: str, *, reason: str, since: datetime, until: datetime | None, evidence: str
    ) -> None:
        """Send no letter to an address; repeating it adds nothing."""
        normal = mailbox(address, owner="an address to suppress")
        same = and_(suppression.c.address == normal, suppression.c.reason == reason)
        longer = suppression.c.until.is_(None)
        if until is not None:
            longer = or_(longer, suppression.c.until >= until)
        with self._writing() as connection:
            if connection.execute(select(suppression.c.address).where(same, longer)).first():
                return
            connection.execute(insert(suppression).values(
                address=normal, reason=reason, since=since, until=until, evidence=evidence,
            ))

    def suppressions(self, now: datetime) -> list[Suppression]:
        """What is suppressed at an instant."""
        open_end = or_(suppression.c.until.is_(None), suppression.c.until > now)
        query = (
            select(*(suppression.c[name] for name in Suppression.__slots__))
            .where(suppression.c.since <= now, open_end)
            .order_by(suppression.c.address, suppression.c.reason)
        )
        with self._reading() as connection:
            return [Suppression(*row) for row in connection.execute(query)]

    def rest_mailbox(self, address: str, *, now: datetime, evidence: str) -> None:
        """Suppress an address for a while if its mailbox refused letters twice in fourteen days."""
        reply = delivery_event.c.reply
        refused = (
            select(func.count())
            .select_from(delivery_event)
            .join(outbox, outbox.c.notice_id == delivery_event.c.notice_id)
            .where(
                outbox.c.recipient == address,
                delivery_event.c.state_to == FAILED,
                delivery_event.c.occurred_at > now - MAILBOX_DAYS,
                or_(reply.like("___ _.2.1"), reply.like("___ _.2.2")),
            )
        )
        with self._reading() as connection:
            count = connection.scalar(refused) or 0
        if count >= MAILBOX_FAILURES:
            self.suppress(
                address, reason="bad_mailbox", since=now, until=now + MAILBOX_REST,
                evidence=evidence,
            )
