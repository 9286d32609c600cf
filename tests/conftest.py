"""What tests of every part may ask for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy
from fresh_database import fresh_database
from receivables.dispatch.outbox import Outbox
from sqlalchemy.engine import make_url

# What a test decides about is a few rows: threads would only wait for each other, on every core at
# once. Processes that tests start have as many as the product takes.
_connect = duckdb.connect


def _connect_with_one_thread(*words: Any, **names: Any) -> duckdb.DuckDBPyConnection:
    connection = _connect(*words, **names)
    connection.execute("set threads = 1")
    return connection


duckdb.connect = _connect_with_one_thread

POSTGRES_URL = "postgresql+psycopg://root@127.0.0.1:5432/test"


_schema_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A fresh PostgreSQL database for this session, dropped at its end."""
    with fresh_database(
        "Postgres", POSTGRES_URL, drop="with (force)", isolation_level="AUTOCOMMIT"
    ) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def outbox_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place for an outbox, on each of the two engines."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'outbox.sqlite'}"
    database = make_url(request.getfixturevalue("postgres_url"))
    schema = f"outbox_{next(_schema_numbers)}"
    engine = sqlalchemy.create_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create schema {schema}")
    engine.dispose()
    url = database.update_query_dict({"options": f"-csearch_path={schema}"})
    return url.render_as_string(hide_password=False)


@pytest.fixture
def outbox(outbox_url: str) -> Iterator[Outbox]:
    opened = Outbox(outbox_url)
    yield opened
    opened.close()
