"""The dispatcher: takes released letters out of the outbox, one by one, and hands them over.

It knows nothing but what the outbox says. Killed anywhere and started again, it never sends a
letter twice: at worst, the one letter it was about is `unknown`, and a person decides.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from receivables.dispatch.canary import CanaryRule
from receivables.dispatch.delivery import Delivery, Outcome
from receivables.dispatch.journal import Journal
from receivables.dispatch.kept_line import KeptLine
from receivables.dispatch.notice import WAITING_STATES, Claim
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.pace import Pace
from receivables.dispatch.relay import Relay
from receivables.dispatch.report import DispatchReport
from receivables.dispatch.tally import Tally
from receivables.dispatch.transport import Line
from receivables.dispatch.window import SendWindow
from receivables.errors import TransientError

LEASE = timedelta(minutes=15)
ANSWERED = (
    Outcome.ACCEPTED, Outcome.UNKNOWN, Outcome.REFUSED_TEMPORARY, Outcome.REFUSED_PERMANENT
)


def dispatch(
    outbox: Outbox,
    *,
    relay: Relay,
    now: Callable[[], datetime],
    progress: Callable[[str], None],
    kill_switch: Callable[[], bool],
    recheck: Callable[[Claim], str | None] | None = None,
    journal: Journal | None = None,
    journal_address: str | None = None,
    limit: int | None = None,
    pause: Callable[[float], None] = time.sleep,
    pace: Pace | None = None,
    canary: CanaryRule | None = None,
) -> DispatchReport:
    """Send what is due, oldest first, at most `limit` letters; several dispatchers may run at once.

    `recheck` is asked about each letter last of all; a reason from it withdraws the letter, and a
    TransientError, which says that nobody can tell just now, lets it wait.
    `kill_switch` is read before each letter. An `unknown` letter is never sent again from here.
    Without a `pace`, as fast as the relay takes letters; without a `canary` rule, all at once.
    `journal_address` gets a copy of each letter. Raises SettingsError, and does nothing, if the
    `journal` knows letters that the outbox does not.
    """
    if journal is not None:
        journal.check(outbox)
    tally = Tally(outbox, now, progress, pause)
    run = _Run(
        outbox, KeptLine(relay, pause), tally, now, progress, kill_switch, recheck, journal,
        journal_address, pause, pace, canary,
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
    return DispatchReport(
        sent=tally.sent, unknown=tally.unknown, failed=tally.failed, put_off=tally.put_off,
        withdrawn=tally.withdrawn, expired=expired, swept=swept,
        left=sum(count for state, count in outbox.counts().items() if state in WAITING_STATES),
        stopped_because=tally.stopped_because or tally.unchecked_because,
        overdue=dict(+tally.overdue),
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
    journal: Journal | None
    journal_address: str | None
    pause: Callable[[float], None]
    pace: Pace | None
    canary: CanaryRule | None

    def handle_next(self) -> bool:
        """Handle one letter; False if nothing is due or the run has to stop."""
        if not self.may_go_on():
            return False
        if not self.kept_line.is_open and not self.outbox.is_due(self.now()):
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
            return self.wait_for_a_turn()
        self.tally.handled += 1
        if self.waits_for_its_hour(claim) or self.waits_for_its_turn(claim):
            return True
        try:
            reason = self.objection(claim)
        except TransientError as failed:
            self.tally.wait_for_a_check(claim, failed)
            return True
        except Exception:
            self.outbox.give_back(claim.notice_id, token=claim.token, now=self.now())
            raise
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
        suppression = self.outbox.suppression_of(claim.recipient, self.now())
        if suppression is not None:
            return suppression.because
        return None if self.recheck is None else self.recheck(claim)


    def deliver(self, line: Line, claim: Claim) -> Delivery:
        """Hand the letter over; again at once, to its recipient alone, where a copy was in the
        way: the line was lost over it, or the relay took all recipients and then no letter."""
        copies = claim.copies(self.journal_address)
        delivery = self.hand_over(line, claim, copies)
        if not copies or delivery.stage not in ("copy", "data"):
            return delivery
        again = self.open_line()
        if again is None:
            return delivery
        refused = dict.fromkeys(copies, delivery.reply)
        return replace(self.hand_over(again, claim, {}), refused_copies=refused)

    def hand_over(self, line: Line, claim: Claim, copies: Mapping[str, str]) -> Delivery:
        return line.deliver(
            sender=claim.sender, recipient=claim.recipient, copies=copies, message=claim.message,
            arm=lambda: self.arm(claim),
        )

    def arm(self, claim: Claim) -> bool:
        """Commit that the letter is armed, then note it in the journal, both before the dot: so the
        journal never knows of a letter that its own outbox does not."""
        now = self.now()
        arming = None if self.journal is None else self.outbox.arming(claim.notice_id, now)
        if not self.outbox.arm(claim.notice_id, token=claim.token, now=now):
            return False
        try:
            if self.journal is not None and arming is not None:
                self.journal.append(arming)
        except TransientError as failed:
            reply = str(failed)
            self.outbox.mark_unknown(claim.notice_id, token=claim.token, now=now, reply=reply)
            raise
        return True

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
