"""Stops: what keeps every letter back until a person has looked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from receivables.dispatch import schema
from receivables.dispatch.database import Database
from receivables.dispatch.schema import canary, dispatch_stop


class Stops(Database):
    """The outbox's book of stops; one stands at a time."""

    def stop(self, because: str, *, now: datetime) -> None:
        """Let no letter leave, in this run or any other, before somebody resumes."""
        with self._writing() as connection:
            schema.lock(connection, schema.STOP_LOCK)
            if connection.execute(_standing()).first() is None:
                connection.execute(insert(dispatch_stop).values(stopped_at=now, because=because))

    def stopped_because(self) -> str | None:
        """Why no letter may leave, and since when; None if they may."""
        with self._reading() as connection:
            row = connection.execute(_standing()).first()
        if row is None:
            return None
        return (
            f"stopped on {row.stopped_at:%Y-%m-%d %H:%M} UTC: {row.because}; once that is mended, "
            "`receivables dispatch --resume REASON`"
        )

    def resume(self, because: str, *, now: datetime) -> bool:
        """Let letters leave again, without a further canary of those that waited."""
        with self._writing() as connection:
            open_canary = update(canary).where(canary.c.ended_at.is_(None))
            lifted = connection.execute(
                update(dispatch_stop)
                .where(dispatch_stop.c.lifted_at.is_(None))
                .values(lifted_at=now, lifted_because=because)
            ).rowcount
            if lifted:
                connection.execute(open_canary.values(ended_at=now))
            return bool(lifted)


def _standing() -> Select[Any]:
    return select(dispatch_stop).where(dispatch_stop.c.lifted_at.is_(None))
