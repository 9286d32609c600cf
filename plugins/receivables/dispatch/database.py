"""The outbox's database: opened on first use, in transactions, with errors that name nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from receivables.dispatch import schema
from receivables.errors import DataError, SettingsError, TransientError

BUSY_SECONDS = 30


class Database:
    """What the parts of the outbox share. Tables are created on first use."""

    def __init__(self, url: str) -> None:
        self._url = url

    @cached_property
    def _engine(self) -> Engine:
        engine = open_engine(self._url)
        with _plain_errors():
            schema.create(engine)
        return engine

    def close(self) -> None:
        """Let go of the database."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _plain_errors(), self._engine.execution_options(is_write=True).begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _plain_errors(), self._engine.begin() as connection:
            yield connection


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Database errors without the row they were about: rows hold personal data."""
    try:
        yield
    except OperationalError as failed:
        raise TransientError(
            f"the outbox did not answer ({type(failed.orig).__name__}); nothing was changed by "
            "this step; try again"
        ) from None
    except DBAPIError as failed:
        raise DataError(
            f"the outbox refused a row ({type(failed.orig).__name__}); no part of it was kept"
        ) from None


def open_engine(url: str) -> Engine:
    """An engine for the outbox; parameters never show in its errors, for they are personal data.

    Raises SettingsError if the URL is neither an SQLite file nor a PostgreSQL database.
    """
    target = make_url(url)
    if target.drivername == "postgresql":
        target = target.set(drivername="postgresql+psycopg")
    if target.drivername == "postgresql+psycopg":
        return create_engine(target, hide_parameters=True, pool_pre_ping=True)
    if target.get_backend_name() != "sqlite" or target.database in (None, "", ":memory:"):
        raise SettingsError(
            [f"outbox_url: {target.drivername} cannot hold the outbox; give an sqlite:/// file "
             "or a postgresql+psycopg:// database"]
        )
    file = Path(str(target.database))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    engine = create_engine(
        target, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late (before the first write, not the first read).
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    _enter_wal(cursor)
    cursor.execute("pragma synchronous = full")
    cursor.execute("pragma foreign_keys = on")
    cursor.close()


def _enter_wal(cursor: Any) -> None:
    """Write-ahead logging; the switch does not wait for a lock by itself, so it is repeated."""
    for attempt in range(100):
        try:
            if cursor.execute("pragma journal_mode = wal").fetchone()[0] == "wal":
                return
        except Exception as busy:
            if "locked" not in str(busy) or attempt == 99:
                raise
        time.sleep(0.05)


def _begin_sqlite(connection: Connection) -> None:
    is_write = connection.get_execution_options().get("is_write", False)
    connection.exec_driver_sql("begin immediate" if is_write else "begin")
