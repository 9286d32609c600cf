"""What became of each letter of a run: written into the outbox, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from receivables.dispatch.delivery import Delivery, Outcome
from receivables.dispatch.failures import Failures
from receivables.dispatch.notice import Claim
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.refusal import Cause, cause_of
from receivables.dispatch.suppression import BAD_ADDRESS
from receivables.errors import TransientError

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120))
ATTEMPTS_MAX = 8
LETTERS_A_LINE = 100
PAUSES_BEFORE_INSISTING = (0.5, 2.0)


@dataclass(slots=True)
class Tally:
    """`stopped_because` is why the run must not go on, `unchecked_because` why some letters wait;
    `overdue` counts by legal entity."""

    outbox: Outbox
    now: Callable[[], datetime]
    progress: Callable[[str], None]
    pause: Callable[[float], None]
    handled: int = 0
    sent: int = 0
    unknown: int = 0
    failed: int = 0
    put_off: int = 0
    withdrawn: int = 0
    overdue: Counter[str] = field(default_factory=Counter)
    failures: Failures = field(default_factory=Failures)
    stopped_because: str | None = None
    unchecked_because: str | None = None

    def wait_for_a_check(self, claim: Claim, failed: TransientError) -> None:
        """Nobody can tell whether the letter may still go: it waits, and others have their turn."""
        self.put_back(claim, self.now() + RETRY_AFTER[0])
        self.unchecked_because = f"letters wait that could not be checked again: {failed}"

    def withdraw(self, claim: Claim, reason: str) -> None:
        """There is a reason why the letter must not go after all."""
        self.withdrawn += self.outbox.withdraw(claim.notice_id, reason, now=self.now())
        self.progress(f"{claim.notice_id}: withdrawn: {reason}")

    def put_back(self, claim: Claim, not_before: datetime) -> None:
        """Nothing was tried: the letter waits, and it costs it no attempt."""
        self.outbox.give_back(
            claim.notice_id, token=claim.token, now=self.now(), not_before=not_before,
            is_attempt=False,
        )
        self.put_off += 1

    def record(self, claim: Claim, delivery: Delivery) -> None:
        """Write down what became of a letter, and whether others may follow."""
        match delivery.outcome:
            case Outcome.ACCEPTED:
                self.mark_sent(claim, delivery)
            case Outcome.UNKNOWN:
                self.outbox.mark_unknown(
                    claim.notice_id, token=claim.token, now=self.now(), reply=_answer(delivery)
                )
                self.unknown += 1
                self.progress(f"{claim.notice_id}: unknown ({delivery.reply})")
            case Outcome.LOST_BEFORE_DOT:
                self.give_back(claim, delivery)
            case Outcome.REFUSED_TEMPORARY if delivery.stage == "mail":
                self.give_back(claim, delivery)
            case Outcome.REFUSED_TEMPORARY | Outcome.REFUSED_PERMANENT:
                self.refuse(claim, delivery)
            case Outcome.NOT_ARMED:
                self.progress(f"{claim.notice_id}: taken back before it left")

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
        if self.sent % LETTERS_A_LINE == 0:
            self.progress(f"{self.sent} sent so far")
        self.failures.count(has_failed=False, is_whole_letter=True)

    def give_back(self, claim: Claim, delivery: Delivery) -> None:
        """The line was lost before the dot: at MAIL it was the line's fault, later maybe not."""
        is_fault_of_line = delivery.stage in ("mail", "copy")
        self.outbox.give_back(
            claim.notice_id, token=claim.token, now=self.now(), reply=delivery.reply,
            not_before=None if is_fault_of_line else self.next_attempt(claim),
        )
        self.put_off += not is_fault_of_line
        self.progress(f"{claim.notice_id}: {delivery.outcome} at {delivery.stage}")
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
        self.progress(f"{claim.notice_id}: {delivery.outcome} at {delivery.stage} ({cause})")
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
            self.stop_all_runs(too_many)

    def stop_if_ours(self, cause: Cause, delivery: Delivery) -> None:
        """Each letter would be refused; a later run finds out whether it was mended."""
        if cause is Cause.OURS:
            self.stop_run(
                f"the relay refuses us, not the recipient ({delivery.reply} at {delivery.stage})"
            )

    def stop_run(self, because: str | None) -> None:
        """Let this run end here, unless it has a reason for that already, or none is given."""
        self.stopped_because = self.stopped_because or because

    def stop_all_runs(self, because: str) -> None:
        """Let this run and every later one send nothing, until a person resumes."""
        self.outbox.stop(because, now=self.now())
        self.stop_run(self.outbox.stopped_because())

    def next_attempt(self, claim: Claim) -> datetime:
        return self.now() + RETRY_AFTER[min(claim.attempt_count, len(RETRY_AFTER) - 1)]


def _answer(delivery: Delivery) -> str:
    """What the relay said, and what it said to the copies that did not go."""
    refused = (f"; no {name}: {reply}" for name, reply in delivery.refused_copies.items())
    return delivery.reply + "".join(refused)
