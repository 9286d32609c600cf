"""Reading `mail` of the settings: how letters leave, and where what comes back arrives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from receivables.dispatch.address import LOCAL_PART_LENGTH_MAX, mailbox
from receivables.errors import DataError
from receivables.inbox.address import CASE_LENGTH, NOTICE_LENGTH
from receivables.settings import INBOX_KEPT_DAYS, Mail

if TYPE_CHECKING:
    from receivables.settings_file import Reader

KEYS = {
    "connection", "sender", "sink", "journal_address", "letters_per_minute",
    "letters_per_minute_and_domain", "canary", "replies", "bounces", "inbox", "inbox_kept_days",
    "last_look_minutes",
}


def read_mail(reader: Reader, raw: object) -> Mail:
    """The mail settings; what is wrong is noted with the reader."""
    body = reader.mapping(raw, "mail", KEYS) if raw else {}
    sink = body.get("sink", True)
    if not isinstance(sink, bool):
        reader.fault("mail.sink", "must be true (letters stay here as files) or false")
    if sink is False and not body.get("connection"):
        reader.fault("mail.connection", "is missing; a real relay needs a connection id, whose "
                                        "secret comes from AIRFLOW_CONN_<ID>")
    inbox = body.get("inbox")
    if inbox is not None and (not isinstance(inbox, str) or not inbox.strip()):
        reader.fault("mail.inbox", "must be the id of an IMAP connection; leave it out to read "
                                   "the folder inbox/new under home alone")
    canary = body.get("canary")
    if canary is not None:
        canary = reader.mapping(canary, "mail.canary", {"above", "wait_minutes"})
    return Mail(
        connection=body.get("connection"),
        sender=body.get("sender") or "accounts.receivable@example.com",
        sink=bool(sink),
        journal_address=_journal_address(reader, body.get("journal_address")),
        letters_per_minute=_count(reader, body, "letters_per_minute", "mail", 20),
        letters_per_minute_and_domain=_count(
            reader, body, "letters_per_minute_and_domain", "mail", 10
        ),
        canary_above=_count(reader, canary or {}, "above", "mail.canary", 100),
        canary_wait_minutes=_count(reader, canary or {}, "wait_minutes", "mail.canary", 10),
        replies=_own_address(reader, body, "replies", CASE_LENGTH),
        bounces=_own_address(reader, body, "bounces", NOTICE_LENGTH),
        inbox=inbox,
        inbox_kept_days=_count(reader, body, "inbox_kept_days", "mail", INBOX_KEPT_DAYS),
        last_look_minutes=None if body.get("last_look_minutes") is False else _count(
            reader, body, "last_look_minutes", "mail", 10
        ),
    )


def _own_address(
    reader: Reader, body: Mapping[str, Any], name: str, tag_length: int
) -> str | None:
    """One plain address with room for what letters add to it, before the @."""
    value = body.get(name)
    if value is None:
        return None
    key = f"mail.{name}"
    try:
        address = mailbox(str(value), owner=key)
    except DataError as unfit:
        reader.fault(key, str(unfit).removeprefix(f"{key}: ").partition(";")[0])
        return None
    local_part = address.rpartition("@")[0]
    room = LOCAL_PART_LENGTH_MAX - tag_length
    if "+" in local_part or len(local_part) > room:
        reader.fault(key, f"must have no + and at most {room} characters before the @: each "
                          "letter adds its own code there")
    return address


def _journal_address(reader: Reader, value: object) -> str | None:
    try:
        return None if value is None else mailbox(str(value), owner="")
    except DataError:
        reader.fault("mail.journal_address", "is no address for an envelope; write one such as "
                                             "letters@example.com, or leave it out for no copies")
        return None


def _count(
    reader: Reader, body: Mapping[str, Any], name: str, key: str, default: int
) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        reader.fault(f"{key}.{name}", f"{value!r} must be a whole number from 1, such as {default}")
        return default
    return value
