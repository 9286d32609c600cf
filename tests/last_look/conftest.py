"""A night that drafted a letter to every debtor, run once on a database and copied by the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from company import ENTITY, Company
from debtors import EVENTS, book, write_database
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


@pytest.fixture(scope="session")
def drafted(tmp_path_factory: pytest.TempPathFactory, erp_url: str) -> Company:
    """The debtors after the night that wrote to each of them. Not to be changed: see `company`."""
    company = book(Company(tmp_path_factory.mktemp("drafted")))
    write_database(company, erp_url)
    source = {"source": DATABASE}
    report = company.night(release=RELEASE, settings=source)
    if report.not_drafted_because:
        night.accept(company.run(settings=source), ENTITY, because=RELEASE)
        report = night.publish(company.run(release=RELEASE, settings=source), ENTITY)
    assert report.drafted == sum(event.debtors for event in EVENTS), report
    return company


@pytest.fixture
def company(drafted: Company, tmp_path: Path) -> Company:
    """The debtors after the night, to do with as a test likes; the ERP is files from now on."""
    company = copied(drafted, tmp_path)
    company.write_erp()
    return company
