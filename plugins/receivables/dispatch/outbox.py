"""The outbox: the one transactional table, and the only thing with an effect on the world.

    drafted ─▶ released ─▶ claimed ─▶ armed ─▶ sent       (drafted: only what waits for approval)
                  ▲            │         ├──▶ unknown   (a person decides; nothing automatic may)
                  └────────────┴─────────┼──▶ released  (only on an explicit 4xx)
                                         └──▶ failed    (only on an explicit 5xx)

A letter leaves only if its ARM was committed, by the one holder of its claim token, before the
final dot. Leases and clocks decide how soon a letter is `unknown`, never whether it goes twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, or_, select

from receivables.dispatch import drafting, schema
from receivables.dispatch.canary import Canaries
from receivables.dispatch.history import (
    notice_amounts,
    notice_items,
    notice_states,
    overdue_notices,
    waiting_notices,
)
from receivables.dispatch.journal import Arming
from receivables.dispatch.notice import (
    ARMED,
    CLAIMED,
    DRAFTED,
    EXPIRED,
    FAILED,
    RELEASED,
    SENT,
    UNKNOWN,
    WITHDRAWN,
    Claim,
    Draft,
    DraftResult,
    NoticeItem,
    NoticeState,
    Refusal,
    WaitingNotice,
)
from receivables.dispatch.proof import Proof, proofs
from receivables.dispatch.restore import armed_at, arming
from receivables.dispatch.schema import outbox
from receivables.dispatch.state import claimable, move
from receivables.dispatch.stop import Stops
from receivables.dispatch.suppression import SuppressionList
from receivables.dispatch.thread import ThreadItem, thread_items


class Outbox(SuppressionList, Stops, Canaries):
    """Notices and what became of them."""

    def draft(self, drafts: Sequence[Draft]) -> DraftResult:
        """Put notices into the outbox, all in one transaction; repeating it adds nothing.

        They are released there, but for those that wait for approval.
        A notice that is there already stays as it was frozen. One that would take a step, or dun
        an item for a step, that another notice holds, is refused alone and reported; so is one
        whose recipient's address is suppressed.
        Raises WrongUse if the database finds the business day too old to be live.
        """
        inserted, already_there, refused = [], [], []
        with self._writing() as connection:
            schema.lock(connection, schema.DRAFT_LOCK)
            known = drafting.existing(connection, [draft.notice_id for draft in drafts])
            suppressed = drafting.suppressed(connection, drafts)
            for draft in drafts:
                if draft.notice_id in known:
                    already_there.append(draft.notice_id)
                    continue
                known.add(draft.notice_id)
                reason = suppressed.get(draft.recipient)
                if reason is None:
                    reason = drafting.insert_draft(connection, draft)
                if reason is None:
                    inserted.append(draft.notice_id)
                else:
                    refused.append(Refusal(notice_id=draft.notice_id, reason=reason))
        return DraftResult(tuple(inserted), tuple(already_there), tuple(refused))

    def history(
        self, *, legal_entity_id: str, before: date, known_at: datetime
    ) -> list[NoticeItem]:
        """What earlier nights drafted, by item, in the states that were known at an instant."""
        with self._reading() as connection:
            return notice_items(
                connection, legal_entity_id=legal_entity_id, before=before, known_at=known_at
            )

    def notice_states(self, *, legal_entity_id: str, since: date) -> list[NoticeState]:
        """What has become by now of the notices for business days from `since` on."""
        with self._reading() as connection:
            return notice_states(connection, legal_entity_id=legal_entity_id, since=since)

    def amounts(self, notice_id: str) -> dict[str, Decimal]:
        """What the items of a notice sum to, by currency."""
        with self._reading() as connection:
            return notice_amounts(connection, notice_id)

    def proofs(
        self, *, legal_entity_id: str, customer_id: str, before: date, known_at: datetime
    ) -> list[Proof]:
        """What earlier nights wrote to a customer, byte for byte, as it was known at an instant."""
        with self._reading() as connection:
            return proofs(
                connection, legal_entity_id=legal_entity_id, customer_id=customer_id,
                before=before, known_at=known_at,
            )

    def thread_items(self, legal_entity_id: str, invoice_ids: Sequence[str]) -> list[ThreadItem]:
        """What was sent about some invoices, and in which threads."""
        with self._reading() as connection:
            return thread_items(connection, legal_entity_id, invoice_ids)

    def counts(self) -> dict[str, int]:
        """Notices by state."""
        query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        with self._reading() as connection:
            return {state: count for state, count in connection.execute(query.order_by("state"))}

    def waiting(self) -> list[WaitingNotice]:
        """The notices that wait for approval."""
        with self._reading() as connection:
            return waiting_notices(connection)

    def overdue(self, now: datetime) -> dict[str, int]:
        """By legal entity, the notices that wait though a whole send window of theirs is over."""
        with self._reading() as connection:
            return overdue_notices(connection, now)

    def approve(self, notice_ids: Sequence[str], *, by: str, now: datetime) -> tuple[str, ...]:
        """Release those of the notices that still wait for approval; which these were."""
        return tuple(
            notice_id for notice_id in notice_ids
            if self._step(
                notice_id, None, since=(DRAFTED,), to=RELEASED, now=now,
                approved_by=by, approved_at=now,
            )
        )

    def reject(self, notice_ids: Sequence[str], because: str, *, now: datetime) -> tuple[str, ...]:
        """Withdraw those of the notices that still wait for approval; which these were."""
        return tuple(
            notice_id for notice_id in notice_ids
            if self._step(notice_id, None, since=(DRAFTED,), to=WITHDRAWN, now=now, reply=because)
        )

    def is_due(self, now: datetime) -> bool:
        """Whether a notice could be claimed now."""
        with self._reading() as connection:
            return connection.execute(claimable(now)).first() is not None

    def claim(self, *, now: datetime, lease: timedelta, token: str) -> Claim | None:
        """Hold the oldest notice that may go out now, until the lease is over."""
        with self._writing() as connection:
            due = connection.execute(claimable(now).with_for_update(skip_locked=True)).first()
            if due is None:
                return None
            move(
                connection, due.notice_id, since=due.state, to=CLAIMED, now=now,
                claim_token=token, claimed_until=now + lease,
            )
            columns = [outbox.c[name] for name in Claim.__slots__ if name != "token"]
            row = connection.execute(select(*columns).where(outbox.c.notice_id == due.notice_id))
            return Claim(token=token, **row.one()._mapping)

    def arm(self, notice_id: str, *, token: str, now: datetime) -> bool:
        """The one-way door before the final dot; False if the claim no longer holds the notice."""
        return self._step(notice_id, token, since=(CLAIMED,), to=ARMED, now=now, armed_at=now)

    def arming(self, notice_id: str, armed_at: datetime) -> Arming:
        """What the journal keeps of a notice that is armed at this instant."""
        with self._reading() as connection:
            return arming(connection, notice_id, armed_at)

    def armed_at(self, *, since: datetime | None = None) -> set[tuple[str, datetime]]:
        """The notices that were armed, by default ever, with the instants."""
        with self._reading() as connection:
            return armed_at(connection, since=since)

    def mark_sent(self, notice_id: str, *, token: str, now: datetime, reply: str) -> bool:
        """The server said 250, if late: that stays true even when the sweep was faster."""
        return self._step(
            notice_id, token, since=(ARMED, UNKNOWN), to=SENT, now=now, reply=reply, sent_at=now
        )

    def mark_unknown(self, notice_id: str, *, token: str, now: datetime, reply: str) -> bool:
        """The dot was written and no answer came: the letter may or may not have gone."""
        return self._step(notice_id, token, since=(ARMED,), to=UNKNOWN, now=now, reply=reply)

    def refuse(
        self, notice_id: str, *, token: str, now: datetime, reply: str, not_before: datetime | None
    ) -> bool:
        """The server said no in so many words: try again at `not_before`, or never (None)."""
        to = FAILED if not_before is None else RELEASED
        return self._step(
            notice_id, token, since=(CLAIMED, ARMED), to=to, now=now, reply=reply,
            not_before=not_before, attempt_count=outbox.c.attempt_count + 1,
            claim_token=None, claimed_until=None, armed_at=None,
        )

    def give_back(
        self,
        notice_id: str,
        *,
        token: str,
        now: datetime,
        reply: str | None = None,
        not_before: datetime | None = None,
        is_attempt: bool = True,
    ) -> bool:
        """Nothing was sent: the notice waits again. With `not_before` it counts as an attempt."""
        attempts = outbox.c.attempt_count + int(is_attempt and not_before is not None)
        return self._step(
            notice_id, token, since=(CLAIMED,), to=RELEASED, now=now, reply=reply,
            not_before=not_before, attempt_count=attempts, claim_token=None, claimed_until=None,
        )

    def withdraw(self, notice_id: str, reason: str, *, now: datetime) -> bool:
        """Take a notice back before it was armed; False if it is too late (or it is over)."""
        return self._step(
            notice_id, None, since=(DRAFTED, RELEASED, CLAIMED), to=WITHDRAWN, now=now, reply=reason
        )

    def sweep(self, *, now: datetime, older_than: timedelta) -> int:
        """Notices armed longer ago than any answer takes: nobody knows, so they say so."""
        late = and_(outbox.c.state == ARMED, outbox.c.armed_at < now - older_than)
        return self._move_all(late, to=UNKNOWN, now=now, reply="no answer was recorded")

    def expire(self, *, now: datetime) -> int:
        """Notices that waited past their `not_after`: a later night writes fresh ones."""
        lapsed = and_(outbox.c.state == CLAIMED, outbox.c.claimed_until < now)
        waiting = or_(outbox.c.state.in_((DRAFTED, RELEASED)), lapsed)
        return self._move_all(and_(waiting, outbox.c.not_after < now), to=EXPIRED, now=now)

    def _step(
        self,
        notice_id: str,
        token: str | None,
        *,
        since: tuple[str, ...],
        to: str,
        now: datetime,
        reply: str | None = None,
        **values: Any,
    ) -> bool:
        mine = and_(outbox.c.notice_id == notice_id, outbox.c.state.in_(since))
        if token is not None:
            mine = and_(mine, outbox.c.claim_token == token)
        with self._writing() as connection:
            state = connection.scalar(select(outbox.c.state).where(mine).with_for_update())
            if state is None:
                return False
            move(connection, notice_id, since=state, to=to, now=now, reply=reply, **values)
            return True

    def _move_all(self, which: Any, *, to: str, now: datetime, reply: str | None = None) -> int:
        query = select(outbox.c.notice_id, outbox.c.state).where(which)
        with self._writing() as connection:
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            for row in rows:
                move(connection, row.notice_id, since=row.state, to=to, now=now, reply=reply)
            return len(rows)
