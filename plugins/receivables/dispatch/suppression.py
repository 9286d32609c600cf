"""Suppressed addresses: to which no letter goes for a while, why, and by what evidence.

Rows are added and lifted, never changed otherwise: what was suppressed at an instant can be told
ever after.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from receivables.dispatch import schema
from receivables.dispatch.address import mailbox
from receivables.dispatch.database import Database
from receivables.dispatch.notice import FAILED
from receivables.dispatch.schema import delivery_event, outbox, suppression

BAD_ADDRESS, BAD_MAILBOX = "bad_address", "bad_mailbox"
# A full or disabled mailbox may be emptied: twice in these days, and it rests for so many.
MAILBOX_FAILURES, MAILBOX_DAYS, MAILBOX_REST = 2, timedelta(days=14), timedelta(days=30)
EVIDENCE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that no letter goes to from `since` until before `until` (None: for good).

    `evidence` is reply codes, never a server's words: those may name people.
    """

    address: str = field(repr=False)
    reason: str
    since: datetime
    until: datetime | None
    evidence: str

    @property
    def because(self) -> str:
        """Why a letter is not for this address, without the address."""
        return f"the address is suppressed: {self.reason} ({self.evidence})"


class SuppressionList(Database):
    """The outbox's suppressed addresses, each in the form that `mailbox` gives."""

    def suppress(
        self, address: str, *, reason: str, since: datetime, until: datetime | None, evidence: str
    ) -> None:
        """Send no letter to an address; repeating it adds nothing, and of two the longer holds.

        What a person lifted stays lifted: evidence from before that is not taken again.
        Raises DataError if it is no address.
        """
        normal = mailbox(address, owner="an address to suppress")
        same = and_(suppression.c.address == normal, suppression.c.reason == reason)
        longer = suppression.c.until.is_(None)
        if until is not None:
            longer = or_(longer, suppression.c.until >= until)
        known = or_(
            and_(suppression.c.lifted_at.is_(None), longer), suppression.c.lifted_at >= since
        )
        with self._writing() as connection:
            schema.lock(connection, schema.SUPPRESSION_LOCK)
            if connection.execute(select(suppression.c.address).where(same, known)).first():
                return
            connection.execute(insert(suppression).values(
                address=normal, reason=reason, since=since, until=until,
                evidence=evidence[:EVIDENCE_LENGTH_MAX],
            ))

    def suppressions(self, now: datetime) -> list[Suppression]:
        """What is suppressed at an instant: the longest of each address and reason, in order."""
        with self._reading() as connection:
            return active(connection, now)

    def suppression_of(self, address: str, now: datetime) -> Suppression | None:
        """Why an address, in its normal form, gets no letter now; None if it does."""
        with self._reading() as connection:
            found = active(connection, now, suppression.c.address == address)
        return found[0] if found else None

    def lift_suppression(self, address: str, *, because: str, now: datetime) -> int:
        """Let letters go to an address again; how many reasons there were against it."""
        normal = mailbox(address, owner="the address to lift")
        with self._writing() as connection:
            theirs = and_(suppression.c.address == normal, _is_active(now))
            lifted = update(suppression).where(theirs).values(lifted_at=now, lifted_because=because)
            return connection.execute(lifted).rowcount

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
                address, reason=BAD_MAILBOX, since=now, until=now + MAILBOX_REST, evidence=evidence
            )


def active(connection: Connection, now: datetime, *which: Any) -> list[Suppression]:
    """The suppressions that hold at an instant, the longest of each address and reason."""
    query = (
        select(*(suppression.c[name] for name in Suppression.__slots__))
        .where(_is_active(now), *which)
        .order_by(
            suppression.c.address, suppression.c.reason,
            suppression.c.until.is_(None), suppression.c.until,
        )
    )
    found = [Suppression(*row) for row in connection.execute(query)]
    return list({(each.address, each.reason): each for each in found}.values())


def _is_active(now: datetime) -> Any:
    return and_(
        suppression.c.since <= now,
        or_(suppression.c.until.is_(None), suppression.c.until > now),
        or_(suppression.c.lifted_at.is_(None), suppression.c.lifted_at > now),
    )
