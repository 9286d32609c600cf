"""The canary: of many letters a few go first, and the others wait for what becomes of these."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, and_, exists, func, insert, select, update

from receivables.dispatch import schema
from receivables.dispatch.database import Database
from receivables.dispatch.notice import FAILED
from receivables.dispatch.refusal import is_about_us
from receivables.dispatch.schema import canary, outbox, suppression
from receivables.dispatch.state import is_claimable

LETTERS_MIN = 5
SHARE_REFUSED_MAX = 0.05


@dataclass(frozen=True, slots=True)
class CanaryRule:
    """With more than `above` letters due, those after the first few wait for so long."""

    above: int
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Canary:
    """A canary that has not ended: of its `letters`, those `tried`, and what came of them.

    `waits_until` is None before the last of them is tried.
    """

    letters: int
    tried: int
    refused: int
    about_us: int
    waits_until: datetime | None

    @property
    def fault(self) -> str | None:
        """Why the others must not follow."""
        if self.about_us:
            return (f"{self.about_us} of {self.tried} canary letters were refused for policy or "
                    "reputation")
        if self.refused > SHARE_REFUSED_MAX * self.letters:
            return f"{self.refused} of {self.letters} canary letters were refused or bounced"
        return None


class Canaries(Database):
    """The outbox's canaries; one at a time, for the letters that were drafted before it began."""

    def begin_canary(self, rule: CanaryRule, *, now: datetime) -> None:
        """Begin a canary if so many letters are due that none before it was about."""
        with self._writing() as connection:
            schema.lock(connection, schema.CANARY_LOCK)
            newest = connection.execute(
                select(canary).order_by(canary.c.began_at.desc()).limit(1)
            ).first()
            if newest is not None and newest.ended_at is None:
                return
            fresh = is_claimable(now)
            if newest is not None:
                fresh = and_(fresh, outbox.c.drafted_at > newest.began_at)
            due = connection.scalar(select(func.count()).select_from(outbox).where(fresh)) or 0
            if due > rule.above:
                first = insert(canary).values(began_at=now, letters=canary_letters(due))
                connection.execute(first)

    def open_canary(self) -> Canary | None:
        """How the canary stands, if there is one."""
        with self._reading() as connection:
            row = _open(connection)
            if row is None:
                return None
            is_bounced = exists().where(
                suppression.c.address == outbox.c.recipient,
                suppression.c.since >= row.began_at,
                suppression.c.lifted_at.is_(None),
            )
            tried = connection.execute(
                select(outbox.c.state, outbox.c.last_reply, is_bounced.label("is_bounced"))
                .where(outbox.c.canary_began_at == row.began_at)
            ).all()
        return Canary(
            letters=row.letters,
            tried=len(tried),
            refused=sum(each.state == FAILED or each.is_bounced for each in tried),
            about_us=sum(is_about_us(each.last_reply or "") for each in tried),
            waits_until=row.waits_until,
        )

    def count_canary_letter(self, notice_id: str, rule: CanaryRule, *, now: datetime) -> None:
        """The relay answered about a letter: it is one of the canary's, if there is one."""
        with self._writing() as connection:
            row = _open(connection)
            if row is None:
                return
            began_at = row.began_at
            connection.execute(
                update(outbox).where(outbox.c.notice_id == notice_id)
                .values(canary_began_at=began_at)
            )
            own = outbox.c.canary_began_at == began_at
            tried = connection.scalar(select(func.count()).select_from(outbox).where(own)) or 0
            if tried >= row.letters and row.waits_until is None:
                connection.execute(
                    update(canary).where(canary.c.began_at == began_at)
                    .values(waits_until=now + rule.wait)
                )

    def end_canary(self, *, now: datetime) -> None:
        """The wait is over and nothing spoke against it: the others follow."""
        with self._writing() as connection:
            ended = update(canary).where(canary.c.ended_at.is_(None))
            connection.execute(ended.values(ended_at=now))


def canary_letters(due: int) -> int:
    """How many of the letters that are due go first: one in a hundred, and five at least."""
    return max(LETTERS_MIN, math.ceil(due / 100))


def _open(connection: Connection) -> Row[tuple[object, ...]] | None:
    return connection.execute(select(canary).where(canary.c.ended_at.is_(None))).first()
