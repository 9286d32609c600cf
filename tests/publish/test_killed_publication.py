"""kill -9 while a night is published: the old night stands, or the new one, never a mix."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from company import DAY, Company, after
from killing import run, run_and_kill, warm_up
from receivables.lake import Night
from receivables.publish.snapshot import PUBLISHED, publish_to_warehouse, published_file
from receivables.settings import Settings
from seller import SETTINGS, content, copied

pytestmark = pytest.mark.slow

KILLS = 12
ITEMS = 3_000


def _enlarge(night: Night, marker: str) -> None:
    """Make a few thousand decisions and open items of one, all marked."""
    for table, column in (("decision", "reason_text"), ("aging_snapshot", "invoice_number")):
        file, new = published_file(night, table), published_file(night, f"{table}.new")
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (select * replace (invoice_id || '-' || range as invoice_id, "
                f"'{marker}' as {column}) from read_parquet('{file}'), range({ITEMS // 7})) "
                f"to '{new}' (format parquet)"
            )
        new.replace(file)


@pytest.fixture
def two_nights(published: Company, tmp_path: Path) -> tuple[Settings, Night, Night]:
    """The same day and legal entity twice, with different knowledge."""
    company = copied(published, tmp_path / "old")
    old = company.official()
    new = replace(
        copied(published, tmp_path / "new").official(), known_at=after(DAY).replace(hour=3)
    )
    for night, marker in ((old, "old"), (new, "new")):
        _enlarge(night, marker)
        registry = published_file(night, "night")
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (select * replace ('{marker}' as output_hash, "
                f"timestamp '{night.known_at.replace(tzinfo=None)}' as known_at) "
                f"from read_parquet('{registry}')) to '{registry}.new' (format parquet)"
            )
        Path(f"{registry}.new").replace(registry)
        night.record(output_hash=marker)
    return company.settings(**SETTINGS), old, new


def _publish(settings: Settings, night: Night) -> None:
    publish_to_warehouse(night, settings, _no_connection, status="published", is_restated=False)


def _no_connection(name: str) -> None:
    raise LookupError(name)


def test_a_killed_publication_leaves_one_night_or_the_other(
    two_nights: tuple[Settings, Night, Night], warehouse_url: str
) -> None:
    settings, old, new = two_nights
    settings = replace(settings, warehouse_url=warehouse_url)
    warm_up()
    snapshots, durations = {}, []
    for night, name in ((new, "new"), (old, "old")) * 2:
        durations.append(run(_publish, settings, night))
        snapshots[name] = content(warehouse_url)
    assert len(snapshots["old"]["decision"]) > 2_900
    assert snapshots["old"]["decision"] != snapshots["new"]["decision"]

    chance, kills, standing = random.Random(7), 0, old
    while kills < KILLS:
        night = new if standing is old else old
        kills += run_and_kill(chance, min(durations), _publish, settings, night)
        found = content(warehouse_url)
        assert found in (snapshots["old"], snapshots["new"]), "a mix of two nights"
        standing = old if found == snapshots["old"] else new
    run(_publish, settings, new)
    assert content(warehouse_url) == snapshots["new"]
    assert set(PUBLISHED) < set(snapshots["new"])
