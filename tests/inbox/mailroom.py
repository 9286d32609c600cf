"""An installation with one letter on its way, and a place where mails come in."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
from company import Company
from drafts import MORNING, make_draft
from receivables.dispatch.notice import Draft
from receivables.inbox.address import bounce_address, case_reference, reply_address
from receivables.inbox.box import Inbox
from receivables.inbox.read import InboxReport, read_inbox
from receivables.publish.draft import message_secret
from receivables.settings import Settings

MAILS = Path(__file__).parent / "mails"
MAIL = {"replies": "ar@billing.example.com", "bounces": "bounce@billing.example.com"}
RECIPIENT = "c1@buyer.example"


@dataclass
class Mailroom:
    """`letter` was sent in the morning; mails are dropped, and read at an instant."""

    home: Path
    outbox_url: str
    mail: dict[str, Any] = field(default_factory=dict)
    letter: Draft = field(init=False)

    def __post_init__(self) -> None:
        self.letter = self.sent(1, cc="sales@seller.example")

    @property
    def settings(self) -> Settings:
        return Company(self.home).settings(outbox_url=self.outbox_url, mail=MAIL | self.mail)

    @property
    def secret(self) -> bytes:
        return message_secret(self.settings.home)

    def sent(self, number: int, at: datetime = MORNING, **changes: Any) -> Draft:
        """A letter to customer C<number>, handed over to the relay."""
        letter = make_draft(number, **changes)
        with closing(Inbox(self.outbox_url)) as inbox:
            assert inbox.draft([letter]).inserted
            claim = inbox.claim(now=MORNING, lease=timedelta(minutes=15), token="t")
            assert claim is not None and claim.notice_id == letter.notice_id
            assert inbox.arm(letter.notice_id, token="t", now=at)
            assert inbox.mark_sent(letter.notice_id, token="t", now=at, reply="250")
        return letter

    def bounce(self, letter: Draft | None = None) -> str:
        notice_id = (letter or self.letter).notice_id
        return bounce_address(MAIL["bounces"], self.secret, notice_id=notice_id)

    def reply_to(self, customer_id: str = "C1") -> str:
        return reply_address(
            MAIL["replies"], self.secret, legal_entity_id="DE01", customer_id=customer_id
        )

    def filled(self, text: str, letter: Draft | None = None) -> bytes:
        """A mail of the fixtures, as it would come back to a letter."""
        letter = letter or self.letter
        for mark, value in {
            "@BOUNCE@": self.bounce(letter), "@REPLY_TO@": self.reply_to(letter.customer_id),
            "@MESSAGE_ID@": letter.message_id, "@RECIPIENT@": letter.recipient,
            "@CASE@": case_reference("DE01", letter.customer_id),
        }.items():
            text = text.replace(mark, value)
        return text.replace("\n", "\r\n").encode()

    def fixture(self, name: str) -> bytes:
        return self.filled((MAILS / f"{name}.eml").read_text(encoding="utf-8"))

    def drop(self, *mails: bytes) -> None:
        new = self.settings.home / "inbox" / "new"
        for folder in (new, new.parent / "cur", new.parent / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        for mail in mails:
            (new / f"{len(list(new.iterdir())):04}.mail").write_bytes(mail)

    def read(self, *mails: bytes, now: datetime = MORNING, **outside: Any) -> InboxReport:
        self.drop(*mails)
        asked: dict[str, Any] = {"resolve": _no_connection, "progress": lambda _: None}
        return read_inbox(self.settings, now=now, **(asked | outside))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        engine = sqlalchemy.create_engine(self.outbox_url)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.exec_driver_sql(query)]
        engine.dispose()
        return found

    def state(self, letter: Draft | None = None) -> str:
        found = dict(self.rows("select notice_id, state from outbox"))
        return found[(letter or self.letter).notice_id]

    def suppressed(self, now: datetime = MORNING) -> dict[str, str]:
        with closing(Inbox(self.outbox_url)) as inbox:
            return {s.address: s.reason for s in inbox.suppressions(now)}

    @property
    def is_stopped(self) -> bool:
        with closing(Inbox(self.outbox_url)) as inbox:
            return inbox.stopped_because() is not None


def _no_connection(name: str) -> Any:
    raise AssertionError(f"connection {name} is not asked for: {os.getpid()}")


def report(status: str, diagnostic: str = "", action: str = "failed", **marks: str) -> str:
    """A delivery report with a status, as plain as one can be."""
    stated = {"to": "@BOUNCE@", "recipient": "@RECIPIENT@", "message_id": "@MESSAGE_ID@"} | marks
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {stated['to']}\nSubject: report\n"
        f"Message-ID: <{status}.{action}.{len(diagnostic)}@mx.example>\n"
        "Date: Wed, 04 Mar 2026 09:00:00 +0000\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\n\n'
        "--r\nContent-Type: text/plain\n\nnot delivered\n\n"
        "--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {stated['recipient']}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {diagnostic}\n\n"
        "--r\nContent-Type: text/rfc822-headers\n\n"
        f"Message-ID: {stated['message_id']}\n\n--r--\n"
    )
