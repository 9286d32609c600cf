"""The dispatcher: takes released letters out of the outbox, one by one, and hands them over.

It knows nothing but what the outbox says. Killed anywhere and started again, it never sends a
letter twice: at worst, the one letter it was about is `unknown`, and a person decides.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from receivables.dispatch.notice import WAITING_STATES, Claim
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.relay import Relay
from receivables.dispatch.transport import Delivery, Line, Outcome, connect
from receivables.dispatch.window import SendWindow
from receivables.errors import SettingsError, TransientError

LEASE = timedelta(minutes=15)
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120))
ATTEMPTS_MAX = 8
LOST_LINES_MAX = 3
REFUSED_BODIES_MAX = 3
LETTERS_A_LINE = 100
PAUSES_AFTER_A_LOST_LINE = (1.0, 5.0)
PAUSES_BEFORE_INSISTING = (0.5, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """What a run of the dispatcher did. `left` waits for a later run; `stopped_because` is why
    this one did not finish, and then somebody should look.
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
) -> DispatchReport:
    """Send what is due, oldest first, at most `limit` letters; several dispatchers may run at once.

    `recheck` is asked about each letter last of all; a reason from it withdraws the letter, and a
    TransientError, which says that nobody can tell just now, lets it wait.
    `kill_switch` is read before each letter. An `unknown` letter is never sent again from here.
    """
    run = _Run(outbox, relay, now, progress, kill_switch, recheck, pause)
    swept = outbox.sweep(now=now(), older_than=relay.armed_for)
    expired = outbox.expire(now=now())
    try:
        while limit is None or run.handled < limit:
            if not run.handle_next():
                break
    except BaseException:
        run.hang_up()
        raise
    run.take_leave()
    return DispatchReport(
        sent=run.sent, unknown=run.unknown, failed=run.failed, put_off=run.put_off,
        withdrawn=run.withdrawn, expired=expired, swept=swept,
        left=sum(count for state, count in outbox.counts().items() if state in WAITING_STATES),
        stopped_because=run.stopped_because or run.unchecked_because,
    )


@dataclass(slots=True)
class _Run:
    """One run: its line to the relay and its count of what happened."""

    outbox: Outbox
    relay: Relay
    now: Callable[[], datetime]
    progress: Callable[[str], None]
    kill_switch: Callable[[], bool]
    recheck: Callable[[Claim], str | None] | None
    pause: Callable[[float], None]
    line: Line | None = None
    handled: int = 0
    sent: int = 0
    unknown: int = 0
    failed: int = 0
    put_off: int = 0
    withdrawn: int = 0
    lost_lines: int = 0
    refused_bodies: int = 0
    stopped_because: str | None = None
    unchecked_because: str | None = None
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def handle_next(self) -> bool:
        """Handle one letter; False if nothing is due or the run has to stop."""
        if self.kill_switch():
            self.stopped_because = "the kill switch is on"
        if self.stopped_because is not None or not self.outbox.is_due(self.now()):
            return False
        line = self.open_line()
        if line is None:
            return self.stopped_because is None
        self.token = secrets.token_hex(16)
        claim = self.outbox.claim(now=self.now(), lease=LEASE, token=self.token)
        if claim is None:
            return False
        self.handled += 1
        if self.waits_for_its_hour(claim):
            return True
        try:
            reason = self.objection(claim)
        except Exception as failed:
            return self.wait_for_a_check(claim, failed)
        if reason is not None:
            self.withdrawn += self.outbox.withdraw(claim.notice_id, reason, now=self.now())
            self.progress(f"{claim.notice_id}: withdrawn: {reason}")
            return True
        self.record(claim, self.deliver(line, claim))
        return True

    def open_line(self) -> Line | None:
        """The line to the relay; None if there is none just now, or none at all (then it stops)."""
        if self.line is not None and self.line.is_open:
            return self.line
        try:
            self.line = connect(self.relay)
            return self.line
        except SettingsError as refused:
            self.stopped_because = str(refused)
        except TransientError as lost:
            self.lose_line(str(lost))
        return None

    def waits_for_its_hour(self, claim: Claim) -> bool:
        """Whether the customer's send window is shut; the letter waits for it to open."""
        if claim.send_window is None:
            return False
        opening = SendWindow.of(claim.send_window).opens_at(self.now())
        if opening is None:
            return False
        self.outbox.give_back(
            claim.notice_id, token=claim.token, now=self.now(), not_before=opening,
            is_attempt=False,
        )
        self.put_off += 1
        return True

    def objection(self, claim: Claim) -> str | None:
        """Why the letter must not go after all."""
        if hashlib.sha256(claim.message).hexdigest() != claim.body_sha256:
            return "the message is not the one that was frozen"
        return None if self.recheck is None else self.recheck(claim)

    def wait_for_a_check(self, claim: Claim, failed: Exception) -> bool:
        """Nobody can tell whether the letter may still go: it waits, and others have their turn."""
        self.outbox.give_back(
            claim.notice_id, token=claim.token, now=self.now(), is_attempt=False,
            not_before=self.now() + RETRY_AFTER[0] if isinstance(failed, TransientError) else None,
        )
        if not isinstance(failed, TransientError):
            raise failed
        self.put_off += 1
        self.unchecked_because = f"letters wait that could not be checked again: {failed}"
        return True

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
        is_mail_refused = delivery.outcome is Outcome.REFUSED_TEMPORARY and delivery.stage == "mail"
        if delivery.closes_the_line or is_mail_refused:
            self.lose_line(f"the line was lost at {delivery.stage} ({delivery.reply})")
        else:
            self.lost_lines = 0

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
        self.refused_bodies = 0

    def give_back(self, claim: Claim, delivery: Delivery) -> None:
        """The line was lost before the dot: at MAIL it was the line's fault, later maybe not."""
        is_fault_of_line = delivery.stage in ("mail", "cc")
        self.outbox.give_back(
            claim.notice_id, token=claim.token, now=self.now(), reply=delivery.reply,
            not_before=None if is_fault_of_line else self.next_attempt(claim),
        )
        self.put_off += not is_fault_of_line

    def refuse(self, claim: Claim, delivery: Delivery) -> None:
        """The relay said no: for good, for now, or because of us."""
        is_lasting = delivery.outcome is Outcome.REFUSED_PERMANENT
        is_ours = is_lasting and (delivery.stage == "mail" or " 5.7." in delivery.reply)
        is_last = claim.attempt_count + 1 >= ATTEMPTS_MAX
        has_failed = (is_lasting and not is_ours) or is_last
        self.outbox.refuse(
            claim.notice_id, token=claim.token, now=self.now(), reply=delivery.reply,
            not_before=None if has_failed else self.next_attempt(claim),
        )
        self.failed += has_failed
        self.put_off += not has_failed
        if is_ours:
            self.stopped_because = (
                f"the relay refuses us, not the recipient ({delivery.reply} at {delivery.stage})"
            )
        self.count_refused_body(is_lasting and delivery.stage == "dot")

    def count_refused_body(self, is_refused: bool) -> None:
        self.refused_bodies = self.refused_bodies + 1 if is_refused else 0
        if self.refused_bodies > REFUSED_BODIES_MAX and self.stopped_because is None:
            self.stopped_because = f"{self.refused_bodies} letters in a row were refused as a whole"

    def next_attempt(self, claim: Claim) -> datetime:
        return self.now() + RETRY_AFTER[min(claim.attempt_count, len(RETRY_AFTER) - 1)]

    def lose_line(self, what: str) -> None:
        self.hang_up()
        self.line = None
        self.lost_lines += 1
        if self.lost_lines >= LOST_LINES_MAX:
            self.stopped_because = f"{self.lost_lines} connection failures in a row; last: {what}"
        else:
            self.pause(PAUSES_AFTER_A_LOST_LINE[self.lost_lines - 1])

    def hang_up(self) -> None:
        if self.line is not None:
            self.line.drop()

    def take_leave(self) -> None:
        if self.line is not None:
            self.line.close()


def _answer(delivery: Delivery) -> str:
    """What the relay said, and what it said to the copy that did not go."""
    refusal = "" if delivery.cc_refusal is None else f"; no copy: {delivery.cc_refusal}"
    return delivery.reply + refusal
