"""The pace of letters: so many a minute, and so many a minute to one recipient's domain.

Each run keeps its own pace: several dispatchers at once share these figures only roughly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class _Bucket:
    """A token bucket that holds one token: letters follow each other evenly."""

    interval: timedelta
    free_at: datetime | None = None

    def take(self, now: datetime) -> datetime:
        """When the taker's turn is, now or later; it is the taker's alone."""
        turn = now if self.free_at is None else max(now, self.free_at)
        self.free_at = turn + self.interval
        return turn


class Pace:
    """Whose turn it is. Instants come in as arguments; waiting is the caller's."""

    def __init__(self, *, letters_per_minute: int, letters_per_minute_and_domain: int) -> None:
        self._all = _Bucket(MINUTE / letters_per_minute)
        self._interval = MINUTE / letters_per_minute_and_domain
        self._domains: dict[str, _Bucket] = {}
        self._turns: dict[str, datetime] = {}

    def seconds_to_wait(self, now: datetime) -> float:
        """How long until a letter may go, to whomever."""
        free_at = self._all.free_at
        return 0.0 if free_at is None else max(0.0, (free_at - now).total_seconds())

    def turn_of(self, notice_id: str, recipient: str, now: datetime) -> datetime | None:
        """When a letter may go to its recipient's domain; None: now, and then it is counted.

        A turn to come is kept for the letter: nobody else gets it, and it is not asked twice.
        """
        domain = recipient.rpartition("@")[2]
        bucket = self._domains.setdefault(domain, _Bucket(self._interval))
        turn = self._turns.pop(notice_id, None) or bucket.take(now)
        if turn > now:
            self._turns[notice_id] = turn
            return turn
        self._all.take(now)
        return None

    def next_turn(self, now: datetime) -> datetime | None:
        """The next turn that a letter waits for; what did not come for its turn is forgotten."""
        self._turns = {notice_id: at for notice_id, at in self._turns.items() if at > now}
        return min(self._turns.values(), default=None)

    def halve(self) -> None:
        """Half as many letters from now on: the relay has had enough of us for a while."""
        self._interval *= 2
        for bucket in (self._all, *self._domains.values()):
            bucket.interval *= 2
