"""Compaction: what many extracts know of a table in one file, each row once, with when it stood."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from receivables.errors import DataError
from receivables.extract.landing import UNFINISHED
from receivables.lake import Extract, Lake, alone_in, read_json, relation_hash, write_json
from receivables.landed import read_history, read_landed
from receivables.sql import Session, quoted, session, statement

# Its rows are numbered as the lines of a dropped file; compaction numbers rows anew.
LEFT_AS_IT_IS = "malformed_row"


def compact(source: str, *, lake: Lake, progress: Callable[[str], None]) -> dict[str, int]:
    """Compact a source's extracts, but those on whose files the newest builds; how many, by table.

    An extract's description is changed only after its table was read back from the new file and has
    the content hash with which it was landed. Files that no description names any more are removed
    by the next extract. Raises DataError if a table does not read back so; it stays as it is.
    """
    folder = lake.landing / source
    compacted: dict[str, int] = defaultdict(int)
    with alone_in(folder):
        extracts = lake.extracts(source)
        names = {name for extract in extracts for name in extract.content["tables"]}
        for table in sorted(names - {LEFT_AS_IT_IS}):
            for run in _runs(extracts, table):
                _compact(run, table, lake)
                compacted[table] += len(run)
                progress(f"{source}: {table}: {len(run)} extracts in one file")
    return dict(compacted)


def _runs(extracts: Sequence[Extract], table: str) -> Iterator[list[Extract]]:
    """The extracts that can lie in one file: they have the same columns, in more than one state."""
    kept = set(extracts[-1].parts(table)) if extracts else set()
    alike: dict[tuple[str, ...], list[Extract]] = defaultdict(list)
    for extract in extracts:
        entry = extract.content["tables"].get(table)
        if entry and "compacted_in" not in entry and not kept & set(extract.parts(table)):
            alike[tuple(entry["columns"])].append(extract)
    for run in alike.values():
        if len({tuple(extract.parts(table)) for extract in run}) > 1:
            yield run


def _compact(run: Sequence[Extract], table: str, lake: Lake) -> None:
    """Write the file, read every extract back from it, and only then point the extracts to it."""
    folder = run[0].folder
    unfinished = folder / UNFINISHED
    written = unfinished / "compacted" / table
    shutil.rmtree(unfinished, ignore_errors=True)
    written.mkdir(parents=True)
    try:
        with session(lake.scratch) as sql:
            _write_history(sql, run, table, written / "history.parquet")
            for extract in run:
                _refuse_difference(sql, extract, table, written / "history.parquet")
        # The extract that gives its name is the first to be pointed there: so no other compaction
        # takes that name, whenever this one is killed.
        target = folder / table / f"{run[-1].extract_id}-compacted"
        shutil.rmtree(target, ignore_errors=True)
        written.rename(target)
        for extract in reversed(run):
            _point(extract, table, target.name)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write_history(sql: Session, run: Sequence[Extract], table: str, file: Path) -> None:
    names = [quoted(name) for name in run[0].content["tables"][table]["columns"]]
    columns = ", ".join(names)
    content = ", ".join(f"coalesce({name}, chr(30))" for name in names)
    content = f"md5_number(concat_ws(chr(31), {content}))"
    written: list[Path] = []
    for extract in run:
        if extract.parts(table) == written:
            continue
        written = extract.parts(table)
        read_landed(sql, extract, table, "landed_table")
        # The same row twice is told apart by its occurrence: one may go and the other stay.
        sql.connection.execute(
            f"create or replace table state_row as select {content} as content, row_number() over "
            f"(partition by {content} order by source_row) as occurrence, {columns} "
            "from landed_table"
        )
        if extract is run[0]:
            sql.connection.execute(statement("extract/history"))
        for name in ("extract/close_history", "extract/open_history"):
            sql.connection.execute(statement(name), {"extract_id": extract.extract_id}).fetchall()
    target = str(file).replace("'", "''")
    sql.connection.execute(
        f"copy (select row_number() over () as source_row, {columns}, stands_from, stands_until "
        f"from history) to '{target}' (format parquet, compression zstd)"
    ).fetchall()


def _refuse_difference(sql: Session, extract: Extract, table: str, file: Path) -> None:
    entry = extract.content["tables"][table]
    _, *columns = read_history(sql, file, extract.extract_id, "stood")
    read = relation_hash(sql, sql.connection.table("stood"))
    if columns != entry["columns"] or any(read[key] != entry[key] for key in read):
        raise DataError(
            f"{extract.folder.name} {extract.extract_id}: {table} does not read back as it was "
            "landed, and is not compacted; a file of it may be damaged: compare "
            f"{', '.join(str(part) for part in extract.parts(table))} with a backup"
        )


def _point(extract: Extract, table: str, compacted_in: str) -> None:
    file = extract.folder / f"{extract.extract_id}.json"
    content = read_json(file)
    entry = {key: v for key, v in content["tables"][table].items() if key != "adds_to"}
    content["tables"][table] = {**entry, "compacted_in": compacted_in}
    write_json(file, content)
