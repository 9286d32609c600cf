"""Outboxes on both engines."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from receivables.dispatch.outbox import Outbox
from senders import Senders, forking, journal_of
from sqlalchemy.engine import make_url

_schema_numbers = itertools.count(1)


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
    journal_of(outbox_url).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def senders() -> Iterator[Senders]:
    """Where senders that are to be killed come from."""
    with forking() as started:
        yield started
