"""The lake: what the ERP told us (landing) and what each night knew and decided (nights).

    <home>/lake/landing/<source>/<table>/<extract_id>/part-0.parquet   append-only: the whole table,
        or, with gone.parquet beside it, only what came and went since the extract before
    <home>/lake/landing/<source>/<table>/<extract_id>-compacted/history.parquet   the table as many
        extracts up to that one knew it
    <home>/lake/landing/<source>/<extract_id>.json   written last: the extract is whole
    <home>/lake/nights/<D>/<E>/<K>/<table>.parquet and manifest.json
    <home>/lake/nights/<D>/<E>/official.json         names the official K of the night
    <home>/lake/nights/<D>/<E>/flagged.json          there if a breaker tripped
    <home>/lake/nights/<D>/<E>/accepted.json         what a person said about that
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyRelation

from receivables.errors import SettingsError
from receivables.sql import Session, quoted

INSTANT = "%Y%m%dT%H%M%S%fZ"

# Where a row stood in a file is a pointer for people; the same rows in another order are the same.
LOCATORS = frozenset({"source_row"})


def instant_name(instant: datetime) -> str:
    """The name of an instant in paths, in UTC to the microsecond; names sort as instants do."""
    return instant.astimezone(UTC).strftime(INSTANT)


def named_instant(name: str) -> datetime:
    """The instant that `instant_name` named."""
    return datetime.strptime(name, INSTANT).replace(tzinfo=UTC)


def utc(instant: datetime) -> datetime:
    """An instant as tables hold it: in UTC, and without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def write_json(file: Path, content: object) -> None:
    """Write a JSON file, whole or not at all, with the same bytes for the same content."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, default=str)
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(file)


def read_json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Waits until no other process works in a folder; the system ends a killed one's turn.

    Raises SettingsError if the folder's file system has no locks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError as impossible:
            raise SettingsError([f"home: {folder} is on a file system without locks ({impossible})"
                                 "; choose another"]) from impossible
        yield


@dataclass(frozen=True, slots=True)
class Extract:
    """One whole extract of a source; its id is the instant at which we learned it."""

    source: str
    extract_id: str
    folder: Path
    content: dict[str, Any]

    @property
    def known_at(self) -> datetime:
        return named_instant(self.extract_id)

    def parts(self, table: str) -> list[Path]:
        """The folders that hold a table; none if the source does not give it.

        The first holds the whole table as some extract read it, each later one what came and went
        by the extract it is named after. A compacted table lies in one, with many extracts'.
        """
        entry = self.content["tables"].get(table)
        return [] if entry is None else [self.folder / table / part for part in part_ids(entry)]


def part_ids(entry: Mapping[str, Any]) -> list[str]:
    """The folders that hold a table, by what an extract's description says of it."""
    if "compacted_in" in entry:
        return [entry["compacted_in"]]
    return [*entry.get("adds_to", ()), entry["extract_id"]]


@dataclass(frozen=True, slots=True)
class Night:
    """The folder of one business day, legal entity and instant of knowledge."""

    as_of_date: date
    legal_entity_id: str
    known_at: datetime
    folder: Path

    def file(self, table: str) -> Path:
        return self.folder / f"{table}.parquet"

    def manifest(self) -> dict[str, Any]:
        """What is recorded of the night so far; empty before its first stage."""
        file = self.folder / "manifest.json"
        return read_json(file) if file.exists() else {}

    def record(self, **entries: Any) -> None:
        """Add to the manifest; `tables` entries are merged by table name."""
        manifest = self.manifest()
        tables = {**manifest.get("tables", {}), **entries.pop("tables", {})}
        write_json(self.folder / "manifest.json", {**manifest, **entries, "tables": tables})

    @property
    def is_sealed(self) -> bool:
        """Whether the night is published: what it knew and decided never changes from then on."""
        return bool(self.manifest().get("sealed"))

    @property
    def flag(self) -> Path:
        """There while a breaker forbids the official night of the day to write to anybody."""
        return self.folder.parent / "flagged.json"

    @property
    def tripped(self) -> list[str]:
        """The breakers that found something in the official night of the day."""
        return list(read_json(self.flag)["breakers"]) if self.flag.exists() else []

    @property
    def acceptance(self) -> Path:
        """There once a person looked at the tripped breakers it lists, and said why all is well."""
        return self.folder.parent / "accepted.json"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Waits until no other process works on the day."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with alone_in(self.folder.parent):
            yield


@dataclass(frozen=True, slots=True)
class Lake:
    """The folders below `home` in which extracts and nights are kept."""

    home: Path

    @property
    def landing(self) -> Path:
        return self.home / "lake" / "landing"

    @property
    def nights(self) -> Path:
        return self.home / "lake" / "nights"

    @property
    def scratch(self) -> Path:
        return self.home / "scratch"

    @contextmanager
    def room(self, purpose: str) -> Iterator[Path]:
        """A folder under `scratch` for something that is thrown away; gone at the end."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{purpose}-", dir=self.scratch) as folder:
            yield Path(folder)

    def sweep_scratch(self, *, before: datetime) -> None:
        """Remove what runs that were killed before an instant left there."""
        for left in self.scratch.glob("*"):
            if left.stat().st_mtime < before.timestamp():
                shutil.rmtree(left) if left.is_dir() else left.unlink()

    def extracts(self, source: str) -> list[Extract]:
        """The whole extracts of a source, oldest first."""
        folder = self.landing / source
        return [
            Extract(source=source, extract_id=file.stem, folder=folder, content=read_json(file))
            for file in sorted(folder.glob("*.json"))
        ]

    def night(self, *, as_of_date: date, legal_entity_id: str, known_at: datetime) -> Night:
        folder = self.nights / as_of_date.isoformat() / folder_name(legal_entity_id)
        return Night(as_of_date, legal_entity_id, known_at, folder / instant_name(known_at))

    def official(self, *, as_of_date: date, legal_entity_id: str) -> Night | None:
        """The official night of a day, or None if that day was never opened."""
        day = self.nights / as_of_date.isoformat() / folder_name(legal_entity_id)
        file = day / "official.json"
        if not file.exists():
            return None
        known_at = named_instant(read_json(file)["known_at"])
        return self.night(
            as_of_date=as_of_date, legal_entity_id=legal_entity_id, known_at=known_at
        )

    def open_official(self, night: Night) -> Night:
        """Make a night the official one of its day, unless the day already has one: that stands."""
        file = night.folder.parent / "official.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f"official.{os.getpid()}.partial")
        partial.write_text(json.dumps({"known_at": instant_name(night.known_at)}) + "\n")
        try:
            os.link(partial, file)  # fails if another process was first
        except FileExistsError:
            pass
        finally:
            partial.unlink()
        official = self.official(
            as_of_date=night.as_of_date, legal_entity_id=night.legal_entity_id
        )
        assert official is not None
        return official

    def every_night(self, legal_entity_id: str) -> Iterator[Night]:
        """All nights of a legal entity, restated or not, published or under way, oldest first."""
        pattern = f"*/{folder_name(legal_entity_id)}/*/manifest.json"
        for file in sorted(self.nights.glob(pattern)):
            as_of_date, known_at = date.fromisoformat(file.parts[-4]), named_instant(file.parts[-2])
            yield self.night(
                as_of_date=as_of_date, legal_entity_id=legal_entity_id, known_at=known_at
            )

    def newest_official(self, legal_entity_id: str) -> Night | None:
        """The last published official night of a legal entity."""
        return next(self._published(legal_entity_id), None)

    def sound(self, legal_entity_id: str, *, before: date) -> Iterator[Night]:
        """The published official nights before a day in which no breaker found anything that
        nobody accepted, the newest first; a night that had too little history to judge is sound.
        """
        for night in self._published(legal_entity_id):
            if night.as_of_date < before and not night.tripped:
                yield night

    def _published(self, legal_entity_id: str) -> Iterator[Night]:
        """The published official nights of a legal entity, the newest first."""
        days = self.nights.glob(f"*/{folder_name(legal_entity_id)}/official.json")
        for day in sorted((date.fromisoformat(file.parts[-3]) for file in days), reverse=True):
            night = self.official(as_of_date=day, legal_entity_id=legal_entity_id)
            if night is not None and night.is_sealed:
                yield night


def folder_name(identifier: str) -> str:
    """A folder name for an identifier: no identifier can name a path outside its parent."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda found: f"%{ord(found.group()):02X}", identifier)


def content_hash(session: Session, file: Path) -> dict[str, Any]:
    """Row count and hash of a file's content, equal for the same rows in any order."""
    return relation_hash(session, session.connection.read_parquet(str(file)))


def relation_hash(session: Session, relation: DuckDBPyRelation) -> dict[str, Any]:
    """Row count and hash of a table's content, equal for the same rows in any order.

    The hash is the sum, modulo 2^128, of the MD5 of each row's text, so that it needs no sort
    and does not change with the version of the engine.
    """
    columns = [name for name in relation.columns if name not in LOCATORS]
    values = ", ".join(f"coalesce(cast({quoted(name)} as varchar), chr(30))" for name in columns)
    relation.create_view("hashed_table", replace=True)
    ((rows, low, high),) = session.connection.execute(
        f"""
        select
            count(*),
            coalesce(sum(cast(number >> 64 as ubigint)), 0),
            coalesce(sum(cast(number & {2**64 - 1} as ubigint)), 0)
        from (select md5_number(concat_ws(chr(31), {values})) as number from hashed_table)
        """
    ).fetchall()
    total = (int(high) * 2**64 + int(low)) % 2**128
    return {"rows": rows, "content_hash": f"{total:032x}"}
