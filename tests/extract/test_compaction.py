"""Compacting the landing changes where rows lie, and nothing that anybody ever knew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from changing_erp import ChangingErp
from company import DAY, ENTITY, Company, after
from extract_source import CUSTOMERS, Drops, below, table
from killing import dice, kills, run, run_and_kill, run_until_touch, warm_up
from receivables.errors import DataError
from receivables.extract import difference
from receivables.extract.compaction import compact
from receivables.lake import Extract, Lake
from receivables.replay import replay
from test_incremental import Landings


def known(lake: Lake) -> dict[str, dict[str, list[Any]]]:
    """What every extract knows of every table, rows in any order, whatever their numbers are."""
    found: dict[str, dict[str, list[Any]]] = {}
    for extract in lake.extracts("erp"):
        tables = found[extract.extract_id] = {}
        for name in extract.content["tables"]:
            rows = table(extract, name)
            numbers = [row.pop("source_row") for row in rows]
            assert len(set(numbers)) == len(numbers), "a number is one row's"
            tables[name] = sorted((tuple(row.items()) for row in rows), key=repr)
    return found


def said(extract: Extract) -> dict[str, Any]:
    """An extract's description but for where its tables lie."""
    where = {"compacted_in", "adds_to"}
    tables = {
        name: {key: value for key, value in entry.items() if key not in where}
        for name, entry in extract.content["tables"].items()
    }
    return {**extract.content, "tables": tables}


def silent(line: str) -> None:
    """Says nothing."""


@pytest.mark.slow
def test_what_every_extract_knew_is_as_it_was(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(difference, "ROWS_MIN", 1)
    monkeypatch.setattr(difference, "PARTS_MAX", 3)
    erp, landings = ChangingErp(postgres_url, seed=4), Landings(tmp_path / "erp", postgres_url)
    for night in range(8):
        landings.land(night, full=night == 2)
        erp.night(changes=5)
    lake = landings.lake
    before, descriptions = known(lake), [said(extract) for extract in lake.extracts("erp")]
    files = len(below(lake.landing / "erp"))

    compacted = compact("erp", lake=lake, progress=silent)

    assert compacted["invoice"] >= 4
    assert known(lake) == before
    assert [said(extract) for extract in lake.extracts("erp")] == descriptions
    assert compact("erp", lake=lake, progress=silent) == {}, "there is nothing left to do"
    landings.land(8)
    assert len(below(lake.landing / "erp")) <= files - 15, "the next extract removes the old files"
    after_that = known(lake)
    assert {name: after_that[name] for name in before} == before
    for night in range(9, 14):
        erp.night(changes=3)
        landings.land(night)
    before = known(lake)
    assert compact("erp", lake=lake, progress=silent)["invoice"] >= 2, "what came since"
    landings.land(14)
    after_that = known(lake)
    assert {name: after_that[name] for name in before} == before
    erp.engine.dispose()


def test_a_row_that_goes_and_comes_back_stands_when_it_stood(drops: Drops) -> None:
    other = "C2,DE,B,DE\n"
    for night, rows in enumerate(["", other, "", other + other, other, "", "C3,DE,C,DE\n"]):
        drops.write("customer.csv", CUSTOMERS + rows)
        drops.land(night=night)
    before = known(drops.lake)
    assert compact("erp", lake=drops.lake, progress=silent) == {"customer": 6}
    assert known(drops.lake) == before
    (file,) = (drops.landing / "customer").glob("*-compacted/history.parquet")
    with duckdb.connect() as engine:
        assert engine.read_parquet(str(file)).count("*").fetchall() == [(4,)], "each stay once"


def test_a_damaged_file_is_named_and_nothing_compacted(drops: Drops) -> None:
    extracts = []
    for night in range(3):
        drops.write("customer.csv", CUSTOMERS.replace("Muster", f"Muster {night}"))
        extracts.append(drops.land(night=night))
    (good,) = extracts[0].parts("customer")[0].iterdir()
    (bad,) = extracts[1].parts("customer")[0].iterdir()
    bad.write_bytes(good.read_bytes())
    before = below(drops.landing)
    with pytest.raises(DataError, match=f"{extracts[1].extract_id}: customer does not read back"):
        compact("erp", lake=drops.lake, progress=silent)
    assert below(drops.landing) == before
    assert drops.lake.extracts("erp") == extracts


@pytest.mark.slow
def test_nights_are_replayed_from_compacted_extracts(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.customer("C1")
    for number in range(4):
        company.invoice(f"I{number}", "100.00", "2026-03-01")
        if number == 2:
            company.rows["invoice"][0]["gross_amount"] = "90.00"
        company.night(DAY + timedelta(days=number))
    lake = Lake(company.home / "home")
    assert compact("erp", lake=lake, progress=silent)["invoice"] == 3
    for number in range(4):
        day = DAY + timedelta(days=number)
        again = replay(company.run(day, now=after(day)), ENTITY, silent)
        assert again.differences == (), f"{again.tables} tables of {day}"


def compact_in_a_process(home: Path) -> None:
    """Compacts, to be killed."""
    compact("erp", lake=Lake(home), progress=silent)


# How often one compaction makes, renames or removes a file, about.
TOUCHES_A_COMPACTION = 60


@pytest.mark.slow
def test_a_compaction_killed_at_any_moment_loses_nothing(drops: Drops) -> None:
    chance = dice(3)

    def changed(night: int) -> None:
        rows = "".join(f"C{n},DE,N{chance.randrange(9)},DE\n" for n in range(2, 3000))
        drops.write("customer.csv", CUSTOMERS + rows)
        drops.land(night=night)

    for night in range(6):
        changed(night)
    warm_up()
    seconds, killed = 0.5, 0
    nights = range(6, 6 + 2 * kills(6), 2)
    for night in nights:
        before = known(drops.lake)
        if night % 4:
            killed += run_and_kill(chance, seconds, compact_in_a_process, drops.lake.home)
        else:
            killed += run_until_touch(
                chance.randint(1, TOUCHES_A_COMPACTION), compact_in_a_process, drops.lake.home
            )
        assert known(drops.lake) == before
        changed(night)
        seconds = min(seconds, run(compact_in_a_process, drops.lake.home))
        found = known(drops.lake)
        assert {name: found[name] for name in before} == before
        changed(night + 1)
        for extract in drops.lake.extracts("erp")[:-9]:
            (extract.folder / f"{extract.extract_id}.json").unlink()
    print(f"{killed} of {len(nights)} killed before they were done")
    assert killed >= 0.3 * len(nights), "or the test shows nothing"
