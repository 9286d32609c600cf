"""Running a named SQL file of `include/sql/` on an in-process DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from receivables.contract import INCLUDE
from receivables.errors import PolicyError

if TYPE_CHECKING:
    from receivables.lake import Night

SQL = INCLUDE / "sql"


def statement(name: str) -> str:
    """The text of `include/sql/<name>.sql`: one statement.

    Raises PolicyError if there is no such file.
    """
    path = SQL / f"{name}.sql"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise PolicyError(f"{path}: no such SQL file") from missing


def asked_for(name: str, values: Mapping[str, object]) -> dict[str, object]:
    """Those of the values that a statement binds."""
    asked = set(re.findall(r"\$(\w+)", statement(name)))
    return {key: value for key, value in values.items() if key in asked}


def quoted(name: str) -> str:
    """A column's name as SQL, whatever a source calls it."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Session:
    """A DuckDB connection on which tables are read from files and written to files."""

    connection: duckdb.DuckDBPyConnection

    def read(self, table: str, *files: Path) -> None:
        """Make Parquet files known as `table`; what one of several lacks is null there."""
        names = [str(file) for file in files]
        self.connection.read_parquet(names, union_by_name=len(names) > 1).create_view(table)

    def create(self, table: str, name: str, **values: object) -> None:
        """Keep the rows of a named statement as a table of this session."""
        self._execute(name, f"create or replace table {table} as\n{statement(name)}", values)

    def view(self, table: str, name: str) -> None:
        """Let a named statement stand for a table: it runs wherever the table is read."""
        self._execute(name, f"create or replace view {table} as\n{statement(name)}", {})

    def rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        """The rows of a named statement, for results that a person could read."""
        return fetch(self._execute(name, statement(name), values))

    def write(self, name: str, file: Path, **values: object) -> int:
        """Write the rows of a named statement to a Parquet file, whole or not at all."""
        return self._copy(name, statement(name), file, values)

    def keep(self, name: str, night: Night, **values: object) -> None:
        """Write the rows of `<stage>/<table>` to the night's folder, and make them known so."""
        table = name.rpartition("/")[2]
        self.write(name, night.file(table), **values)
        self.read(table, night.file(table))

    def write_table(self, table: str, file: Path) -> int:
        """Write a table or view of this session to a Parquet file, whole or not at all."""
        return self._copy(table, f"select * from {table}", file, {})

    def _copy(self, name: str, query: str, file: Path, values: Mapping[str, object]) -> int:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f"{file.name}.partial")
        target = str(partial).replace("'", "''")
        # The lowest level: it takes a quarter less time than the usual one, for files no larger.
        options = "format parquet, compression zstd, compression_level 1"
        copy = f"copy (\n{query}\n) to '{target}' ({options})"
        ((count,),) = self._execute(name, copy, values).fetchall()
        partial.replace(file)
        return int(count)

    def _execute(
        self, name: str, query: str, values: Mapping[str, object]
    ) -> duckdb.DuckDBPyConnection:
        try:
            return self.connection.execute(query, dict(values)) if values else (
                self.connection.execute(query)
            )
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as wrong:
            raise PolicyError(f"{SQL / name}.sql: {wrong}") from wrong


def fetch(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """All rows of an executed statement as dictionaries."""
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def session(scratch: Path) -> Iterator[Session]:
    """A DuckDB connection in memory that spills to `scratch` and speaks UTC."""
    scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"temp_directory": str(scratch)})
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set enable_progress_bar = false")
        yield Session(connection)
    finally:
        connection.close()
