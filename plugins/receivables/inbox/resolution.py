"""What a person makes of a mail that came in."""

from __future__ import annotations

from contextlib import closing, suppress
from datetime import datetime

from receivables.connections import Resolver, resolved_url
from receivables.errors import DataError, WrongUse
from receivables.inbox.arrival import kept_file
from receivables.inbox.box import InboundMessage, Inbox
from receivables.inbox.message import IncomingMail, read_mail
from receivables.inbox.read import inbox_folder
from receivables.inbox.schema import OUTCOMES
from receivables.settings import Settings


def waiting(settings: Settings, *, resolve: Resolver) -> list[InboundMessage]:
    """The mails that nobody has looked at yet."""
    with _inbox(settings, resolve) as inbox:
        return inbox.waiting_messages()


def shown(
    settings: Settings, inbound_id: str, *, resolve: Resolver
) -> tuple[InboundMessage, IncomingMail | None]:
    """A mail, and what it says as long as it is kept and can be read.

    Raises WrongUse if there is none.
    """
    with _inbox(settings, resolve) as inbox:
        message = _message(inbox, inbound_id)
    file = kept_file(inbox_folder(settings), message.received_at.date(), inbound_id)
    with suppress(FileNotFoundError, DataError):
        return message, read_mail(file.read_bytes())
    return message, None


def confirm(
    settings: Settings, inbound_id: str, *, outcome: str, because: str | None, resolve: Resolver,
    now: datetime,
) -> InboundMessage:
    """Say what a mail means: from the next night on it counts as a talk with the customer.

    Where it reached the wrong person, nothing more goes to that address. Raises WrongUse if it is
    of no customer, or somebody resolved it before.
    """
    assert outcome in OUTCOMES
    with _inbox(settings, resolve) as inbox:
        message = _message(inbox, inbound_id)
        if message.customer_id is None:
            raise WrongUse(
                f"{inbound_id}: nobody can tell its customer; write the talk into the ERP, and "
                "dismiss it here"
            )
        _resolve(inbox, inbound_id, outcome, because, now)
        letter = None if message.notice_id is None else inbox.letter(message.notice_id)
        if outcome == "wrong_person" and letter is not None:
            inbox.suppress(
                letter.recipient, reason="wrong_person", since=now, until=None,
                evidence=f"inbox {inbound_id}",
            )
        return message


def dismiss(
    settings: Settings, inbound_id: str, *, because: str | None, resolve: Resolver, now: datetime
) -> InboundMessage:
    """Say that a mail means nothing for the debt: it pauses and holds nothing any more."""
    with _inbox(settings, resolve) as inbox:
        message = _message(inbox, inbound_id)
        _resolve(inbox, inbound_id, None, because, now)
        return message


def _inbox(settings: Settings, resolve: Resolver) -> closing[Inbox]:
    return closing(Inbox(resolved_url(settings.outbox_url, resolve)))


def _message(inbox: Inbox, inbound_id: str) -> InboundMessage:
    message = inbox.message(inbound_id)
    if message is None:
        raise WrongUse(f"{inbound_id}: no mail that came in; see `receivables inbox list`")
    return message


def _resolve(
    inbox: Inbox, inbound_id: str, outcome: str | None, because: str | None, now: datetime
) -> None:
    if not inbox.resolve(inbound_id, outcome=outcome, because=because, now=now):
        raise WrongUse(f"{inbound_id}: waits for nobody; nothing was done")
