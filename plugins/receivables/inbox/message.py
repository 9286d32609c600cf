"""A mail as it came in: hostile until read, and read within bounds or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr

from receivables.errors import DataError
from receivables.inbox.html import visible_text

OCTETS_MAX, LINES_MAX, PARTS_MAX, BOUNDARIES_MAX = 10_000_000, 300_000, 100, 20
HEADER_LENGTH_MAX, TEXT_LENGTH_MAX = 4_000, 50_000
ADDRESSEES = (
    "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Resent-To",
)
_BOUNDARY = re.compile(rb"(?i)boundary(\*\d*)*\s*=")
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")


class Unreadable(DataError):
    """A mail that cannot be read; `code` is why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"a mail cannot be read: {code}")


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """A mail with what it is matched and classified by; `text` is what a person wrote in it."""

    mail: Message = field(repr=False)
    sender: str = field(repr=False)
    subject: str = field(repr=False)
    addressees: str = field(repr=False)
    answered_ids: tuple[str, ...]
    text: str = field(repr=False)

    def header(self, name: str) -> str:
        """A header's text, decoded and cut; empty if there is none."""
        return header_text(self.mail, name)


def inbound_id(raw: bytes) -> str:
    """What tells a mail from others: its Message-ID and content, whichever way it came here.

    Headers that mail servers add on the way are left out: one mail to two of our addresses is one.
    """
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    stated = [
        b" ".join(line.split())
        for line in re.sub(rb"\n[ \t]", b" ", head).split(b"\n")
        if line.lower().startswith((b"message-id:", b"from:", b"date:"))
    ]
    return hashlib.sha256(b"\n".join([*sorted(stated), b"", body.rstrip()])).hexdigest()[:32]


def read_mail(raw: bytes) -> IncomingMail:
    """Read a mail. Raises Unreadable if it is too large, or made to exhaust whoever reads it; over
    one that is broken the parser raises anything at all.
    """
    if len(raw) > OCTETS_MAX:
        raise Unreadable("too_large")
    if raw.count(b"\n") > LINES_MAX or len(_BOUNDARY.findall(raw)) > BOUNDARIES_MAX:
        raise Unreadable("too_many_parts")
    mail = message_from_bytes(raw)
    if sum(1 for _ in zip(mail.walk(), range(PARTS_MAX + 1), strict=False)) > PARTS_MAX:
        raise Unreadable("too_many_parts")
    if not mail.keys():
        raise Unreadable("no_header")
    return IncomingMail(
        mail=mail,
        sender=parseaddr(header_text(mail, "From"))[1].lower(),
        subject=" ".join(header_text(mail, "Subject").split()),
        addressees="\n".join(header_text(mail, name) for name in ADDRESSEES),
        answered_ids=message_ids(mail, "In-Reply-To", "References"),
        text=_text(mail),
    )


def header_text(mail: Message, name: str) -> str:
    """All of a mail's headers of a name as text, decoded and cut."""
    values = [str(value)[:HEADER_LENGTH_MAX] for value in mail.get_all(name, [])[:20]]
    return "\n".join(map(_decoded, values))[:HEADER_LENGTH_MAX]


def message_ids(mail: Message, *names: str) -> tuple[str, ...]:
    """The Message-IDs in some headers, each once."""
    found = [found for name in names for found in _MESSAGE_ID.findall(header_text(mail, name))]
    return tuple(dict.fromkeys(found))[:50]


def parts(mail: Message, content_type: str) -> Iterator[Message]:
    """The parts of a mail that are of a type."""
    return (part for part in mail.walk() if part.get_content_type() == content_type)


def part_text(part: Message) -> str:
    """The text of a part, in whatever character set it says, or fails to say."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        text = content.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        text = content.decode("latin-1")
    return text[:TEXT_LENGTH_MAX].replace("\r\n", "\n")


def _text(mail: Message) -> str:
    """The first plain text that is no attachment, else what is to be seen of the HTML."""
    for content_type, as_text in (("text/plain", str), ("text/html", visible_text)):
        for part in parts(mail, content_type):
            if part.get_content_disposition() != "attachment":
                return as_text(part_text(part))
    return ""


def _decoded(value: str) -> str:
    pieces = []
    for content, charset in decode_header(value):
        if isinstance(content, str):
            pieces.append(content)
            continue
        try:
            pieces.append(content.decode(charset or "ascii", errors="replace"))
        except LookupError:
            pieces.append(content.decode("latin-1"))
    return "".join(pieces)
