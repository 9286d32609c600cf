"""An incremental landing that is killed leaves nothing half-landed, and the next one starts anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy
from extract_source import FIRST_NIGHT, below, resolver, sql_source
from killing import dice, kills, run, run_and_kill, run_until_touch, warm_up
from receivables.extract import land
from receivables.lake import Extract, Lake, part_ids
from receivables.settings import Source

ROWS = 40_000

# How often a landing of this source makes, renames or removes a file, about.
TOUCHES_A_LANDING = 60
RECEIPTS = """
drop table if exists killed_receipt;
create table killed_receipt as
select n as receipt_id, 'DE' as legal_entity_id, 'C1' as customer_id, date '2026-01-01'
    as receipt_date, 'EUR' as currency, n / 100.0 as amount from generate_series(1, {rows}) as n
"""


def source(folder: Path) -> Source:
    plain = sql_source(folder, receipt="select * from killed_receipt")
    return Source(
        name=plain.name, kind="sql", connection="erp", directory=None, sql=plain.sql,
        entities=plain.entities, open_amounts=plain.open_amounts, incremental=True,
    )


def land_night(folder: Path, home: Path, url: str, number: int, full: bool = False) -> Extract:
    return land(source(folder), lake=Lake(home), known_at=FIRST_NIGHT + timedelta(days=number),
                resolve=resolver(url), progress=lambda line: None, full=full)


def land_in_a_process(folder: Path, home: Path, url: str, number: int) -> None:
    land_night(folder, home, url, number)


@pytest.mark.slow
def test_a_landing_killed_at_any_moment_is_made_up_for_by_the_next(
    tmp_path: Path, postgres_url: str
) -> None:
    erp = sqlalchemy.create_engine(postgres_url)
    with erp.begin() as server:
        server.exec_driver_sql(RECEIPTS.format(rows=ROWS))
    arguments = tmp_path / "sql", tmp_path / "home", postgres_url
    landing, chance, killed, in_parts = land_night(*arguments, 0).folder, dice(5), 0, 0
    warm_up()
    seconds = run(land_in_a_process, *arguments, 1)
    nights = range(2, 2 + kills(8))
    for number in nights:
        with erp.begin() as server:
            server.exec_driver_sql("update killed_receipt set amount = amount + 1 "
                                   f"where mod(receipt_id, 97) = {number % 97}")
            server.exec_driver_sql(f"delete from killed_receipt where mod(receipt_id, 997) = {number}")
        before = below(landing)
        if number % 2:
            run_and_kill(chance, seconds, land_in_a_process, *arguments, number)
        else:
            run_until_touch(chance.randint(1, TOUCHES_A_LANDING), land_in_a_process, *arguments,
                            number)
        killed += descriptions(below(landing)) == descriptions(before)
        changed = land_night(*arguments, number)
        read = land_night(tmp_path / "sql", tmp_path / f"full{number}", postgres_url, number)
        entry = changed.content["tables"]["receipt"]
        assert entry["content_hash"] == read.content["tables"]["receipt"]["content_hash"]
        is_in_parts = len(part_ids(entry)) > 1
        in_parts += is_in_parts
        assert not [name for name in below(landing) if ".unfinished" in name or "partial" in name]
        stored = len(set(below(landing)) - set(before))
        assert stored == 2 + is_in_parts, "the description, what came, what went"
    print(f"{killed} of {len(nights)} killed before they had landed, {in_parts} landed in parts")
    assert in_parts >= 0.9 * len(nights)
    assert killed >= 0.3 * len(nights), "or the test shows nothing"
    erp.dispose()


def descriptions(names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".json")]
