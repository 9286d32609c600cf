"""Sources of kind `files`: dropped CSV, Parquet and XLSX files, read by SELECTs on DuckDB."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from receivables.errors import DataError, SettingsError
from receivables.extract.drop import Drop, drops, hidden
from receivables.extract.queries import (
    Query,
    Selection,
    fingerprint,
    landed_columns,
    missing_columns,
    required_tables,
)
from receivables.extract.relation import Relations
from receivables.settings import Source
from receivables.sql import quoted, statement


def select(
    source: Source, queries: list[Query], *, folder: Path, progress: Callable[[str], None]
) -> Iterator[Selection]:
    """The tables that a source's dropped files give, each written as text below `folder`.

    Lines that are no rows are one table more, `malformed_row`. Raises DataError naming the file.
    """
    assert source.directory is not None
    dropped = drops(source.name, source.directory)
    needed = required_tables(source)
    with _engine(source.directory, folder) as engine, Relations(engine, folder) as relations:
        for query in queries:
            reads = _reads(engine, query)
            absent = sorted(name for name in reads if name.lower() not in dropped)
            if absent and query.table.name in needed:
                raise DataError(
                    f"{query.where}: there is no file {absent[0]}.csv (or .csv.gz, .parquet, "
                    f".xlsx, or a folder {absent[0]}/ of them) in {source.directory}, and "
                    f"{query.table.name} is required; drop it there"
                )
            if absent:
                continue
            read = [dropped[name.lower()] for name in sorted(reads)]
            for drop in read:
                relations.open(drop)
            prints = [relations.fingerprint(drop) for drop in read]
            file = folder / query.table.name / "selection.parquet"
            columns = _write(engine, query, read, file)
            yield Selection(
                table=query.table.name,
                file=file,
                columns=columns,
                missing_columns=missing_columns(query, columns),
                fingerprint=fingerprint(query.text, *prints),
            )
        if unread := sorted(set(dropped) - relations.opened):
            progress(f"{source.name}: not read, as no SELECT asks for it: {', '.join(unread)}")
        relations.check_unchanged()
    if relations.malformed_rows:
        yield relations.malformed()


@contextmanager
def _engine(directory: Path, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that keeps rows in their order and reads nothing but the two folders."""
    engine = duckdb.connect(config={"temp_directory": str(folder / "spill")})
    try:
        engine.execute("set preserve_insertion_order = true")
        engine.execute("set TimeZone = 'UTC'")
        engine.execute(statement("extract/plain_number"))
        engine.execute("set allowed_directories = $folders",
                       {"folders": [str(directory), str(folder)]})
        engine.execute("set enable_external_access = false")
        yield engine
    finally:
        engine.close()


def _reads(engine: duckdb.DuckDBPyConnection, query: Query) -> set[str]:
    """The relations that a SELECT reads, without its own CTEs."""
    rows = engine.execute(
        "select json_serialize_sql(cast($text as varchar))", {"text": query.text}
    ).fetchall()
    tree = json.loads(rows[0][0])
    if tree["error"]:
        raise SettingsError([f"{query.where}: {tree['error_message']}; correct the SELECT"])
    tables, ctes = set[str](), set[str]()
    for node in _nodes(tree["statements"]):
        if node.get("type") == "BASE_TABLE":
            tables.add(node["table_name"])
        ctes.update(entry["key"] for entry in node.get("cte_map", {}).get("map", ()))
    return tables - ctes


def _nodes(tree: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from _nodes(branch)


def _write(
    engine: duckdb.DuckDBPyConnection, query: Query, read: list[Drop], target: Path
) -> tuple[str, ...]:
    """Write the rows of a SELECT as text; returns the columns."""
    read_from = ", ".join(str(file) for drop in read for file in drop.files) or "no file"
    target.parent.mkdir(parents=True)
    try:
        described = engine.execute(f"describe\n{query.text}").fetchall()
        columns = landed_columns(query, [row[0] for row in described], read_from=read_from)
        values = ",\n".join(
            f"{_text(query, row[0], row[1])} as {quoted(column)}"
            for row, column in zip(described, columns, strict=True)
        )
        path = str(target).replace("'", "''")
        engine.execute(
            f"copy (\nselect\n{values}\nfrom (\n{query.text}\n)\n) to '{path}' (format parquet)"
        ).fetchall()
    except duckdb.Error as failed:
        raise DataError(f"{query.where}, reading {read_from}: {hidden(failed)}; correct the file "
                        "or the SELECT") from None
    return columns


def _text(query: Query, name: str, kind: str) -> str:
    """SQL for the canonical text of a column; the rules are those of `extract/text.py`."""
    column = quoted(name)
    text = f"cast({column} as varchar)"
    if kind == "BLOB":
        raise DataError(f"{query.where}: column {name} holds bytes; cast it in the SELECT or leave "
                        "it out")
    if kind in ("DOUBLE", "FLOAT"):
        return f"plain_number({text})"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"replace(left({text}, length({text}) - 3), ' ', 'T') || 'Z'"
    if kind.startswith("TIMESTAMP"):
        return (f"if({column} = date_trunc('day', {column}), cast(cast({column} as date) as "
                f"varchar), replace(cast(cast({column} as timestamp) as varchar), ' ', 'T'))")
    return text
