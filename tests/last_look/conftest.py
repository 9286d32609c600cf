"""A night that drafted a letter to every debtor, run once for each kind of source and copied."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from company import ENTITY, Company
from debtors import EVENTS, FEW, book, write_database
from fresh_database import fresh_database
from receivables import night
from receivables.extract import difference
from seller import RELEASE, copied
from sqlalchemy.engine import make_url

DATABASE = {"kind": "sql", "connection": "erp", "incremental": True}


@pytest.fixture(scope="session")
def erp_url(postgres_url: str) -> Iterator[str]:
    """The ERP's own PostgreSQL database, told to the product as a connection."""
    with fresh_database(
        "Postgres", postgres_url, drop="with (force)", isolation_level="AUTOCOMMIT"
    ) as url, pytest.MonkeyPatch.context() as patch:
        connection = make_url(url).set(drivername="postgres")
        patch.setenv("AIRFLOW_CONN_ERP", connection.render_as_string(hide_password=False))
        patch.setattr(difference, "ROWS_MIN", 1)
        patch.setattr(difference, "CHANGED_PERCENT_MAX", 60)
        yield url


def draft(home: Path, source: dict[str, Any], erp_url: str | None = None) -> Company:
    """The debtors after a night that wrote to each of them."""
    company = book(Company(home))
    if erp_url is not None:
        write_database(company, erp_url)
    report = company.night(release=RELEASE, settings={"source": source})
    if report.not_drafted_because:
        night.accept(company.run(settings={"source": source}), ENTITY, because=RELEASE)
        run = company.run(release=RELEASE, settings={"source": source})
        report = night.publish(run, ENTITY)
    assert report.drafted == sum(event.debtors for event in EVENTS), report
    return company


@pytest.fixture(scope="session")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The debtors after the night on files. Not to be changed: see `company`."""
    return draft(tmp_path_factory.mktemp("drafted"), {})


@pytest.fixture(scope="session")
def drafted_from_database(tmp_path_factory: pytest.TempPathFactory, erp_url: str) -> Company:
    """The debtors after the night on a database. Not to be changed."""
    return draft(tmp_path_factory.mktemp("drafted_from_database"), DATABASE, erp_url)


@pytest.fixture
def company(drafted: Company, tmp_path: Path) -> Company:
    """The debtors after the night, to do with as a test likes; only the letters to FEW wait."""
    company = copied(drafted, tmp_path)
    few = ", ".join(f"'{customer}'" for customer in FEW)
    others = f"(select notice_id from outbox where customer_id not in ({few}))"
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as connection:
        for table in ("delivery_event", "outbox_item", "outbox"):
            connection.execute(f"delete from {table} where notice_id in {others}")
        connection.commit()
    return company
