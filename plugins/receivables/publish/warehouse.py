"""The warehouse, schema `receivables`: DuckDB file or PostgreSQL, one transaction a night."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import duckdb
import sqlalchemy

from receivables.contract import INCLUDE
from receivables.dispatch.notice import NoticeState
from receivables.errors import SettingsError, TransientError
from receivables.lake import utc
from receivables.publish.view import comment_on, create_views
from receivables.yaml_text import read_yaml

LOCK_SECONDS = 120
TYPES = {
    "text": "varchar",
    "date": "date",
    "amount": "decimal(18, 4)",
    "total": "decimal(38, 4)",
    "rate": "decimal(18, 10)",
    "boolean": "boolean",
    "integer": "integer",
    "bigint": "bigint",
    "timestamp": "timestamp",
}
NOTICE_STATES = {
    "drafted_at": "timestamp", "status": "varchar", "sent_at": "timestamp", "message_id": "varchar",
    "status_reason": "varchar",
}


@cache
def _said() -> dict[str, dict[str, Any]]:
    return read_yaml((INCLUDE / "warehouse.yaml").read_text(encoding="utf-8"))


@cache
def tables() -> dict[str, dict[str, Any]]:
    """Every warehouse table: grain, key, columns with type and comment."""
    return {name: body for name, body in _said().items() if not name.startswith("v_")}


@cache
def views() -> dict[str, dict[str, Any]]:
    """Every view: grain, columns with type and comment; its text is in include/sql/publish/view."""
    return {name: body for name, body in _said().items() if name.startswith("v_")}


class Warehouse(Protocol):
    """One open transaction on the warehouse."""

    def execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement with `?` for values; rows, if it gives any."""

    def load(self, table: str, file: Path) -> None:
        """Add the rows of a Parquet file, whose columns are the table's."""


@contextmanager
def open_warehouse(url: str) -> Iterator[Warehouse]:
    """One transaction on the warehouse, its tables and views there; an error leaves it as it was.

    Raises TransientError if another process holds it for too long: try again later.
    """
    scheme = url.partition("://")[0]
    if scheme == "duckdb":
        opened = _open_duckdb(Path(url.removeprefix("duckdb:///")))
    elif scheme.partition("+")[0] in ("postgresql", "postgres"):
        opened = _open_postgresql(url)
    else:
        raise SettingsError([f"warehouse_url: {scheme} is unknown; give duckdb:/// or postgresql://"])
    with opened as warehouse:
        yield warehouse


class _DuckDb:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement, list(values)).fetchall()

    def load(self, table: str, file: Path) -> None:
        columns = ", ".join(tables()[table]["columns"])
        self.connection.execute(
            f"insert into receivables.{table} ({columns}) select {columns} from read_parquet(?)",
            [str(file)],
        )


@contextmanager
def _open_duckdb(file: Path) -> Iterator[Warehouse]:
    if not file.exists():
        _create_file(file)
    connection = _connect_when_free(file)
    try:
        connection.execute("begin")
        warehouse = _DuckDb(connection)
        _create_tables(warehouse)
        yield warehouse
        connection.execute("commit")
    finally:
        connection.close()


def _create_file(file: Path) -> None:
    """An empty database, there whole or not at all: DuckDB cannot open one that was cut short."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    duckdb.connect(str(partial)).close()
    try:
        os.link(partial, file)  # fails if another process was first
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def _connect_when_free(file: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB lets one process write at a time; legal entities publish in parallel and queue up."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return duckdb.connect(str(file))
        except duckdb.IOException as busy:
            if "lock" not in str(busy).lower():
                raise
            if time.monotonic() > deadline:
                raise TransientError(
                    f"{file}: another process holds the warehouse; close what reads it"
                ) from busy
            time.sleep(0.2)


class _PostgreSql:
    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self.connection = connection

    def execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        result = self.connection.exec_driver_sql(
            statement.replace("%", "%%").replace("?", "%s"), tuple(values)
        )
        return [tuple(row) for row in result] if result.returns_rows else []

    def load(self, table: str, file: Path) -> None:
        columns = ", ".join(tables()[table]["columns"])
        driver = self.connection.connection.driver_connection
        with duckdb.connect() as reader, driver.cursor() as cursor:
            rows = reader.execute(f"select {columns} from read_parquet(?)", [str(file)])
            with cursor.copy(f"copy receivables.{table} ({columns}) from stdin") as copy:
                while batch := rows.fetchmany(10_000):
                    for row in batch:
                        copy.write_row(row)


@contextmanager
def _open_postgresql(url: str) -> Iterator[Warehouse]:
    target = sqlalchemy.make_url(url).set(drivername="postgresql+psycopg")
    engine = sqlalchemy.create_engine(target, hide_parameters=True)
    try:
        with engine.begin() as connection:
            # Two nights may be the first at once, and creating a schema twice is an error.
            connection.exec_driver_sql("select pg_advisory_xact_lock(7305110003)")
            warehouse = _PostgreSql(connection)
            _create_tables(warehouse)
            yield warehouse
    except sqlalchemy.exc.OperationalError as unreachable:
        raise TransientError(f"warehouse: {type(unreachable.orig).__name__}") from unreachable
    finally:
        engine.dispose()


def _create_tables(warehouse: Warehouse) -> None:
    """Create what is missing: tables, columns that a newer version added, views; all explained.
    Columns that a newer version withdrew go, with what they held.
    """
    existing = set(
        warehouse.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = 'receivables'"
        )
    )
    warehouse.execute("create schema if not exists receivables")
    for name, table in tables().items():
        missing = [column for column in table["columns"] if (name, column) not in existing]
        if len(missing) == len(table["columns"]):
            warehouse.execute(f"create table receivables.{name} ({typed_columns(name)})")
            warehouse.execute(comment_on("table", name, table["about"]))
        else:
            for column in missing:
                added = _typed(table, [column])
                warehouse.execute(f"alter table receivables.{name} add column {added}")
        for column in table.get("withdrawn", ()):
            if (name, column) in existing:
                warehouse.execute(f"alter table receivables.{name} drop column {column}")
        for column in missing:
            comment = table["columns"][column][1]
            warehouse.execute(comment_on("column", f"{name}.{column}", comment))
    create_views(warehouse, views())


def typed_columns(name: str) -> str:
    """The columns of a table with their types, as SQL declares them."""
    table = tables()[name]
    return _typed(table, list(table["columns"]))


def _typed(table: Mapping[str, Any], columns: Sequence[str]) -> str:
    return ", ".join(f"{column} {TYPES[table['columns'][column][0]]}" for column in columns)


def replace_night(
    warehouse: Warehouse, *, as_of_date: date, legal_entity_id: str, files: Mapping[str, Path]
) -> None:
    """Put a night's rows in the place of what stood for the day and legal entity."""
    for table, file in files.items():
        warehouse.execute(
            f"delete from receivables.{table} where as_of_date = ? and legal_entity_id = ?",
            [as_of_date, legal_entity_id],
        )
        warehouse.load(table, file)


def replace_restatement(
    warehouse: Warehouse, *, as_of_date: date, legal_entity_id: str, known_at: datetime, file: Path
) -> None:
    """Put a restatement's differences in the place of what it said before."""
    warehouse.execute(
        "delete from receivables.restatement "
        "where as_of_date = ? and legal_entity_id = ? and known_at = ?",
        [as_of_date, legal_entity_id, known_at],
    )
    warehouse.load("restatement", file)


def update_notice_states(warehouse: Warehouse, states: Sequence[NoticeState]) -> None:
    """Bring `notice` up to what the outbox knows; rows that say so already are not touched."""
    assignments = ", ".join(f"{name} = known.{name}" for name in NOTICE_STATES)
    changed = " or ".join(f"notice.{name} is distinct from known.{name}" for name in NOTICE_STATES)
    known = ", ".join(
        f"unnest(cast(? as {kind}[])) as {name}"
        for name, kind in {"notice_id": "varchar", **NOTICE_STATES}.items()
    )
    warehouse.execute(
        f"update receivables.notice set {assignments} from (select {known}) as known "
        f"where notice.notice_id = known.notice_id and ({changed})",
        [
            [state.notice_id for state in states],
            [utc(state.drafted_at) for state in states],
            [state.state for state in states],
            [state.sent_at and utc(state.sent_at) for state in states],
            [state.message_id for state in states],
            [state.reason for state in states],
        ],
    )
