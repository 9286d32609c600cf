"""What tests of every part may ask for."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy.engine import make_url

POSTGRES_URL = "postgresql+psycopg://root@127.0.0.1:5432/test"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A fresh PostgreSQL database for this session, dropped at its end.

    RECEIVABLES_TEST_POSTGRES_URL names the server and a login that may create databases. Where CI
    is set, a missing server is a failure: a test that nobody runs proves nothing.
    """
    server = make_url(os.environ.get("RECEIVABLES_TEST_POSTGRES_URL", POSTGRES_URL))
    engine = sqlalchemy.create_engine(
        server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5}
    )
    name = f"receivables_test_{secrets.token_hex(6)}"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"create database {name}")
    except sqlalchemy.exc.OperationalError:
        if os.environ.get("CI"):
            pytest.fail(f"no PostgreSQL at {server.host}:{server.port}, and CI needs one")
        pytest.skip(f"no PostgreSQL at {server.host}:{server.port}; start one, or name it in "
                    "RECEIVABLES_TEST_POSTGRES_URL")
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    engine.dispose()
