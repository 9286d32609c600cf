"""Letters whose fate nobody knows, and what a person may say about them.

Nothing automatic leads from `unknown`. These steps do, and the dispatcher does not have them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from receivables.dispatch.journal import Arming
from receivables.dispatch.notice import RELEASED, SENT, UNKNOWN, WITHDRAWN
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.restore import restore
from receivables.dispatch.schema import outbox
from receivables.dispatch.state import REPLY_LENGTH_MAX
from receivables.errors import WrongUse


@dataclass(frozen=True, slots=True)
class UnknownLetter:
    """A letter that may or may not have gone; `last_reply` is what was heard last."""

    notice_id: str
    legal_entity_id: str
    customer_id: str
    step: str
    as_of_date: date
    armed_at: datetime
    amount_text: str
    message_id: str
    last_reply: str | None


class Review(Outbox):
    """The outbox for a person who reviews it. `because` names who decided, and why, and is
    recorded as the event's reply; each step is False for a letter that is not `unknown`."""

    def unknown(self) -> list[UnknownLetter]:
        """The letters whose fate nobody knows, oldest first."""
        query = (
            select(*(outbox.c[name] for name in UnknownLetter.__slots__))
            .where(outbox.c.state == UNKNOWN)
            .order_by(outbox.c.armed_at, outbox.c.notice_id)
        )
        with self._reading() as connection:
            return [UnknownLetter(*row) for row in connection.execute(query)]

    def settle_sent(self, notice_id: str, *, because: str, now: datetime) -> bool:
        """It went, when it was armed."""
        return self._step(
            notice_id, None, since=(UNKNOWN,), to=SENT, now=now, reply=_recorded(because),
            sent_at=outbox.c.armed_at,
        )

    def cancel(self, notice_id: str, *, because: str, now: datetime) -> bool:
        """It did not go, and shall not: its step is free for a later night."""
        return self._step(
            notice_id, None, since=(UNKNOWN,), to=WITHDRAWN, now=now, reply=_recorded(because),
            armed_at=None,
        )

    def resend(self, notice_id: str, *, until: datetime, because: str, now: datetime) -> bool:
        """Release the same bytes, under the same Message-ID, once more, to leave by `until`.

        Raises WrongUse if `until` is over, or its bytes are not in the outbox.
        """
        if until <= now:
            raise WrongUse(f"--until: {until:%Y-%m-%d %H:%M} UTC is over; nothing was done")
        query = select(outbox.c.message, outbox.c.body_sha256).where(
            outbox.c.notice_id == notice_id, outbox.c.state == UNKNOWN
        )
        with self._reading() as connection:
            row = connection.execute(query).first()
        if row is not None and hashlib.sha256(row.message).hexdigest() != row.body_sha256:
            raise WrongUse(
                f"{notice_id}: the bytes that went are not in the outbox, which was restored; "
                "nothing was done. If it did not go, cancel it: its step is written anew"
            )
        return self._step(
            notice_id, None, since=(UNKNOWN,), to=RELEASED, now=now, reply=_recorded(because),
            not_after=until, not_before=None, attempt_count=0, armed_at=None,
            claim_token=None, claimed_until=None,
        )

    def restore(self, lost: Sequence[Arming], *, because: str, now: datetime) -> int:
        """Record what only the journal knows, as unknown; how many letters."""
        with self._writing() as connection:
            return restore(connection, lost, because=_recorded(because), now=now)


def _recorded(because: str) -> str:
    if len(because) > REPLY_LENGTH_MAX:
        raise WrongUse(
            f"--because: say it in fewer words; with the name it has {len(because)} characters, "
            f"and {REPLY_LENGTH_MAX} are kept"
        )
    return because
