"""The journal: a file that remembers each letter that may have left, whatever the outbox forgets.

An outbox restored from a backup would send again what left after the backup was taken. So a letter
stands in the journal, on disk, before its final dot, and the dispatcher compares before it sends.
ARM is committed before the entry is written: an entry that the outbox does not know is no crash.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from receivables.dispatch.notice import DraftItem
from receivables.errors import SettingsError, TransientError

if TYPE_CHECKING:
    from receivables.dispatch.outbox import Outbox

FILE_NAME = "dispatch.journal"
CHECKED_OCTETS = 4 * 1024 * 1024
RESTORE = "`receivables review restore --because REASON`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arming:
    """A letter that was armed at an instant, and what its step is known by; no address, no words.

    `body_sha256` is that of the bytes that went, if they did.
    """

    notice_id: str
    armed_at: datetime
    message_id: str
    legal_entity_id: str
    customer_id: str
    step: str
    cycle: str
    generation: int
    as_of_date: date
    known_at: datetime
    drafted_at: datetime
    not_after: datetime
    channel: str
    language: str
    recipient_role: str
    amount_text: str
    body_sha256: str
    items: tuple[DraftItem, ...]

    @property
    def key(self) -> tuple[str, datetime]:
        """What tells one arming from every other."""
        return self.notice_id, self.armed_at


class Journal:
    """The file, one line of JSON an arming, appended to by any number of dispatchers."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def append(self, arming: Arming) -> None:
        """Add an entry and force it to disk.

        Raises TransientError if the disk does not take it: then the letter must not go.
        """
        self._add(asdict(arming))

    def _add(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, default=str).encode() + b"\n"
        try:
            with _opened(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT) as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                is_new = _write(handle, line)
            if is_new:
                with _opened(self.file.parent, os.O_RDONLY) as folder:
                    os.fsync(folder)
        except OSError as failed:
            raise TransientError(
                f"{self.file.name}: not written ({failed.strerror}), so the letter did not go"
            ) from None

    def armings(self) -> list[Arming]:
        """Every entry, in order. The rest of a line that a crash cut off is no entry: its letter's
        dot was never written.

        Raises SettingsError if a whole line cannot be read.
        """
        return self._armings(from_octet=0)

    def lost(self, outbox: Outbox, *, from_octet: int = 0) -> list[Arming]:
        """The entries that the outbox does not know; raises SettingsError if there is no journal,
        and the outbox knows of some."""
        armings = self._armings(from_octet)  # first, for an arming is committed before it is noted
        first = min((arming.armed_at for arming in armings), default=None)
        known = outbox.armed_at(since=first)
        if known and self._size() == 0:
            raise SettingsError([
                f"{self.file}: is missing or empty, but {len(known)} letters were handed over from "
                "this outbox: home was moved without it, or they left before there was a journal "
                f"or into the sink. Nothing was sent. Bring the file along; if there is none, "
                f"{RESTORE} starts one with what the outbox knows"
            ])
        return [arming for arming in armings if arming.key not in known]

    def check(self, outbox: Outbox) -> None:
        """Raise SettingsError unless the outbox knows every letter that may have left.

        The newest entries tell: a backup forgets what came last. Where nothing ever left, the
        journal begins here: a crash between the first ARM and its entry is then no missing file.
        """
        lost = self.lost(outbox, from_octet=max(0, self._size() - CHECKED_OCTETS))
        if self._size() == 0:
            self._add({"about": "letters that may have left, each before its final dot"})
        if lost:
            raise SettingsError([
                f"{self.file}: at least {len(lost)} letters that may have left, the last at "
                f"{lost[-1].armed_at:%Y-%m-%d %H:%M} UTC, are not in the outbox as armed: it was "
                f"restored from a backup, or is another one. Nothing was sent. {RESTORE} records "
                "them there as unknown, so that none goes twice; if outbox_url is wrong, correct it"
            ])

    def _size(self) -> int:
        return self.file.stat().st_size if self.file.exists() else 0

    def _armings(self, from_octet: int) -> list[Arming]:
        if not self.file.exists():
            return []
        with self.file.open("rb") as file:
            if from_octet:
                file.seek(from_octet - 1)
                file.readline()
            return [arming for line in file if (arming := self._arming(line)) is not None]

    def _arming(self, line: bytes) -> Arming | None:
        try:
            return _read(json.loads(line))
        except (ValueError, TypeError, KeyError):
            if not line.endswith((b"]}", b"]}\n")):
                return None
        raise SettingsError(
            [f"{self.file}: a line is damaged: {line[:60]!r}…; bring the file back from a backup"]
        )


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    handle = os.open(path, flags, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _write(handle: int, line: bytes) -> bool:
    """One write, on a line of its own even after one that was cut off, and to disk; whether it is
    the first."""
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        line = b"\n" + line
    if os.write(handle, line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(handle)
    return size == 0


_PARSED: dict[str, Any] = {
    "armed_at": datetime.fromisoformat,
    "as_of_date": date.fromisoformat,
    "known_at": datetime.fromisoformat,
    "drafted_at": datetime.fromisoformat,
    "not_after": datetime.fromisoformat,
    "items": lambda items: tuple(
        DraftItem(**{**item, "amount": Decimal(item["amount"])}) for item in items
    ),
}


def _read(entry: dict[str, Any]) -> Arming:
    return Arming(**{
        field.name: _PARSED.get(field.name, lambda value: value)(entry[field.name])
        for field in fields(Arming)
    })
