"""What a mail is: a report of a mail server, a complaint, a machine's answer, or a person's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from receivables.errors import TransientError
from receivables.inbox import schema
from receivables.inbox.auto_reply import auto_reply_rule, classify_auto_reply
from receivables.inbox.bounce import (
    DELAYED,
    FAILED,
    RecipientReport,
    recipient_reports,
    returned_ids,
)
from receivables.inbox.box import InboundMessage, Inbox, Letter
from receivables.inbox.complaint import complained_of, complaint
from receivables.inbox.match import Match, customer_match, letter_match
from receivables.inbox.message import IncomingMail, Unreadable, read_mail
from receivables.inbox.reply import classify_reply

KIND_OF_ACTION = {FAILED: schema.BOUNCE, DELAYED: schema.DELAY}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A mail as it is to be recorded, the letter that it is about, and a mail server's report."""

    message: InboundMessage
    match: Match | None = None
    report: RecipientReport | None = None


def judge(
    raw: bytes, *, inbound_id: str, inbox: Inbox, secret: bytes, now: datetime
) -> Judgement:
    """Say what a mail is and whose; a mail that cannot be read is kept for a person."""
    blank = InboundMessage(
        inbound_id=inbound_id, received_at=now, kind=schema.UNREADABLE, classified="", rule=""
    )
    try:
        incoming = read_mail(raw)
        return (
            _report(incoming, blank, inbox, secret)
            or _complaint(incoming, blank, inbox, secret)
            or _answer(incoming, blank, inbox, secret)
        )
    except TransientError:
        raise
    except Unreadable as broken:
        because = broken.code
    except RecursionError:
        because = "nested_too_deep"
    except Exception as broken:  # one mail that nobody foresaw must not keep all others waiting
        because = f"malformed ({type(broken).__name__})"
    return Judgement(replace(blank, classified=because, rule="limits"))


def _report(
    incoming: IncomingMail, blank: InboundMessage, inbox: Inbox, secret: bytes
) -> Judgement | None:
    """A mail server's report, about the letter's own recipient if it names several."""
    reports = recipient_reports(incoming)
    if not reports:
        return None
    match = letter_match(
        inbox, secret, addresses=incoming.addressees, message_ids=returned_ids(incoming.mail)
    )
    told, whose = _of_letter(reports, None if match is None else match.letter)
    kind = KIND_OF_ACTION.get(told.action, schema.DELIVERY)
    classified = told.cause.value if kind == schema.BOUNCE else told.action
    # What a bounce calls for is done at once; only what nobody else would hear of waits.
    message = replace(
        blank, kind=kind, classified=whose or classified, rule=told.reply,
        state=schema.NEW if whose and kind == schema.BOUNCE else schema.RECORDED,
    )
    return Judgement(_of_customer(message, match), match, None if whose else told)


def _of_letter(
    reports: list[RecipientReport], letter: Letter | None
) -> tuple[RecipientReport, str]:
    """The report about the letter's recipient; else the first, and whom that is about instead: the
    copy, or somebody to whom others passed the letter on, as members of a group.
    """
    if letter is None:
        return reports[0], ""
    recipient, copied = letter.recipient.lower(), (letter.cc or "").lower()
    for report in reports:
        if recipient in report.recipients or not report.recipients:
            return report, ""
    first = reports[0]
    return first, "copy" if copied in first.recipients else "passed_on"


def _complaint(
    incoming: IncomingMail, blank: InboundMessage, inbox: Inbox, secret: bytes
) -> Judgement | None:
    said = complaint(incoming)
    if said is None:
        return None
    told = complained_of(incoming)
    ids = returned_ids(incoming.mail)
    match = letter_match(inbox, secret, addresses=told, message_ids=ids) or customer_match(
        inbox, secret, addresses=told, message_ids=(), subject="", sender=""
    )
    message = replace(
        blank, kind=schema.COMPLAINT, classified=said, rule="feedback-report",
        state=schema.RECORDED if said == "not-spam" else schema.NEW,
    )
    return Judgement(_of_customer(message, match), match)


def _answer(
    incoming: IncomingMail, blank: InboundMessage, inbox: Inbox, secret: bytes
) -> Judgement:
    """What a machine or a person answered; only a person's waits for somebody to read it."""
    match = customer_match(
        inbox, secret, addresses=incoming.addressees, message_ids=incoming.answered_ids,
        subject=incoming.subject, sender=incoming.sender,
    )
    rule = auto_reply_rule(incoming)
    if incoming.mail.get_param("report-type") == "disposition-notification":
        message = replace(
            blank, kind=schema.READ_RECEIPT, classified="info", rule="report-type",
            state=schema.RECORDED,
        )
    elif rule is not None:
        said, until = classify_auto_reply(incoming, today=blank.received_at.date())
        message = replace(
            blank, kind=schema.AUTO_REPLY, classified=said, rule=rule, away_until=until,
            state=schema.RECORDED,
        )
    else:
        said, rule = classify_reply(incoming.text)
        message = replace(blank, kind=schema.REPLY, classified=said, rule=rule)
    return Judgement(_of_customer(message, match), match)


def _of_customer(message: InboundMessage, match: Match | None) -> InboundMessage:
    if match is None:
        return message
    return replace(
        message,
        matched_by=match.by,
        notice_id=None if match.letter is None else match.letter.notice_id,
        legal_entity_id=match.legal_entity_id,
        customer_id=match.customer_id,
    )
