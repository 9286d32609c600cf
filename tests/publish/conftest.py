"""Nights of the seller, published once and copied by the tests that change them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from company import Company
from seller import RELEASE, SETTINGS, copied, seller
from sqlalchemy.engine import make_url

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The seller after its first night, which drafted. Not to be changed: see `company`."""
    company = seller(tmp_path_factory.mktemp("published"))
    report = company.quick_night(release=RELEASE, settings=SETTINGS)
    assert (report.status, report.drafted) == ("published", report.notices)
    return company


@pytest.fixture
def company(published: Company, tmp_path: Path) -> Company:
    """The seller after its first night, to do with as a test likes."""
    return copied(published, tmp_path)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """An empty PostgreSQL database."""
    url = make_url(postgres_url)
    name = f"{url.database}_{next(_numbers)}"
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    request_url = url.set(database=name).render_as_string(hide_password=False)
    yield request_url
    with engine.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    engine.dispose()


@pytest.fixture(params=["duckdb", "postgresql"])
def warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place for a warehouse, on each of the two engines."""
    if request.param == "duckdb":
        return f"duckdb:///{tmp_path / 'elsewhere.duckdb'}"
    return request.getfixturevalue("postgres_database")
