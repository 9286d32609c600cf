"""Landing an extract: every table of a source, whole or not at all, under one instant."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from receivables import contract, sql
from receivables.connections import Resolver
from receivables.extract import database, files
from receivables.extract.queries import Selection, queries
from receivables.extract.text import WHITESPACE
from receivables.lake import Extract, Lake, alone_in, content_hash, instant_name, write_json
from receivables.settings import Source
from receivables.sql import Session, quoted

# What an extract writes before it is whole; a killed one leaves it, the next one removes it.
UNFINISHED = ".unfinished"

EXTRACT_ID = re.compile(r"\d{8}T\d{12}Z")


def land(
    source: Source,
    *,
    lake: Lake,
    known_at: datetime,
    resolve: Resolver,
    progress: Callable[[str], None],
) -> Extract:
    """Extract a source once for an instant; a second call finds it landed and does nothing.

    Values are landed as trimmed text, empty ones as NULL. A table that is as it was in the extract
    before is not stored again: its entry names the extract that has it. Raises SettingsError,
    DataError or TransientError, and then nothing is landed.
    """
    folder = lake.landing / source.name
    extract_id = instant_name(known_at)
    with alone_in(folder):
        earlier = lake.extracts(source.name)
        landed = next((extract for extract in earlier if extract.extract_id == extract_id), None)
        if landed is not None:
            return landed
        _sweep(folder, earlier)
        unfinished = folder / UNFINISHED
        try:
            tables = _tables(source, unfinished, lake=lake, resolve=resolve, progress=progress)
            _reuse(tables, [extract for extract in earlier if extract.extract_id < extract_id])
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
        (table, entry["extract_id"])
        for extract in extracts
        for table, entry in extract.content["tables"].items()
    }
    for part in folder.glob("*/*"):
        if EXTRACT_ID.fullmatch(part.name) and (part.parent.name, part.name) not in stored:
            shutil.rmtree(part)


def _tables(
    source: Source,
    unfinished: Path,
    *,
    lake: Lake,
    resolve: Resolver,
    progress: Callable[[str], None],
) -> dict[str, dict[str, Any]]:
    """Write every table below `unfinished`; their entries for the extract's description."""
    asked = queries(source)
    selected = unfinished / "selected"
    selections = (
        files.select(source, asked, folder=selected, progress=progress)
        if source.kind == "files"
        else database.select(source, asked, folder=selected, resolve=resolve, progress=progress)
    )
    tables = {}
    with sql.session(lake.scratch) as session:
        session.connection.execute("set preserve_insertion_order = true")
        for selection in selections:
            file = unfinished / "tables" / selection.table / "part-0.parquet"
            _write(session, selection, file)
            tables[selection.table] = {
                **content_hash(session, file),
                "columns": list(selection.columns),
                "missing_columns": list(selection.missing_columns),
                "fingerprint": selection.fingerprint,
            }
            progress(f"{source.name}: {selection.table}: "
                     f"{tables[selection.table]['rows']:,} rows")
    return tables


def _write(session: Session, selection: Selection, file: Path) -> None:
    """Number the rows of a selection, trim their values, and make the empty ones NULL."""
    file.parent.mkdir(parents=True)
    names = [name for name in selection.columns if name != "source_row"]
    number = "file_row_number + 1" if len(names) == len(selection.columns) else "source_row"
    values = ",\n".join(
        f"nullif(trim({name}, $whitespace), '') as {name}" for name in map(quoted, names)
    )
    source, target = (str(path).replace("'", "''") for path in (selection.file, file))
    session.connection.execute(
        f"""
        copy (
            select cast({number} as bigint) as source_row,
            {values}
            from read_parquet('{source}', file_row_number = true)
        ) to '{target}' (format parquet, compression zstd)
        """,
        {"whitespace": WHITESPACE},
    ).fetchall()
    selection.file.unlink()


def _reuse(tables: Mapping[str, dict[str, Any]], earlier: Sequence[Extract]) -> None:
    """Point the tables that are as they were at the extract that has them."""
    before = earlier[-1].content["tables"] if earlier else {}
    for name, entry in tables.items():
        known = before.get(name, {})
        if all(entry[key] == known.get(key) for key in ("content_hash", "rows", "columns")):
            entry["extract_id"] = known["extract_id"]


def _content(
    source: Source, extract_id: str, tables: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """What is written of an extract; `input_hash` is the same for the same rows."""
    entries = {name: {"extract_id": extract_id, **entry} for name, entry in tables.items()}
    rows = {name: [entry["columns"], entry["content_hash"]] for name, entry in entries.items()}
    return {
        "source": source.name,
        "kind": source.kind,
        "extract_id": extract_id,
        "tables": entries,
        "tables_not_provided": [name for name in contract.tables() if name not in tables],
        "input_hash": hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest(),
    }


def _store(folder: Path, unfinished: Path, content: Mapping[str, Any]) -> None:
    """Move the new tables to their places; the extract exists from the moment its file does."""
    for name, entry in content["tables"].items():
        if entry["extract_id"] == content["extract_id"]:
            (folder / name).mkdir(exist_ok=True)
            (unfinished / "tables" / name).rename(folder / name / content["extract_id"])
    write_json(folder / f"{content['extract_id']}.json", content)
