"""Landing an extract: every table of a source, whole or not at all, under one instant."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from receivables import contract, sql
from receivables.connections import Resolver
from receivables.extract import database, files
from receivables.extract.difference import Difference
from receivables.extract.queries import Query, Selection, queries
from receivables.extract.text import WHITESPACE
from receivables.lake import (
    Extract,
    Lake,
    alone_in,
    instant_name,
    part_ids,
    relation_hash,
    write_json,
)
from receivables.landed import read_parts
from receivables.settings import Source
from receivables.sql import Session, quoted

# What an extract writes before it is whole; a killed one leaves it, the next one removes it.
UNFINISHED = ".unfinished"

# Rows that each thread holds while a table is written: less than half of the engine's own choice.
ROW_GROUP = 50_000

# Telling what changed in a large table takes memory by its rows; beyond this it spills to disk.
MEMORY = "1GB"

PART = re.compile(r"\d{8}T\d{12}Z(-compacted)?")


def land(
    source: Source,
    *,
    lake: Lake,
    known_at: datetime,
    resolve: Resolver,
    progress: Callable[[str], None],
    full: bool = False,
    without: Collection[str] = (),
) -> Extract:
    """Extract a source once for an instant; a second call finds it landed and does nothing.

    Values are landed as trimmed text, empty ones as NULL. A table that is as it was in the extract
    before is not stored again: its entry names the extract that has it. Of an incremental source's
    large tables only what changed is. `full` reads and stores everything anew, `without` leaves
    tables out. Raises SettingsError, DataError or TransientError, and then nothing is landed.
    """
    folder = lake.landing / source.name
    extract_id = instant_name(known_at)
    with alone_in(folder):
        earlier = lake.extracts(source.name)
        landed = next((extract for extract in earlier if extract.extract_id == extract_id), None)
        _sweep(folder, earlier)
        if landed is not None:
            return landed
        before = [] if full else [e for e in earlier if e.extract_id < extract_id]
        landing = Landing(source, lake, extract_id, before[-1] if before else None, progress)
        asked = [query for query in queries(source) if query.table.name not in without]
        unfinished = folder / UNFINISHED
        try:
            tables = landing.tables(asked, unfinished, resolve)
            content = _content(source, extract_id, tables)
            _store(folder, unfinished, content)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return Extract(source=source.name, extract_id=extract_id, folder=folder, content=content)


def _sweep(folder: Path, extracts: Sequence[Extract]) -> None:
    """Remove what killed extracts left; who is alone here knows that none of it is in use."""
    shutil.rmtree(folder / UNFINISHED, ignore_errors=True)
    for partial in folder.glob("*.json.*.partial"):
        partial.unlink()
    stored = {
        (table, part)
        for extract in extracts
        for table, entry in extract.content["tables"].items()
        for part in part_ids(entry)
    }
    for part in folder.glob("*/*"):
        if PART.fullmatch(part.name) and (part.parent.name, part.name) not in stored:
            shutil.rmtree(part)


@dataclass(frozen=True, slots=True)
class Landing:
    """What an extract that is under way stores, and on which extract before it builds."""

    source: Source
    lake: Lake
    extract_id: str
    before: Extract | None
    progress: Callable[[str], None]

    def tables(
        self, asked: list[Query], unfinished: Path, resolve: Resolver
    ) -> dict[str, dict[str, Any]]:
        """Write every table below `unfinished`; their entries for the extract's description."""
        selected = unfinished / "selected"
        entries = {}
        with sql.session(self.lake.scratch) as session:
            session.connection.execute("set preserve_insertion_order = true")
            session.connection.execute("set memory_limit = $memory", {"memory": MEMORY})
            difference = Difference(session, self.before)
            selections = (
                files.select(self.source, asked, folder=selected, progress=self.progress)
                if self.source.kind == "files"
                else database.select(
                    self.source, asked, folder=selected, resolve=resolve, progress=self.progress,
                    difference=difference if self.source.incremental else None,
                )
            )
            for selection in selections:
                part = unfinished / "tables" / selection.table / self.extract_id
                entries[selection.table] = self._land(session, selection, part)
        return entries

    def _land(self, session: Session, selection: Selection, part: Path) -> dict[str, Any]:
        """Write what was selected of a table as a part of it; its entry."""
        known = self.before.content["tables"].get(selection.table, {}) if self.before else {}
        adds_to = part_ids(known) if selection.gone else []
        last_row = known["last_row"] if selection.gone else 0
        read = _write(session, selection, part / "part-0.parquet", number_after=last_row)
        table = self.lake.landing / self.source.name / selection.table
        if selection.gone:
            selection.gone.rename(part / "gone.parquet")
        read_parts(session, [*(table / earlier for earlier in adds_to), part], "landed_table")
        entry = {
            **relation_hash(session, session.connection.table("landed_table")),
            "columns": list(selection.columns),
            "missing_columns": list(selection.missing_columns),
            "fingerprint": selection.fingerprint,
            "last_row": last_row + read,
        }
        changed = f", {read:,} of them read" if selection.gone else ""
        self.progress(f"{self.source.name}: {selection.table}: {entry['rows']:,} rows{changed}")
        if _is_as_it_was(entry, known, selection):
            return {**entry, **{key: known[key] for key in STORED if key in known}}
        return {**entry, "extract_id": self.extract_id, **({"adds_to": adds_to} if adds_to else {})}


# What an entry says of where a table is stored.
STORED = ("extract_id", "adds_to", "last_row")


def _is_as_it_was(
    entry: Mapping[str, Any], known: Mapping[str, Any], selection: Selection
) -> bool:
    """Whether the extract before has the same table; one read whole is not traded for parts."""
    is_in_one_part = not {"adds_to", "compacted_in"} & known.keys()
    return (selection.gone is not None or is_in_one_part) and all(
        entry[key] == known.get(key) for key in ("content_hash", "rows", "columns")
    )


def _write(session: Session, selection: Selection, file: Path, *, number_after: int) -> int:
    """Number the rows of a selection, trim their values, and make the empty ones NULL."""
    file.parent.mkdir(parents=True)
    names = [name for name in selection.columns if name != "source_row"]
    is_numbered = len(names) < len(selection.columns)
    number = "source_row" if is_numbered else f"file_row_number + 1 + {number_after:d}"
    values = ",\n".join(f"{_trimmed(name)} as {name}" for name in map(quoted, names))
    source, target = (str(path).replace("'", "''") for path in (selection.file, file))
    ((count,),) = session.connection.execute(
        f"""
        copy (
            select cast({number} as bigint) as source_row,
            {values}
            from read_parquet('{source}', file_row_number = true)
        ) to '{target}' (format parquet, compression zstd, row_group_size {ROW_GROUP})
        """,
        {"whitespace": WHITESPACE},
    ).fetchall()
    selection.file.unlink()
    return int(count)


def _trimmed(name: str) -> str:
    """SQL for a value without white space around it, NULL if it is empty.

    Most values begin and end with a plain character; to look is a tenth of the work of trimming.
    """
    return (f"case when left({name}, 1) between '!' and '~' and right({name}, 1) between '!' and "
            f"'~' then {name} else nullif(trim({name}, $whitespace), '') end")


def _content(
    source: Source, extract_id: str, tables: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """What is written of an extract."""
    return {
        "source": source.name,
        "kind": source.kind,
        "extract_id": extract_id,
        "tables": dict(tables),
        "tables_not_provided": [name for name in contract.tables() if name not in tables],
        "input_hash": input_hash(tables),
    }


def input_hash(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """The hash of an extract by the entries of its tables: the same for the same rows."""
    rows = {name: [entry["columns"], entry["content_hash"]] for name, entry in tables.items()}
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def _store(folder: Path, unfinished: Path, content: Mapping[str, Any]) -> None:
    """Move the new tables to their places; the extract exists from the moment its file does."""
    for name, entry in content["tables"].items():
        if entry["extract_id"] == content["extract_id"]:
            (folder / name).mkdir(exist_ok=True)
            part = unfinished / "tables" / name / entry["extract_id"]
            part.rename(folder / name / entry["extract_id"])
    write_json(folder / f"{content['extract_id']}.json", content)
