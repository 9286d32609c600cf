"""A database of its own for a test session, on a server that is to be had."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.engine import make_url


@contextmanager
def fresh_database(
    kind: str, default_url: str, *, create: str = "", drop: str = "", **options: Any
) -> Iterator[str]:
    """The URL of a fresh database, dropped at the end; `create` and `drop` end those statements.

    RECEIVABLES_TEST_<KIND>_URL names the server and a login that may create databases. Where CI
    is set, a missing server is a failure: a test that nobody runs proves nothing.
    """
    variable = f"RECEIVABLES_TEST_{kind.upper()}_URL"
    server = make_url(os.environ.get(variable, default_url))
    engine = sqlalchemy.create_engine(server, connect_args={"connect_timeout": 5}, **options)
    name = f"receivables_test_{secrets.token_hex(6)}"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"create database {name} {create}")
    except sqlalchemy.exc.OperationalError:
        where = f"no {kind} at {server.host}:{server.port}"
        if os.environ.get("CI"):
            pytest.fail(f"{where}, and CI needs one")
        pytest.skip(f"{where}; start one, or name it in {variable}")
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} {drop}")
    engine.dispose()
