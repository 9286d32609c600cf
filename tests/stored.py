"""Where words stand in all that Airflow stored, and in all that Receivables left on disk."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from running_airflow import Airflow

Places = dict[str, Counter[str]]


def in_airflow(airflow: Airflow, words: Mapping[str, str]) -> Places:
    """How often each word stands in each table of Airflow's database and in each kind of log."""
    return _counted(words, [*_tables(airflow), *_logs(airflow.home)])


def at_home(home: Path, words: Mapping[str, str]) -> Places:
    """How often each word stands in each kind of file of an installation."""
    files = [file for file in sorted(home.rglob("*")) if file.is_file()]
    with duckdb.connect() as reader:
        return _counted(words, [(_kind(f.relative_to(home)), _text(f, reader)) for f in files])


def _counted(words: Mapping[str, str], texts: Iterable[tuple[str, str]]) -> Places:
    """A word counts in its own form and as hexadecimal digits: that is how bytes are dumped."""
    found: Places = {}
    for place, text in texts:
        counts = found.setdefault(place, Counter())
        folded = text.lower()
        for name, word in words.items():
            counts[name] += folded.count(word.lower()) + folded.count(word.encode().hex())
    return found


def _tables(airflow: Airflow) -> Iterator[tuple[str, str]]:
    names = airflow.rows("select table_name from information_schema.tables "
                         "where table_schema = 'public' order by 1")
    for (name,) in names:
        rows = airflow.rows(f'select row_to_json(stored)::text from "{name}" as stored')
        yield f"table {name}", "\n".join(row for (row,) in rows)


def _logs(home: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(home.rglob("*.log")):
        kind = "log of tasks" if "logs" in file.relative_to(home).parts else f"log {file.name}"
        yield kind, file.read_text(encoding="utf-8", errors="replace")


def _kind(file: Path) -> str:
    """A file's name without what differs from night to night."""
    dated = re.sub(r"\d{8}T\d{12}Z|\d{4}-\d{2}-\d{2}|[0-9a-f]{32}(-\d+)?|\d{4}(?=\.html)", "*", str(file))
    return re.sub(r"part-\d+|history", "part", dated)


def _text(file: Path, reader: duckdb.DuckDBPyConnection) -> str:
    if file.suffix == ".parquet":
        return repr(reader.execute("select * from read_parquet(?)", [str(file)]).fetchall())
    if file.suffix == ".duckdb":
        with duckdb.connect(str(file), read_only=True) as warehouse:
            names = warehouse.execute("select table_name from information_schema.tables "
                                      "where table_schema = 'receivables'").fetchall()
            return "".join(repr(warehouse.execute(f"select * from receivables.{name}").fetchall())
                           for (name,) in names)
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as sheets:
            return "".join(sheets.read(name).decode("utf-8", "replace") for name in sheets.namelist())
    if file.suffix == ".sqlite":
        with closing(sqlite3.connect(file)) as outbox:
            names = outbox.execute("select name from sqlite_master where type = 'table'").fetchall()
            return "".join(repr(outbox.execute(f"select * from {name}").fetchall()) for (name,) in names)
    return file.read_bytes().decode("utf-8", "replace")
