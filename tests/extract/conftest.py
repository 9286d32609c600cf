"""A lake, sources and databases for the tests of `extract`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import sqlalchemy
from extract_source import Drops
from receivables.lake import Lake
from sqlalchemy.engine import make_url

MARIADB_URL = "mysql+pymysql://root@127.0.0.1:3306/test"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "home")


@pytest.fixture
def drops(tmp_path: Path, lake: Lake) -> Drops:
    """A directory with the least that a source must give, to add to and to land."""
    directory = tmp_path / "drops"
    directory.mkdir()
    return Drops(directory, lake)


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    """A fresh MariaDB database for this session, dropped at its end.

    RECEIVABLES_TEST_MARIADB_URL names the server and a login that may create databases.
    """
    server = make_url(os.environ.get("RECEIVABLES_TEST_MARIADB_URL", MARIADB_URL))
    engine = sqlalchemy.create_engine(server, connect_args={"connect_timeout": 5})
    name = f"receivables_test_{secrets.token_hex(6)}"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"create database {name} character set utf8mb4")
    except sqlalchemy.exc.OperationalError:
        if os.environ.get("CI"):
            pytest.fail(f"no MariaDB at {server.host}:{server.port}, and CI needs one")
        pytest.skip(f"no MariaDB at {server.host}:{server.port}; start one, or name it in "
                    "RECEIVABLES_TEST_MARIADB_URL")
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"drop database {name}")
    engine.dispose()


@pytest.fixture
def database_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Mapping[str, str]:
    """The URL of an empty database by name: each is asked for when it is first looked up."""

    class Urls(dict[str, str]):
        def __missing__(self, name: str) -> str:
            if name == "sqlite":
                return f"sqlite:///{tmp_path / 'erp.sqlite'}"
            return str(request.getfixturevalue(f"{name}_url"))

    return Urls()
