"""Sources of kind `sql`: SELECTs run in the ERP's own database, all of them on one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from receivables.connections import Connection, Resolver, database_url
from receivables.errors import DataError, SettingsError, TransientError
from receivables.extract.difference import DIALECTS, Difference
from receivables.extract.queries import Query, Selection
from receivables.extract.reader import BATCH, Reader
from receivables.settings import Source

# SQLSTATE classes, and the numbers of SQLite and MariaDB, of what may well work when it is tried
# again: connection lost, transaction rolled back, resources short, operator intervention.
TRANSIENT_CLASSES = ("08", "40", "53", "55", "57")
TRANSIENT_NUMBERS = frozenset({5, 6, 1040, 1053, 1205, 1213, 2002, 2003, 2006, 2013, 2055})

# Classes of what a person has to put right in the SELECT, the schema or the grants.
STATEMENT_CLASSES = ("25", "42", "0A", "3F")
STATEMENT_NUMBERS = frozenset({1, 8, 1044, 1049, 1054, 1064, 1142, 1143, 1146, 1305, 1370})


def select(
    source: Source,
    queries: list[Query],
    *,
    folder: Path,
    resolve: Resolver,
    progress: Callable[[str], None],
    difference: Difference | None = None,
) -> Iterator[Selection]:
    """The tables that a source's database gives at one moment, each written as text below `folder`.

    With a `difference`, rows carry fingerprints, and of tables that it knows only changes are read.
    Raises SettingsError for a SELECT that the database refuses, DataError for values that cannot be
    landed, TransientError when the database cannot be reached or gives up.
    """
    assert source.connection is not None
    connection = resolve(source.connection)
    with _snapshot(source, connection) as snapshot:
        dialect = DIALECTS.get(snapshot.dialect.name)
        if difference is not None and dialect is None:
            progress(f"{source.name}: {snapshot.dialect.name} cannot tell what changed; "
                     "every table is read whole")
        for query in queries:
            reader = Reader(snapshot, query, folder / query.table.name, connection.id, progress)
            with _asking(query.where):
                if difference is None or dialect is None:
                    selection = reader.whole()
                else:
                    selection = reader.changed(dialect, difference)
            yield selection


@contextmanager
def _snapshot(source: Source, connection: Connection) -> Iterator[sa.Connection]:
    """A read-only transaction in which every SELECT sees one moment, where the database can."""
    where = f"source {source.name}, connection {connection.id}"
    url = database_url(connection)
    if connection.kind == "sqlite" and not Path(url.database or "").is_file():
        raise SettingsError([f"{where}: {url.database} is no SQLite file; correct "
                             f"AIRFLOW_CONN_{connection.id.upper()}"])
    engine = sa.create_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        with _asking(where):
            database = engine.connect()
        with database:
            with _asking(where):
                database = _begun(database)
            yield database
    finally:
        engine.dispose()


def _begun(database: sa.Connection) -> sa.Connection:
    match database.dialect.name:
        case "postgresql":
            database = database.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            database.exec_driver_sql("set datestyle = 'ISO'")
        case "mysql" | "mariadb":
            database = database.execution_options(isolation_level="REPEATABLE READ")
            database.exec_driver_sql("set time_zone = '+00:00'")
            database.exec_driver_sql("start transaction with consistent snapshot, read only")
        case "sqlite":
            database.exec_driver_sql("pragma query_only = on")
            database.exec_driver_sql("begin")
    # The text goes to the driver as it stands: a colon or a percent sign in it means itself.
    return database.execution_options(
        stream_results=True, max_row_buffer=BATCH, no_parameters=True
    )


@contextmanager
def _asking(where: str) -> Iterator[None]:
    """Turns a database's complaint into the error of who must act; values are left out of it."""
    try:
        yield
    except sa.exc.NoSuchModuleError as missing:
        raise SettingsError([f"{where}: {missing}; install the driver"]) from None
    except sa.exc.ResourceClosedError:
        raise SettingsError([f"{where}: the statement gives no rows; write a SELECT"]) from None
    except sa.exc.DBAPIError as failed:
        raise _error(where, failed) from None


def _error(where: str, failed: sa.exc.DBAPIError) -> Exception:
    original = failed.orig
    state = str(getattr(original, "sqlstate", None) or "")
    number = getattr(original, "sqlite_errorcode", None)
    if number is None and original is not None and original.args:
        number = original.args[0]
    said = str(original).split("\n", 1)[0]
    if number == 1045 or state.startswith("28") or "authentication failed" in said:
        return SettingsError([f"{where}: the database refuses the login; correct the connection"])
    # psycopg gives no state when there is not even a connection.
    unconnected = isinstance(failed, sa.exc.OperationalError) and not (state or failed.statement)
    if failed.connection_invalidated or unconnected or state.startswith(TRANSIENT_CLASSES) or (
        number in TRANSIENT_NUMBERS
    ):
        return TransientError(f"{where}: the database does not answer or gave up: {said}")
    if state.startswith(STATEMENT_CLASSES) or number in STATEMENT_NUMBERS:
        return SettingsError([f"{where}: {said}; correct the SELECT, which may only read, or the "
                              "grants"])
    kind = type(original).__name__
    return DataError(f"{where}: the database cannot compute the SELECT ({kind} {state or number}); "
                     "run it there to see the value at fault")
