"""Arrivals: mails that lie somewhere until they are recorded, and what is kept of them."""

from __future__ import annotations

import mailbox
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from receivables.inbox.message import OCTETS_MAX


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that has not been recorded yet, cut one octet after what is read at most.

    `take_away` is called once it is recorded; a mail that is not taken away comes again.
    """

    raw: bytes = field(repr=False)
    take_away: Callable[[], None]


def dropped(folder: Path) -> Iterator[Arrival]:
    """The mails that a mail server, or a person, put into `new` of a maildir."""
    maildir = mailbox.Maildir(folder, factory=None, create=True)
    for key in sorted(maildir.keys()):
        with maildir.get_file(key) as file:
            raw = file.read(OCTETS_MAX + 1)
        yield Arrival(raw, lambda key=key: maildir.discard(key))


def kept_file(folder: Path, received_on: date, inbound_id: str) -> Path:
    """Where a mail is kept as it came."""
    return folder / "kept" / received_on.isoformat() / f"{inbound_id}.eml"


def keep(file: Path, raw: bytes) -> None:
    """Keep a mail, whole or not at all, readable by its owner alone."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = file.with_suffix(".partial")
    partial.touch(mode=0o600)
    with partial.open("wb") as handle:
        handle.write(raw)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(file)


def forget(folder: Path, *, today: date, kept_days: int) -> int:
    """Remove the mails that were kept long enough; how many days' folders went."""
    oldest = today - timedelta(days=kept_days)
    old = [
        day for day in (folder / "kept").glob("????-??-??") if day.name < oldest.isoformat()
    ]
    for day in old:
        shutil.rmtree(day)
    return len(old)


def forget_mails(folder: Path, addresses: Collection[str]) -> int:
    """Remove the kept mails that name one of some addresses (in small letters); how many went.

    An address that a mail writes encoded is not seen: such a mail goes when its time is over.
    """
    named = [address.encode() for address in addresses]
    found = [
        file for file in (folder / "kept").glob("*/*.eml")
        if any(address in file.read_bytes().lower() for address in named)
    ]
    for file in found:
        file.unlink()
    return len(found)
