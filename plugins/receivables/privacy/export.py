"""The export: all that is held about a person, in one JSON file, with their letters beside it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from receivables.connections import Resolver, resolved_url
from receivables.dispatch.kept_letter import KeptLetter, KeptLetters
from receivables.hand_over.record import json_bytes, new_folder, write_new
from receivables.lake import Lake
from receivables.privacy.erasure_register import erasures
from receivables.privacy.person import Person, opened
from receivables.settings import Settings
from receivables.sql import session


def export(settings: Settings, person: Person, *, resolve: Resolver, out: Path) -> dict[str, int]:
    """Write what is held about a person into a new folder; how much there is of each kind.

    Raises WrongUse if the folder is there already.
    """
    url = resolved_url(settings.outbox_url, resolve)
    with closing(KeptLetters(url)) as outbox:
        letters = outbox.to(person.addresses, legal_entity_id=person.legal_entity_id)
        suppressed = outbox.suppressed(person.addresses)
    held: dict[str, list[dict[str, Any]]] = {
        **_landed(settings, person),
        **_of_nights(settings, person),
        "letter": [_told(letter) for letter in letters],
        "suppression": suppressed,
        "erasure": [entry for entry in erasures(Lake(settings.home)) if _is_about(entry, person)],
    }
    folder = new_folder(out)
    told = _plain({"person": asdict(person), **held})
    write_new(folder / "person.json", json_bytes(told))
    for letter in letters:
        if letter.body_removed_at is None:
            write_new(folder / _file(letter), letter.message)
    return {name: len(rows) for name, rows in held.items()}


def _landed(settings: Settings, person: Person) -> dict[str, list[dict[str, Any]]]:
    """What the ERP told us of the person, in every state that we were told."""
    found: list[dict[str, Any]] = []
    with opened(settings, person.legal_entity_id) as sql:
        for contact_id in person.contact_ids:
            found += sql.rows("privacy/contact", contact_id=contact_id, email=None)
        sold = [row for address in person.addresses
                for row in sql.rows("privacy/salesperson", email=address)]
    return {"contact": found, "salesperson": sold}


def _of_nights(settings: Settings, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Which nights listed the person, and what was noted of calls to their customers."""
    lake, listed = Lake(settings.home), []
    with session(lake.scratch) as sql:
        files = [night.file("work_list") for night in lake.every_night(person.legal_entity_id)]
        there = [file for file in files if file.exists()]
        if there:
            sql.read("work_list", *there)
            listed = sql.rows("privacy/work_list", contact_ids=list(person.contact_ids))
        newest = lake.newest_official(person.legal_entity_id)
        events: list[dict[str, Any]] = []
        if newest is not None:
            sql.read("contact_event", newest.file("ledger/contact_event"))
            events = sql.rows("privacy/contact_event", customer_ids=list(person.customer_ids))
    return {"work_list": listed, "contact_event_of_customer": events}


def _told(letter: KeptLetter) -> dict[str, Any]:
    told = {name: getattr(letter, name) for name in letter.__slots__ if name != "message"}
    return {**told, "file": None if letter.body_removed_at else _file(letter)}


def _file(letter: KeptLetter) -> str:
    """Nothing of the name comes from a person."""
    return f"letters/{letter.as_of_date}_{letter.notice_id}.eml"


def _is_about(entry: dict[str, Any], person: Person) -> bool:
    return entry["legal_entity_id"] == person.legal_entity_id and bool(
        set(entry["contact_ids"]) & set(person.contact_ids)
    )


def _plain(value: Any) -> Any:
    """A value as JSON has it; instants in UTC."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        known = value if value.tzinfo else value.replace(tzinfo=UTC)
        return known.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str) else str(value)
