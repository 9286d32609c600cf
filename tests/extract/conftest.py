"""A lake, sources and databases for the tests of `extract`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from erp_database import MARIADB_URL
from extract_source import Drops
from fresh_database import fresh_database
from receivables.extract import difference
from receivables.lake import Lake


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
    """A fresh MariaDB database for this session, dropped at its end."""
    with fresh_database("MariaDB", MARIADB_URL, create="character set utf8mb4") as url:
        yield url


@pytest.fixture
def database_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Mapping[str, str]:
    """The URL of an empty database by name: each is asked for when it is first looked up."""

    class Urls(dict[str, str]):
        def __missing__(self, name: str) -> str:
            if name == "sqlite":
                return f"sqlite:///{tmp_path / 'erp.sqlite'}"
            return str(request.getfixturevalue(f"{name}_url"))

    return Urls()


@pytest.fixture
def small_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables of some rows count as large, so that only what changed is read."""
    monkeypatch.setattr(difference, "ROWS_MIN", 1)
    monkeypatch.setattr(difference, "CHANGED_PERCENT_MAX", 1000)
