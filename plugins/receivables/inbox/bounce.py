"""Bounces (RFC 3464 in RFC 6522): of which recipient a mail server reports what, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message

from receivables.dispatch.refusal import Cause, cause_of
from receivables.inbox.message import IncomingMail, header_text, message_ids, part_text, parts

FAILED, DELAYED, *_ = ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_CODE = re.compile(r"\b([245]\d\d)\b")
# An answer of a mail server, quoted in words, as those write it that know no reports.
_QUOTED = re.compile(r"\b([45]\d\d)[ -]#?([45]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class RecipientReport:
    """What became of a mail to one recipient; `reply` is the codes that say why.

    `recipients` are the address that it was written to and the one that it ended at, if both are
    told: the reporting mail server may have passed it on.
    """

    recipients: tuple[str, ...] = field(repr=False)
    action: str
    reply: str

    @property
    def cause(self) -> Cause:
        """What it is about."""
        return cause_of("report", self.reply)


def recipient_reports(incoming: IncomingMail) -> list[RecipientReport]:
    """What a report says of each recipient; nothing if the mail is none."""
    reports = [
        _report(block)
        for part in parts(incoming.mail, "message/delivery-status")
        if isinstance(part.get_payload(), list)
        for block in part.get_payload()
        if isinstance(block, Message) and block["Action"]
    ]
    return reports or _unreported(incoming)


def returned_ids(mail: Message) -> tuple[str, ...]:
    """The Message-IDs of the mails that a report brings back, whole or as their headers."""
    found: list[str] = []
    for part in parts(mail, "message/rfc822"):
        inner = part.get_payload()
        if isinstance(inner, list):
            found += message_ids(inner[0], "Message-ID")
    for part in parts(mail, "text/rfc822-headers"):
        found += re.findall(r"(?im)^Message-ID:\s*(<[^<>\s]{3,250}>)", part_text(part))
    return tuple(dict.fromkeys(found))


def _report(block: Message) -> RecipientReport:
    named = [header_text(block, name) for name in ("Original-Recipient", "Final-Recipient")]
    action = header_text(block, "Action").split()[0].lower().rstrip(";")
    return RecipientReport(
        recipients=tuple(_address(text) for text in named if text),
        action=action if action in ACTIONS else "other",
        reply=_reply(header_text(block, "Status"), header_text(block, "Diagnostic-Code")),
    )


def _address(text: str) -> str:
    return text.rpartition(";")[2].strip().strip("<>").lower()


def _reply(status: str, diagnostic: str) -> str:
    """Codes as the dispatcher keeps them, such as 550 5.1.1; a status of x.0.0 says nothing, and
    then the diagnosis may say more.
    """
    told = [found.group() for found in map(_STATUS.search, (status, diagnostic)) if found]
    telling = [code for code in told if not code.endswith(".0.0")]
    enhanced = next(iter(telling or told), "5.0.0")
    code = _CODE.search(_STATUS.sub("", diagnostic))
    is_same = code is not None and code.group()[0] == enhanced[0]
    return f"{code.group() if code and is_same else enhanced[0] + '50'} {enhanced}"


def _unreported(incoming: IncomingMail) -> list[RecipientReport]:
    """Older mail servers say in words what failed, and name the recipients in a header."""
    failed = incoming.header("X-Failed-Recipients")
    if not failed or incoming.header("Auto-Submitted").strip().lower() in ("", "no"):
        return []
    quoted = _QUOTED.search(incoming.text)
    reply = " ".join(quoted.groups()) if quoted else "550 5.0.0"
    return [
        RecipientReport((_address(address),), FAILED, reply)
        for address in failed.split(",") if address.strip()
    ]
