"""Reading how letters leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from receivables.dispatch.address import mailbox
from receivables.errors import DataError
from receivables.settings import Mail

if TYPE_CHECKING:
    from receivables.settings_file import Reader

KNOWN = {
    "connection", "sender", "sink", "journal_address", "letters_per_minute",
    "letters_per_minute_and_domain", "canary",
}


def mail(reader: Reader, raw: object) -> Mail:
    """How letters leave; into the sink where nothing is said."""
    body = reader.mapping(raw, "mail", KNOWN) if raw else {}
    sink = body.get("sink", True)
    if not isinstance(sink, bool):
        reader.fault("mail.sink", "must be true (letters stay here as files) or false")
    if sink is False and not body.get("connection"):
        reader.fault("mail.connection", "is missing; a real relay needs a connection id, whose "
                                        "secret comes from AIRFLOW_CONN_<ID>")
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
    )


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
