"""Tables of an ERP as they are replicated into a database or exported to files, for tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy
import yaml
from company import read
from extract_source import no_connection, resolver
from extract_source import table as landed_table
from receivables import night
from receivables.connections import Connection
from receivables.lake import Night
from receivables.run import Run, night_of
from receivables.settings import load
from receivables.sql import statement

FORMS = ("postgres", "csv")
KNOWN_AT = datetime(2026, 4, 20, 6, tzinfo=UTC)


@dataclass
class Replica:
    """Tables by name, each its columns with their SQL types; `initial` is what an ERP writes for
    an empty value of a type. `views` are made over the tables.
    """

    columns: Mapping[str, Mapping[str, str]]
    initial: Callable[[str], str]
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)

    def add(self, table: str, **values: str) -> None:
        unknown = set(values) - set(self.columns[table])
        assert not unknown, f"{table} has no {unknown}"
        empty = {name: self.initial(kind) for name, kind in self.columns[table].items()}
        self.rows.setdefault(table, []).append(empty | values)

    def statements(self) -> list[tuple[str, list[tuple[str, ...]]]]:
        """A `create table` for each table, and its rows."""
        return [
            (
                f"create table {table} ("
                + ", ".join(f"{name} {kind}" for name, kind in columns.items()) + ")",
                [tuple(row.values()) for row in self.rows.get(table, [])],
            )
            for table, columns in self.columns.items()
        ]

    def to_postgres(self, url: str) -> None:
        engine = sqlalchemy.create_engine(url)
        with engine.begin() as erp:
            for table, (create, rows) in zip(self.columns, self.statements(), strict=True):
                erp.exec_driver_sql(f"drop table if exists {table} cascade")
                erp.exec_driver_sql(create)
                marks = ", ".join(["%s"] * len(self.columns[table]))
                for row in rows:
                    erp.exec_driver_sql(f"insert into {table} values ({marks})", row)
            for view, text in self.views.items():
                erp.exec_driver_sql(f"drop table if exists {view} cascade")
                erp.exec_driver_sql(f"create view {view} as {text}")
        engine.dispose()

    def drop_views(self, url: str) -> None:
        """Leave the database as other tests expect it, for which these names are tables."""
        engine = sqlalchemy.create_engine(url)
        with engine.begin() as erp:
            for view in self.views:
                erp.exec_driver_sql(f"drop view {view}")
        engine.dispose()

    def engine(self) -> duckdb.DuckDBPyConnection:
        engine = duckdb.connect()
        for table, (create, rows) in zip(self.columns, self.statements(), strict=True):
            engine.execute(create)
            marks = ", ".join("?" * len(self.columns[table]))
            if rows:
                engine.executemany(f"insert into {table} values ({marks})", rows)
        for view, text in self.views.items():
            engine.execute(f"create view {view} as {text}")
        return engine

    def to_files(self, directory: Path, kind: str) -> None:
        directory.mkdir()
        options = "format parquet" if kind == "parquet" else "format csv, header"
        with self.engine() as engine:
            for table in (*self.columns, *self.views):
                file = directory / f"{table}.{kind}"
                engine.execute(f"copy {table} to '{file}' ({options})").fetchall()


@dataclass
class Books:
    """An installation that reads a replica, in one of its forms; what it landed, and its nights."""

    home: Path
    sql: str
    replica: Replica
    form: str
    url: str | None
    entities: Mapping[str, Mapping[str, str]]
    landed_tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    nights: dict[tuple[date, str], Night] = field(default_factory=dict)

    def __post_init__(self) -> None:
        source: dict[str, Any] = {"sql": self.sql, "entities": list(self.entities)}
        if self.form == "postgres":
            assert self.url is not None
            self.replica.to_postgres(self.url)
            source |= {"kind": "sql", "connection": "erp"}
        else:
            self.replica.to_files(self.home / "erp", self.form)
            source |= {"kind": "files", "directory": "erp"}
        body = {
            "home": "home", "time_zone": "UTC", "reporting_currency": "EUR",
            "sources": {"erp": source}, "entities": dict(self.entities),
        }
        (self.home / "settings.yaml").write_text(yaml.safe_dump(body), encoding="utf-8")

    def run(self, day: date) -> Run:
        return Run(
            settings=load(self.home / "settings.yaml"), as_of_date=day, now=KNOWN_AT,
            resolve=self._resolve, progress=lambda line: None,
        )

    def _resolve(self, connection_id: str) -> Connection:
        return no_connection(connection_id) if self.url is None else resolver(self.url)("erp")

    def landed(self, table: str) -> list[dict[str, Any]]:
        """The landed rows of a table."""
        if table not in self.landed_tables:
            run = self.run(KNOWN_AT.date() - timedelta(days=5))
            night.extract(run, "erp")
            [extract] = run.lake.extracts("erp")
            self.landed_tables[table] = landed_table(extract, table)
        return self.landed_tables[table]

    def night(self, day: date, entity: str) -> Night:
        """The night of a day up to its open items; the same rows cross the border once."""
        if (day, entity) in self.nights:
            return self.nights[day, entity]
        run = self.run(day)
        night.extract(run, "erp")
        validated = next((there for (_, whose), there in self.nights.items() if whose == entity),
                         None)
        if validated is None:
            folder = night.validate(run, entity)
        else:
            folder = night_of(run, entity)
            for part in ("ledger", "quarantine.parquet"):
                copy = shutil.copytree if (validated.folder / part).is_dir() else shutil.copy
                copy(validated.folder / part, folder.folder / part)
        night.balance(run, entity)
        self.nights[day, entity] = folder
        return folder

    def open_items(self, day: date, entity: str) -> dict[tuple[str, int], tuple[str, Decimal]]:
        """Due date and open amount of each open item."""
        rows = read(
            self.night(day, entity), "open_item", "invoice_id, instalment_no, due_date, open_amount"
        )
        return {(invoice, number): (str(due), amount) for invoice, number, due, amount in rows}

    def credits(self, day: date, entity: str) -> dict[str, Decimal]:
        rows = read(self.night(day, entity), "credit_item", "document_id, amount")
        return dict(rows)

    def quarantined(self, day: date, entity: str) -> list[tuple[Any, ...]]:
        return read(
            self.night(day, entity), "quarantine", "source_table, row_key, reason_code, because"
        )

    def owed_by_currency(self, day: date, entity: str) -> dict[str, Decimal]:
        """Open items less credits."""
        sums: dict[str, Decimal] = {}
        folder = self.night(day, entity)
        for currency, amount in [
            *read(folder, "open_item", "currency, open_amount"),
            *read(folder, "credit_item", "currency, amount"),
        ]:
            sums[currency] = sums.get(currency, Decimal(0)) + amount
        return {currency: amount for currency, amount in sums.items() if amount}


def checked(replica: Replica, form: str, url: str | None, name: str) -> list[dict[str, Any]]:
    """The rows of a check that comes with a SQL folder, run where the replica is."""
    text = statement(f"extract/{name}")
    if form == "postgres":
        assert url is not None
        engine = sqlalchemy.create_engine(url)
        with engine.connect().execution_options(no_parameters=True) as erp:
            rows = [dict(row._mapping) for row in erp.exec_driver_sql(text)]
        engine.dispose()
        return rows
    with replica.engine() as erp:
        cursor = erp.execute(text)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
