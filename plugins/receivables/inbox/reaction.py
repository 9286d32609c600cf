"""What a bounce calls for. Nothing ever answers a mail; what people write is acted on by people."""

from __future__ import annotations

from datetime import timedelta

from receivables.dispatch.notice import FAILED, UNKNOWN
from receivables.dispatch.refusal import Cause
from receivables.dispatch.suppression import BAD_ADDRESS
from receivables.inbox.box import Inbox
from receivables.inbox.judgement import Judgement
from receivables.inbox.schema import BOUNCE, DELAY

LATE_AFTER = timedelta(hours=48)
# A letter that did not arrive may be written afresh; one that would come back again and again
# (too large, or for no reason that is told) waits for a person instead.
LETTER_STATES = {
    Cause.ADDRESS: FAILED,
    Cause.MAILBOX: FAILED,
    Cause.LATER: FAILED,
    Cause.OURS: FAILED,
    Cause.CONTENT: UNKNOWN,
    Cause.UNEXPLAINED: UNKNOWN,
}


def letter_state(judged: Judgement) -> tuple[str | None, str | None]:
    """The state that a bounce puts its letter in, and the codes that say why."""
    report = judged.report
    if judged.message.kind != BOUNCE or report is None:
        return None, None
    return LETTER_STATES[report.cause], report.reply


def react(judged: Judgement, *, inbox: Inbox) -> list[str]:
    """Suppress an address, let it rest, or stop all sending; what somebody has to hear of.

    Repeating it changes nothing.
    """
    message, report = judged.message, judged.report
    letter = None if judged.match is None else judged.match.letter
    if report is None or letter is None:
        return []
    at = message.received_at
    if message.kind == DELAY:
        is_late = letter.sent_at is not None and at - letter.sent_at > LATE_AFTER
        return [f"{letter.notice_id}: under way for more than 48 hours"] if is_late else []
    if message.kind != BOUNCE:
        return []
    evidence = f"{report.reply}, inbox {message.inbound_id}"
    match report.cause:
        case Cause.ADDRESS:
            inbox.suppress(
                letter.recipient, reason=BAD_ADDRESS, since=at, until=None, evidence=evidence
            )
        case Cause.MAILBOX:
            inbox.rest_mailbox(letter.recipient, now=at, evidence=evidence)
        case Cause.OURS:
            because = (
                f"{letter.notice_id}: a mail server refuses us, not its recipient ({evidence})"
            )
            inbox.stop(because, now=at)
            return [f"{because}; no letter leaves before `receivables dispatch --resume REASON`"]
    return []
