"""ERPs in a database of their own: their real tables, a few rows in them, and a night on those."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy
import yaml
from company import read
from extract_source import resolver, table
from fresh_database import fresh_database
from receivables import night, settings
from receivables.lake import Extract, Night
from receivables.run import Run
from receivables.sql import SQL
from sqlalchemy.engine import make_url

MARIADB_URL = "mysql+pymysql://root@127.0.0.1:3306/test"

# A grant of some columns only, as a README writes it.
COLUMN_GRANT = re.compile(r"grant select (\([^)]+\)) on `[^`]+`\.(\w+) ")


@contextmanager
def erp_database(name: str) -> Iterator[str]:
    """The URL of a fresh MariaDB database with the tables and rows of `tests/extract/<name>`."""
    with fresh_database("MariaDB", MARIADB_URL, create="character set utf8mb4") as url:
        for file in ("schema.sql", "rows.sql"):
            execute(url, (Path(__file__).parent / name / file).read_text(encoding="utf-8"))
        yield url


def execute(url: str, statements: str) -> None:
    """Run statements, each ended by a semicolon at the end of a line."""
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        for statement in statements.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement.replace("%", "%%"))
    engine.dispose()


def proof(url: str, file: str) -> list[dict[str, Any]]:
    """The rows of a proof, which is run in the ERP's own database."""
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        text = (SQL / "extract" / file).read_text(encoding="utf-8")
        rows = [dict(row) for row in connection.exec_driver_sql(text).mappings()]
    engine.dispose()
    return rows


@contextmanager
def granted(url: str, folder: str, tables: str) -> Iterator[str]:
    """The URL of a login with the grants of a folder's README and no others.

    `tables` is a pattern of how the README writes the tables that are granted whole.
    """
    readme = (SQL / "extract" / folder / "README.md").read_text(encoding="utf-8")
    grants = readme.split("**Grants.**", 1)[1]
    granted = {f"`{name}`": "" for name in re.findall(tables, grants)}
    granted |= {name: columns for columns, name in COLUMN_GRANT.findall(grants)}
    database = make_url(url).database
    login = f"reader_{secrets.token_hex(4)}"
    execute(url, f"create user '{login}'@'%' identified by '{login}';\n")
    try:
        execute(url, "".join(
            f"grant select {columns} on `{database}`.{name} to '{login}'@'%';\n"
            for name, columns in granted.items()
        ))
        yield make_url(url).set(username=login, password=login).render_as_string(
            hide_password=False
        )
    finally:
        execute(url, f"drop user '{login}'@'%';\n")


class Nights:
    """The nights of a day on what an ERP's database holds, one for each legal entity."""

    def __init__(
        self, home: Path, url: str, folder: str, entities: dict[str, str], day: date,
        open_amounts: str = "from_allocations",
    ) -> None:
        body = {
            "home": "home", "time_zone": "UTC", "reporting_currency": "USD",
            "sources": {"erp": {"kind": "sql", "connection": "erp", "sql": folder,
                                "entities": list(entities), "open_amounts": open_amounts}},
            "entities": {
                name: {"name": name, "country": "DE", "currency": currency}
                for name, currency in entities.items()
            },
        }
        home.mkdir(parents=True, exist_ok=True)
        (home / "settings.yaml").write_text(yaml.safe_dump(body), encoding="utf-8")
        now = datetime.combine(day + timedelta(days=1), time(2), UTC)
        run = Run(settings=settings.load(home / "settings.yaml"), as_of_date=day, now=now,
                  resolve=resolver(url), progress=lambda line: None)
        extract = night.extract(run, "erp")
        assert extract is not None
        self.extract: Extract = extract
        self.nights: list[Night] = []
        for entity in entities:
            night.validate(run, entity)
            self.nights.append(night.balance(run, entity))

    def landed(self, name: str, *columns: str) -> set[tuple[str | None, ...]]:
        """Columns of a landed table, amounts without the zeros behind them."""
        return {tuple(_short(row[column]) for column in columns)
                for row in table(self.extract, name)}

    def read(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of a table of all nights, amounts as text without the zeros behind them."""
        rows = [row for one in self.nights for row in read(one, name, ", ".join(columns))]
        return sorted(tuple(map(_plain, row)) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _short(str(value))
    return value.isoformat() if isinstance(value, date) else value


def _short(text: str | None) -> str | None:
    if text is None or "." not in text or not text.replace(".", "").lstrip("-").isdigit():
        return text
    return text.rstrip("0").rstrip(".")
