"""The dispatcher: takes released letters out of the outbox, one by one, and hands them over.

It knows nothing but what the outbox says. Killed anywhere and started again, it never sends a
letter twice: at worst, the one letter it was about is `unknown`, and a person decides.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from receivables.dispatch.canary import CanaryRule
from receivables.dispatch.failures import Failures
from receivables.dispatch.kept_line import KeptLine
from receivables.dispatch.notice import CLAIMED, DRAFTED, RELEASED, Claim
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.pace import Pace
from receivables.dispatch.refusal import Cause, cause_of
from receivables.dispatch.relay import Relay
from receivables.dispatch.suppression import BAD_ADDRESS
from receivables.dispatch.transport import Delivery, Line, Outcome
from receivables.dispatch.window import SendWindow
from receivables.errors import TransientError

LEASE = timedelta(minutes=15)
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120))
ATTEMPTS_MAX = 8
LETTERS_A_LINE = 100
PAUSES_BEFORE_INSISTING = (0.5, 2.0)
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
    run = _Run(
        outbox, KeptLine(relay, pause), now, progress, kill_switch, recheck, pause, pace, canary
    )
    swept = outbox.sweep(now=now(), older_than=relay.armed_for)
    expired = outbox.expire(now=now())
    if canary is not None:
        outbox.begin_canary(canary, now=now())
    try:
        while limit is None or run.handled < limit:
            if not run.handle_next():
                break
    except BaseException:
        run.kept_line.hang_up()
        raise
    run.kept_line.take_leave()
    counts = outbox.counts()
    return DispatchReport(
        sent=run.sent, unknown=run.unknown, failed=run.failed, put_off=run.put_off,
        withdrawn=run.withdrawn, expired=expired, swept=swept,
        left=sum(counts.get(state, 0) for state in (DRAFTED, RELEASED, CLAIMED)),
        stopped_because=run.stopped_because, overdue=dict(run.overdue),
    )


@dataclass(slots=True)
class _Run:
    """One run: its line to the relay and its count of what happened."""

    outbox: Outbox
    kept_line: KeptLine
    now: Callable[[], datetime]
    progress: Callable[[str], None]
    kill_switch: Callable[[], bool]
    recheck: Callable[[Claim], str | None] | None
    pause: Callable[[float], None]
    pace: Pace | None
    canary: CanaryRule | None
    handled: int = 0
    sent: int = 0
    unknown: int = 0
    failed: int = 0
    put_off: int = 0
    withdrawn: int = 0
    overdue: Counter[str] = field(default_factory=Counter)
    failures: Failures = field(default_factory=Failures)
    stopped_because: str | None = None

    def handle_next(self) -> bool:
        """Handle one letter; False if nothing is due or the run has to stop."""
        if self.pace is not None and (seconds := self.pace.seconds_to_wait(self.now())):
            self.pause(seconds)
        if not self.may_go_on():
            return False
        if not self.outbox.is_due(self.now()):
            return self.wait_for_a_turn()
        line = self.open_line()
        if line is None:
            return self.stopped_because is None
        token = secrets.token_hex(16)
        claim = self.outbox.claim(now=self.now(), lease=LEASE, token=token)
        if claim is None:
            return False
        self.handled += 1
        if self.waits_for_its_hour(claim):
            return True
        reason = self.objection(claim)
        if reason is not None:
            self.withdrawn += self.outbox.withdraw(claim.notice_id, reason, now=self.now())
            self.progress(f"{claim.notice_id}: withdrawn")
        elif not self.waits_for_its_turn(claim):
            self.record(claim, self.deliver(line, claim))
        return True

    def may_go_on(self) -> bool:
        """Whether nothing holds all letters back: the kill switch, a stop, a canary."""
        if self.kill_switch():
            self.stopped_because = "the kill switch is on"
        self.stopped_because = self.stopped_because or self.outbox.stopped_because()
        if self.stopped_because is not None:
            return False
        canary = None if self.canary is None else self.outbox.open_canary()
        if canary is None:
            return True
        if canary.fault is not None:
            self.stop_for_all(canary.fault)
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
        self.stopped_because = self.stopped_because or self.kept_line.given_up_because
        return line

    def waits_for_its_hour(self, claim: Claim) -> bool:
        """Whether the customer's send window is shut; the letter waits for it to open."""
        if claim.send_window is None:
            return False
        window = SendWindow.of(claim.send_window)
        opening = window.opens_at(self.now())
        if opening is None:
            return False
        self.put_back(claim, opening)
        self.overdue[claim.legal_entity_id] += window.was_missed(claim.released_at, self.now())
        return True

    def waits_for_its_turn(self, claim: Claim) -> bool:
        """Whether its recipient's domain has had its letters of the minute; others go before it."""
        if self.pace is None:
            return False
        turn = self.pace.turn_of(claim.notice_id, claim.recipient, self.now())
        if turn is not None:
            self.put_back(claim, turn)
        return turn is not None

    def wait_for_a_turn(self) -> bool:
        """Wait for the next letter that was put back for its turn; False if there is none."""
        turn = None if self.pace is None else self.pace.next_turn(self.now())
        if turn is not None:
            self.pause((turn - self.now()).total_seconds())
        return turn is not None

    def put_back(self, claim: Claim, not_before: datetime) -> None:
        """Nothing was tried: the letter waits, and it costs it no attempt."""
        self.outbox.give_back(
            claim.notice_id, token=claim.token, now=self.now(), not_before=not_before,
            is_attempt=False,
        )
        self.put_off += 1

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
        """Write down what happened, and whether the run can go on."""
        match delivery.outcome:
            case Outcome.ACCEPTED:
                self.mark_sent(claim, delivery)
            case Outcome.UNKNOWN:
                self.outbox.mark_unknown(
                    claim.notice_id, token=claim.token, now=self.now(), reply=_answer(delivery)
                )
                self.unknown += 1
            case Outcome.LOST_BEFORE_DOT:
                self.give_back(claim, delivery)
            case Outcome.REFUSED_TEMPORARY if delivery.stage == "mail":
                self.give_back(claim, delivery)
            case Outcome.REFUSED_TEMPORARY | Outcome.REFUSED_PERMANENT:
                self.refuse(claim, delivery)
            case Outcome.NOT_ARMED:
                pass  # somebody took it back, or holds it by now
        if delivery.outcome is not Outcome.ACCEPTED:
            self.progress(f"{claim.notice_id}: {delivery.outcome} at {delivery.stage}")
        elif self.sent % LETTERS_A_LINE == 0:
            self.progress(f"{self.sent} sent so far")
        if self.canary is not None and delivery.outcome in ANSWERED:
            self.outbox.count_canary_letter(claim.notice_id, self.canary, now=self.now())
        self.look_after_the_line(delivery)

    def look_after_the_line(self, delivery: Delivery) -> None:
        """Drop a line that was lost, or on which nothing is taken from us just now."""
        if self.pace is not None and delivery.reply.startswith("421"):
            self.pace.halve()
        is_mail_refused = delivery.outcome is Outcome.REFUSED_TEMPORARY and delivery.stage == "mail"
        if delivery.closes_the_line or is_mail_refused:
            self.kept_line.lose(f"the line was lost at {delivery.stage} ({delivery.reply})")
            self.stopped_because = self.stopped_because or self.kept_line.given_up_because
        else:
            self.kept_line.lost_in_a_row = 0

    def mark_sent(self, claim: Claim, delivery: Delivery) -> None:
        """The relay has it. If the outbox does not answer, insist: else it would be `unknown`."""
        for seconds in (*PAUSES_BEFORE_INSISTING, None):
            try:
                self.outbox.mark_sent(
                    claim.notice_id, token=claim.token, now=self.now(), reply=_answer(delivery)
                )
                break
            except TransientError:
                if seconds is None:
                    raise
                self.pause(seconds)
        self.sent += 1
        self.failures.count(has_failed=False, is_whole_letter=True)

    def give_back(self, claim: Claim, delivery: Delivery) -> None:
        """The line was lost before the dot: at MAIL it was the line's fault, later maybe not."""
        is_fault_of_line = delivery.stage in ("mail", "cc")
        self.outbox.give_back(
            claim.notice_id, token=claim.token, now=self.now(), reply=delivery.reply,
            not_before=None if is_fault_of_line else self.next_attempt(claim),
        )
        self.put_off += not is_fault_of_line
        if delivery.outcome is Outcome.REFUSED_TEMPORARY:
            self.stop_if_ours(cause_of(delivery.stage, delivery.reply), delivery)

    def refuse(self, claim: Claim, delivery: Delivery) -> None:
        """The relay said no: for good, for now, or because of us."""
        cause = cause_of(delivery.stage, delivery.reply)
        is_lasting = delivery.outcome is Outcome.REFUSED_PERMANENT and cause is not Cause.OURS
        has_failed = is_lasting or claim.attempt_count + 1 >= ATTEMPTS_MAX
        self.outbox.refuse(
            claim.notice_id, token=claim.token, now=self.now(), reply=delivery.reply,
            not_before=None if has_failed else self.next_attempt(claim),
        )
        self.failed += has_failed
        self.put_off += not has_failed
        evidence = f"{delivery.reply} at {delivery.stage}"
        if has_failed and cause is Cause.ADDRESS:
            self.outbox.suppress(
                claim.recipient, reason=BAD_ADDRESS, since=self.now(), until=None, evidence=evidence
            )
        elif has_failed and cause is Cause.MAILBOX:
            self.outbox.rest_mailbox(claim.recipient, now=self.now(), evidence=evidence)
        self.stop_if_ours(cause, delivery)
        is_whole_letter = delivery.stage == "dot"
        too_many = self.failures.count(has_failed=is_lasting, is_whole_letter=is_whole_letter)
        if too_many is not None:
            self.stop_for_all(too_many)

    def stop_if_ours(self, cause: Cause, delivery: Delivery) -> None:
        if cause is Cause.OURS:
            self.stopped_because = (
                f"the relay refuses us, not the recipient ({delivery.reply} at {delivery.stage})"
            )

    def stop_for_all(self, because: str) -> None:
        """Stop this run and every other, until a person resumes."""
        self.outbox.stop(because, now=self.now())
        self.stopped_because = self.outbox.stopped_because()

    def next_attempt(self, claim: Claim) -> datetime:
        return self.now() + RETRY_AFTER[min(claim.attempt_count, len(RETRY_AFTER) - 1)]


def _answer(delivery: Delivery) -> str:
    """What the relay said, and what it said to the copy that did not go."""
    refusal = "" if delivery.cc_refusal is None else f"; no copy: {delivery.cc_refusal}"
    return delivery.reply + refusal
