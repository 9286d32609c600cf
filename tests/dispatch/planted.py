"""Faults that a dispatcher could have, planted from outside: a harness that misses one is worth
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from receivables.dispatch.delivery import Delivery, Outcome
from receivables.dispatch.dispatcher import _Run
from receivables.dispatch.notice import ARMED, CLAIMED, RELEASED, SENT, Claim
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.schema import outbox
from receivables.dispatch.transport import Line

_finish = Line._finish


def _sweep_and_send_again(self: Outbox, *, now: datetime, older_than: timedelta) -> int:
    late = (outbox.c.state == ARMED) & (outbox.c.armed_at < now - older_than)
    return self._move_all(late, to=RELEASED, now=now)


def _no_answer_is_a_no(self: Line) -> Delivery:
    delivery = _finish(self)
    is_unknown = delivery.outcome is Outcome.UNKNOWN
    return replace(delivery, outcome=Outcome.REFUSED_TEMPORARY) if is_unknown else delivery


def _sent_before_the_answer(self: _Run, line: Line, claim: Claim, copies: Mapping[str, str]) -> Delivery:
    def arm() -> bool:
        return self.outbox._step(
            claim.notice_id, claim.token, since=(CLAIMED,), to=SENT, now=self.now(),
            sent_at=self.now(),
        )

    return line.deliver(
        sender=claim.sender, recipient=claim.recipient, copies=copies, message=claim.message,
        arm=arm,
    )


def _arm_whosever_claim_it_is(self: Outbox, notice_id: str, *, token: str, now: datetime) -> bool:
    return self._step(notice_id, None, since=(CLAIMED,), to=ARMED, now=now, armed_at=now)


def _arm_come_what_may(self: Outbox, notice_id: str, *, token: str, now: datetime) -> bool:
    return self._step(notice_id, None, since=(CLAIMED, ARMED), to=ARMED, now=now, armed_at=now)


BUGS: dict[str, tuple[type, str, Any]] = {
    # bug: (class, method, what is in its place)
    "an armed letter is swept back to released": (Outbox, "sweep", _sweep_and_send_again),
    "a lost answer is taken for a refusal": (Line, "_finish", _no_answer_is_a_no),
    "a letter is marked sent before the answer": (_Run, "hand_over", _sent_before_the_answer),
    "ARM asks for no token": (Outbox, "arm", _arm_whosever_claim_it_is),
    "ARM asks for neither token nor state": (Outbox, "arm", _arm_come_what_may),
}
