"""Complaints (ARF, RFC 5965): somebody pressed the button that calls our mail unwanted."""

from __future__ import annotations

from email.message import Message

from receivables.inbox.message import IncomingMail, header_text, parts

KINDS = ("abuse", "fraud", "virus", "not-spam")
TELLING = ("Original-Mail-From", "Original-Rcpt-To", "Reported-URI")


def complaint(incoming: IncomingMail) -> str | None:
    """What kind of complaint a mail reports, of KINDS or other; None if it reports none."""
    reports = _reports(incoming.mail)
    if not reports:
        return None
    said = header_text(reports[0], "Feedback-Type").strip().lower()
    return said if said in KINDS else "other"


def complained_of(incoming: IncomingMail) -> str:
    """Where a report names our own addresses: its fields, and the mail that it brings back."""
    told = [header_text(report, name) for report in _reports(incoming.mail) for name in TELLING]
    for part in parts(incoming.mail, "message/rfc822"):
        inner = part.get_payload()
        if isinstance(inner, list):
            told += [header_text(inner[0], name) for name in ("Reply-To", "Return-Path")]
    return "\n".join(told)


def _reports(mail: Message) -> list[Message]:
    found = []
    for part in parts(mail, "message/feedback-report"):
        inner = part.get_payload()
        found += inner if isinstance(inner, list) else []
    return found
