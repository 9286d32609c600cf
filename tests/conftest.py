"""What tests of every part may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fresh_database import fresh_database

POSTGRES_URL = "postgresql+psycopg://root@127.0.0.1:5432/test"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A fresh PostgreSQL database for this session, dropped at its end."""
    with fresh_database(
        "Postgres", POSTGRES_URL, drop="with (force)", isolation_level="AUTOCOMMIT"
    ) as url:
        yield url
