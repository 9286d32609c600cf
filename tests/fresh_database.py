"""A database of its own for a test session, on a server that is to be had."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
import sqlalchemy
from sqlalchemy.engine import make_url


def absent(what: str, remedy: str) -> NoReturn:
    """Skip the test; where CI is set, fail it: a test that nobody runs proves nothing."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and CI needs it: {remedy}")
    pytest.skip(f"{what}: {remedy}")


@contextmanager
def fresh_database(
    kind: str, default_url: str, *, create: str = "", drop: str = "", **options: Any
) -> Iterator[str]:
    """The URL of a fresh database, dropped at the end; `create` and `drop` end those statements.

    RECEIVABLES_TEST_<KIND>_URL names the server and a login that may create databases.
    """
    variable = f"RECEIVABLES_TEST_{kind.upper()}_URL"
    server = make_url(os.environ.get(variable, default_url))
    engine = sqlalchemy.create_engine(server, connect_args={"connect_timeout": 5}, **options)
    name = f"receivables_test_{secrets.token_hex(6)}"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"create database {name} {create}")
    except sqlalchemy.exc.OperationalError:
        absent(f"no {kind} at {server.host}:{server.port}", f"start one, or name it in {variable}")
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} {drop}")
    engine.dispose()
