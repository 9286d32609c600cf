"""An ERP's database for tests: real tables with a few rows, read by a role that may read no more."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
import yaml
from company import read
from extract_source import FIRST_NIGHT, resolver, table
from fresh_database import fresh_database
from receivables import cli
from receivables.extract import land
from receivables.lake import Lake
from receivables.settings import Source
from receivables.sql import SQL
from sqlalchemy.engine import make_url

POSTGRES_URL = "postgresql+psycopg://root@127.0.0.1:5432/test"
ROWS = Path(__file__).parent / "erp"


Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Erp:
    """A running ERP: `url` logs in as its owner, `reader_url` as the role of the folder's README."""

    folder: str
    entities: tuple[str, ...]
    url: str
    reader_url: str

    def ask(self, statement: str, *, as_reader: bool = False) -> list[tuple[Any, ...]]:
        engine = sqlalchemy.create_engine(self.reader_url if as_reader else self.url)
        try:
            with engine.connect() as connection:
                rows = connection.execution_options(no_parameters=True).exec_driver_sql(statement)
                return [tuple(row) for row in rows]
        finally:
            engine.dispose()

    def grant(self, what: str) -> None:
        """Grant the reading role something more."""
        execute(self.url, f"grant {what} to {make_url(self.reader_url).username}")

    def proof(self) -> list[tuple[Any, ...]]:
        """What the folder's own proof says, asked by the reading role."""
        return self.ask(
            (SQL / "extract" / self.folder / "proof" / "receivable_account.sql").read_text(),
            as_reader=True,
        )

    def landed(self, home: Path) -> Tables:
        """Every table that the folder gives, as landed."""
        source = Source(
            name="erp", kind="sql", connection="erp", directory=None, sql=self.folder,
            entities=self.entities, open_amounts="from_allocations",
        )
        extract = land(source, lake=Lake(home), known_at=FIRST_NIGHT,
                       resolve=resolver(self.reader_url), progress=lambda line: None)
        return {name: table(extract, name) for name in extract.content["tables"]}


def execute(url: str, script: str) -> None:
    """Run a script of several statements."""
    engine = sqlalchemy.create_engine(url)
    connection = engine.raw_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute(script)
        connection.commit()
    finally:
        connection.close()
        engine.dispose()


@contextmanager
def erp(
    folder: str, scripts: list[str], *, grants: list[str], entities: tuple[str, ...]
) -> Iterator[Erp]:
    """A fresh database with these rows, and a role with the grants of the folder's README."""
    with postgres() as url:
        for script in scripts:
            execute(url, script)
        with reader(url, folder, grants) as reader_url:
            yield Erp(folder, entities, url, reader_url)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a fresh PostgreSQL database."""
    with fresh_database(
        "Postgres", POSTGRES_URL, drop="with (force)", isolation_level="AUTOCOMMIT"
    ) as url:
        yield url


@contextmanager
def reader(url: str, folder: str, grants: list[str]) -> Iterator[str]:
    """The URL of a role with the grants of the folder's README.

    `grants` names the README's blocks by the start of their first line.
    """
    readme = (SQL / "extract" / folder / "README.md").read_text()
    blocks = re.findall(r"```sql\n-- (.*?)```", readme, flags=re.DOTALL)
    role = f"receivables_{secrets.token_hex(6)}"
    try:
        for start in grants:
            (block,) = [block for block in blocks if block.startswith(start)]
            execute(url, "-- " + re.sub(r"\breceivables\b", role, block))
        execute(url, f"alter role {role} password 'reader'")
        yield make_url(url).set(username=role, password="reader").render_as_string(
            hide_password=False
        )
    finally:
        execute(url, f"drop owned by {role}; drop role {role}")


@dataclass(frozen=True, slots=True)
class Books:
    """What a night of the product makes of an ERP's database."""

    nights: dict[str, Any]

    def rows(self, entity: str, name: str, columns: str) -> list[tuple[Any, ...]]:
        return read(self.nights[entity], name, columns)


def books(source: Erp, home: Path, day: str, monkeypatch: pytest.MonkeyPatch) -> Books:
    """Extract, validate and balance a day by the command, with settings of its own."""
    url = make_url(source.reader_url).set(drivername="postgres")
    monkeypatch.setenv("AIRFLOW_CONN_ERP", url.render_as_string(hide_password=False))
    settings = home / "settings.yaml"
    settings.write_text(yaml.safe_dump({
        "home": "home",
        "sources": {"erp": {
            "kind": "sql", "connection": "erp", "sql": source.folder,
            "entities": list(source.entities),
        }},
        "entities": {
            entity: {"name": entity, "country": "DE", "currency": "EUR"}
            for entity in source.entities
        },
    }))
    for stage in ("extract", "validate", "balance"):
        assert cli.main([stage, "--as-of", day, "--settings", str(settings)]) == 0
    lake = Lake(home / "home")
    return Books({
        entity: lake.official(as_of_date=date.fromisoformat(day), legal_entity_id=entity)
        for entity in source.entities
    })

