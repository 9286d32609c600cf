"""The message that carries a letter: the same inputs give the same bytes."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from receivables.dispatch.address import mailbox
from receivables.dispatch.letter import PAYMENT_CODE_ID, RenderedLetter
from receivables.dispatch.paper import payment_code_png
from receivables.dispatch.templates import clean
from receivables.errors import DataError, WrongUse

# What the sink files a mail under; opaque, so that it tells a reader of headers nothing.
NOTICE_HEADER, AS_OF_HEADER = "X-Receivables-Notice", "X-Receivables-As-Of"
# Without these two, `email` would break up the id of a long domain into encoded words.
_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("in-reply-to", MessageIDHeader)
_HEADERS.map_to_type("references", MessageIDHeader)
# Seven bits, so that no relay has to rewrite a line of what was frozen.
MESSAGE_POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)
SENDER_NAME_LENGTH_MAX, LINE_OCTETS_MAX = 120, 998
# Mailboxes of companies take 10 MB at least, and a file grows by a third on its way.
ATTACHED_OCTETS_MAX = 5_000_000
_NOTICE_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with a letter, under a name that is ours and never data's."""

    name: str
    content: bytes


def message_id(
    secret: bytes,
    *,
    legal_entity_id: str,
    customer_id: str,
    step: str,
    cycle: str,
    generation: int,
    domain: str,
) -> str:
    """The Message-ID of a notice, fixed before the first attempt and telling nothing about whom.

    `domain` is the sender's. Raises WrongUse without a secret: ids could be traced to customers.
    """
    if not secret:
        raise WrongUse("message ids need a secret; without one they could be guessed")
    key = json.dumps([legal_entity_id, customer_id, step, cycle, generation]).encode()
    return f"<{hmac.new(secret, key, hashlib.sha256).hexdigest()[:32]}@{domain}>"


def compose(
    rendered: RenderedLetter,
    *,
    notice_id: str,
    as_of_date: date,
    sender: str,
    sender_name: str,
    recipient: str,
    contact_id: str,
    message_id: str,
    thread_id: str | None = None,
    date: datetime,
    cc: str | None = None,
    reply_to: str | None = None,
    is_machine_released: bool = True,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The whole message, to one recipient, plain text first. `date` is the instant of drafting.

    `cc` is as `mailbox` gives it. `thread_id`, the Message-ID of the first letter of the thread, is
    given to those that follow it: the one root by which mail programs know a thread.
    Raises DataError, naming the contact, if its address is not fit for an envelope, or if what is
    attached is more than mailboxes take.
    """
    if not _NOTICE_ID.fullmatch(notice_id):
        raise WrongUse("a notice_id is 32 hexadecimal digits")
    to = mailbox(recipient, owner=f"contact {contact_id}")
    message = EmailMessage(policy=MESSAGE_POLICY)
    _address(message, sender, sender_name, to, cc, reply_to)
    message["Subject"] = _header_text(rendered.subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    if thread_id is not None:
        message["In-Reply-To"] = thread_id
        message["References"] = thread_id
    if is_machine_released:
        message["Auto-Submitted"] = "auto-generated"
    message[NOTICE_HEADER] = notice_id
    message[AS_OF_HEADER] = as_of_date.isoformat()
    _fill(message, rendered)
    _attach(message, attachments, contact_id)
    message["Content-Language"] = rendered.language  # the body's parts take every Content-* header
    _bound(message, notice_id)
    return _frozen(message, contact_id)


def _address(
    message: EmailMessage, sender: str, sender_name: str, to: str, cc: str | None,
    reply_to: str | None,
) -> None:
    name = _header_text(clean(sender_name, SENDER_NAME_LENGTH_MAX))
    message["From"] = Address(name, addr_spec=mailbox(sender, owner="mail.sender"))
    message["To"] = Address(addr_spec=to)
    if cc is not None:
        message["Cc"] = Address(addr_spec=cc)
    if reply_to is not None:
        message["Reply-To"] = Address(addr_spec=mailbox(reply_to, owner="mail.reply_to"))


def _fill(message: EmailMessage, rendered: RenderedLetter) -> None:
    """The text, the HTML, and in it the picture of its payment code."""
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    if rendered.payment_code is not None:
        html = message.get_body(("html",))
        assert isinstance(html, EmailMessage)
        html.add_related(
            payment_code_png(rendered), "image", "png", cid=f"<{PAYMENT_CODE_ID}>",
            disposition="inline",
        )


def _attach(message: EmailMessage, attachments: Sequence[Attachment], contact_id: str) -> None:
    octets = sum(len(attachment.content) for attachment in attachments)
    if octets > ATTACHED_OCTETS_MAX:
        raise DataError(f"contact {contact_id}: {octets} bytes are attached to its letter; many "
                        f"mailboxes refuse more than {ATTACHED_OCTETS_MAX}")
    for attachment in attachments:
        message.add_attachment(
            attachment.content, "application", "pdf", filename=attachment.name
        )


def _bound(message: EmailMessage, notice_id: str) -> None:
    """Boundaries that are always the same. "=_" can stand in none of the transfer encodings, so no
    text can fake one; and none may be the beginning of another.
    """
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(f"=_{part.get_content_subtype()}_{notice_id}")


def _header_text(text: str) -> str:
    """Text for a header: `email` decodes what looks like an encoded word, line ends and all."""
    return text.replace("=?", "= ?")


def _frozen(message: EmailMessage, contact_id: str) -> bytes:
    """The bytes for the wire: short lines, ASCII, CRLF, and the headers that were meant."""
    frozen = message.as_bytes()
    lines = frozen.split(b"\r\n")
    is_plain = frozen.isascii() and not any(b"\r" in line or b"\n" in line for line in lines)
    if not is_plain or max(map(len, lines)) > LINE_OCTETS_MAX or lines[-1]:
        raise DataError(f"contact {contact_id}: its letter does not fit into a plain message")
    if message_from_bytes(frozen, policy=SMTP).keys() != message.keys():
        raise DataError(f"contact {contact_id}: something in its letter would become a header")
    return frozen
