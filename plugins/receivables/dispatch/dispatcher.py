"""The dispatcher: takes released letters out of the outbox, one by one, and hands them over.

It knows nothing but what the outbox says. Killed anywhere and started again, it never sends a
letter twice: at worst, the one letter it was about is `unknown`, and a person decides.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from receivables.dispatch.canary import CanaryRule
from receivables.dispatch.kept_line import KeptLine
from receivables.dispatch.notice import CLAIMED, DRAFTED, RELEASED, Claim
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.pace import Pace
from receivables.dispatch.relay import Relay
from receivables.dispatch.tally import Tally
from receivables.dispatch.transport import Delivery, Line, Outcome
from receivables.dispatch.window import SendWindow

LEASE = timedelta(minutes=15)
ANSWERED = (
    Outcome.ACCEPTED, Outcome.UNKNOWN, Outcome.REFUSED_TEMPORARY, Outcome.REFUSED_PERMANENT
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """What a run of the dispatcher did. `left` waits for a later run; `stopped_because` is why
    this one did not finish, and then somebody should look. `overdue`: by legal entity, the letters
    that it put off to another day although they had had a whole send window.
    """

    sent: int
    unknown: int
    failed: int
    put_off: int
    withdrawn: int
    expired: int
    swept: int
    left: int
    stopped_because: str | None
    overdue: Mapping[str, int] = field(default_factory=dict)

    @property
    def alarm(self) -> str | None:
        """What a person has to hear of the run, with counts only; None if all is well."""
        said = [] if self.stopped_because is None else [self.stopped_because]
        if self.overdue:
            counts = ", ".join(f"{name} {count}" for name, count in sorted(self.overdue.items()))
            said.append(f"letters that should have left by the end of their send hours: {counts}; "
                        "they wait for the next day, or expire")
        return "; ".join(said) or None


def dispatch(
    outbox: Outbox,
    *,
    relay: Relay,
    now: Callable[[], datetime],
    progress: Callable[[str], None],
    kill_switch: Callable[[], bool],
    recheck: Callable[[Claim], str | None] | None = None,
    limit: int | None = None,
    pause: Callable[[float], None] = time.sleep,
    pace: Pace | None = None,
    canary: CanaryRule | None = None,
) -> DispatchReport:
    """Send what is due, oldest first, at most `limit` letters; several dispatchers may run at once.

    `recheck` is asked about each letter last of all; a reason from it withdraws the letter.
    `kill_switch` is read before each letter. An `unknown` letter is never sent again from here.
    Without a `pace`, as fast as the relay takes letters; without a `canary` rule, all at once.
    """
    tally = Tally(outbox, now, progress, pause)
    run = _Run(
        outbox, KeptLine(relay, pause), tally, now, progress, kill_switch, recheck, pause, pace,
        canary,
    )
    swept = outbox.sweep(now=now(), older_than=relay.armed_for)
    expired = outbox.expire(now=now())
    if canary is not None:
        outbox.begin_canary(canary, now=now())
    try:
        while limit is None or tally.handled < limit:
            if not run.handle_next():
                break
    except BaseException:
        run.kept_line.hang_up()
        raise
    run.kept_line.take_leave()
    counts = outbox.counts()
    return DispatchReport(
        sent=tally.sent, unknown=tally.unknown, failed=tally.failed, put_off=tally.put_off,
        withdrawn=tally.withdrawn, expired=expired, swept=swept,
        left=sum(counts.get(state, 0) for state in (DRAFTED, RELEASED, CLAIMED)),
        stopped_because=tally.stopped_because, overdue=dict(+tally.overdue),
    )


@dataclass(slots=True)
class _Run:
    """One run: what holds letters back, and its line to the relay."""

    outbox: Outbox
    kept_line: KeptLine
    tally: Tally
    now: Callable[[], datetime]
    progress: Callable[[str], None]
    kill_switch: Callable[[], bool]
    recheck: Callable[[Claim], str | None] | None
    pause: Callable[[float], None]
    pace: Pace | None
    canary: CanaryRule | None

    def handle_next(self) -> bool:
        """Handle one letter; False if nothing is due or the run has to stop."""
        if not self.may_go_on():
            return False
        if not self.outbox.is_due(self.now()):
            return self.wait_for_a_turn()
        if self.pace is not None and (seconds := self.pace.seconds_to_wait(self.now())):
            self.pause(seconds)
            if not self.may_go_on():
                return False
        line = self.open_line()
        if line is None:
            return self.tally.stopped_because is None
        token = secrets.token_hex(16)
        claim = self.outbox.claim(now=self.now(), lease=LEASE, token=token)
        if claim is None:
            return False
        self.tally.handled += 1
        if self.waits_for_its_hour(claim) or self.waits_for_its_turn(claim):
            return True
        reason = self.objection(claim)
        if reason is not None:
            self.tally.withdraw(claim, reason)
        else:
            self.record(claim, self.deliver(line, claim))
        return True

    def may_go_on(self) -> bool:
        """Whether nothing holds all letters back: the kill switch, a stop, a canary."""
        if self.kill_switch():
            self.tally.stop_run("the kill switch is on")
        self.tally.stop_run(self.outbox.stopped_because())
        if self.tally.stopped_because is not None:
            return False
        canary = None if self.canary is None else self.outbox.open_canary()
        if canary is None:
            return True
        if canary.fault is not None:
            self.tally.stop_all_runs(canary.fault)
            return False
        if canary.waits_until is None:
            return True
        if self.now() < canary.waits_until:
            self.progress(f"the others wait for {canary.tried} canary letters until "
                          f"{canary.waits_until:%H:%M} UTC")
            return False
        self.outbox.end_canary(now=self.now())
        return True

    def open_line(self) -> Line | None:
        """The line to the relay; None if there is none just now, or none at all (then it stops)."""
        line = self.kept_line.open()
        self.tally.stop_run(self.kept_line.given_up_because)
        return line

    def waits_for_its_hour(self, claim: Claim) -> bool:
        """Whether the customer's send window is shut; the letter waits for it to open."""
        if claim.send_window is None:
            return False
        window = SendWindow.of(claim.send_window)
        opening = window.opens_at(self.now())
        if opening is None:
            return False
        self.tally.put_back(claim, opening)
        if window.was_missed(claim.released_at, self.now()):
            self.tally.overdue[claim.legal_entity_id] += 1
        return True

    def waits_for_its_turn(self, claim: Claim) -> bool:
        """Whether its recipient's domain has had its letters of the minute; others go before it."""
        if self.pace is None:
            return False
        turn = self.pace.turn_of(claim.notice_id, claim.recipient, self.now())
        if turn is not None:
            self.tally.put_back(claim, turn)
        return turn is not None

    def wait_for_a_turn(self) -> bool:
        """Wait for the next letter that was put back for its turn; False if there is none."""
        now = self.now()
        turn = None if self.pace is None else self.pace.next_turn(now)
        if turn is None:
            return False
        self.pause((turn - now).total_seconds())
        return self.now() > now  # a clock that stands still brings no turn

    def objection(self, claim: Claim) -> str | None:
        """Why the letter must not go after all."""
        if hashlib.sha256(claim.message).hexdigest() != claim.body_sha256:
            return "the message is not the one that was frozen"
        try:
            suppression = self.outbox.suppression_of(claim.recipient, self.now())
            if suppression is not None:
                return suppression.because
            return None if self.recheck is None else self.recheck(claim)
        except Exception:
            self.outbox.give_back(claim.notice_id, token=claim.token, now=self.now())
            raise

    def deliver(self, line: Line, claim: Claim) -> Delivery:
        """Hand the letter over; again at once, to its recipient alone, where the copy was in the
        way: the line was lost over it, or the relay took both recipients and then no letter."""
        delivery = self.hand_over(line, claim, claim.cc)
        if claim.cc is None or delivery.stage not in ("cc", "data"):
            return delivery
        again = self.open_line()
        if again is None:
            return delivery
        return replace(self.hand_over(again, claim, None), cc_refusal=delivery.reply)

    def hand_over(self, line: Line, claim: Claim, cc: str | None) -> Delivery:
        def arm() -> bool:
            return self.outbox.arm(claim.notice_id, token=claim.token, now=self.now())

        return line.deliver(
            sender=claim.sender, recipient=claim.recipient, cc=cc, message=claim.message, arm=arm
        )

    def record(self, claim: Claim, delivery: Delivery) -> None:
        """Write down what happened, and look after the canary, the pace and the line."""
        self.tally.record(claim, delivery)
        if self.canary is not None and delivery.outcome in ANSWERED:
            self.outbox.count_canary_letter(claim.notice_id, self.canary, now=self.now())
        if self.pace is not None and delivery.reply.startswith("421"):
            self.pace.halve()
        self.look_after_the_line(delivery)

    def look_after_the_line(self, delivery: Delivery) -> None:
        """Drop a line that was lost, or on which nothing is taken from us just now."""
        is_mail_refused = delivery.outcome is Outcome.REFUSED_TEMPORARY and delivery.stage == "mail"
        if delivery.closes_the_line or is_mail_refused:
            self.kept_line.lose(f"the line was lost at {delivery.stage} ({delivery.reply})")
            self.tally.stop_run(self.kept_line.given_up_because)
        else:
            self.kept_line.lost_in_a_row = 0
