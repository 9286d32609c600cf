"""The warehouse: the same on both engines, whole or not at all, a day and legal entity at a time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from company import DAY, ENTITY, Company, after, read
from receivables import night
from receivables.contract import INCLUDE
from receivables.errors import TransientError
from receivables.publish import warehouse
from seller import NEXT_DAY, SETTINGS, asking, content, query


def publish(company: Company, url: str, **values: Any):
    run = company.run(settings={**SETTINGS, "warehouse_url": url}, **values)
    return night.publish(run, ENTITY)


def test_both_engines_hold_the_same_rows(
    published: Company, company: Company, postgres_database: str
) -> None:
    publish(company, postgres_database)
    url = f"duckdb:///{published.home / 'home' / 'warehouse.duckdb'}"
    in_duckdb, in_postgresql = content(url), content(postgres_database)
    for table in warehouse.tables():
        assert in_duckdb[table] == in_postgresql[table], table
    filled = {table for table, rows in in_duckdb.items() if rows}
    assert filled == set(warehouse.tables()) - {
        "quarantine", "restatement", "blast_radius", "write_off_proposal",
    }


def test_every_aging_bucket_is_summed_into_a_column_of_its_own() -> None:
    buckets = yaml.safe_load((INCLUDE / "aging_buckets.yaml").read_text(encoding="utf-8"))
    columns = list(warehouse.tables()["aging_by_customer"]["columns"])
    first, beyond = columns.index("currency") + 1, columns.index("open_amount")
    assert [bucket["column"] for bucket in buckets] == columns[first:beyond]


@pytest.mark.parametrize("table", list(warehouse.tables()))
def test_no_key_stands_twice(published: Company, table: str) -> None:
    url = f"duckdb:///{published.home / 'home' / 'warehouse.duckdb'}"
    key = ", ".join(warehouse.tables()[table]["key"])
    assert query(
        url, f"select {key} from receivables.{table} group by {key} having count(*) > 1"
    ) == []


def test_publishing_again_changes_nothing(company: Company, warehouse_url: str) -> None:
    publish(company, warehouse_url)
    before, places = content(warehouse_url), _places(warehouse_url)
    report = publish(company, warehouse_url)
    assert report.is_unchanged
    assert content(warehouse_url) == before
    assert _places(warehouse_url) == places, "rows were written anew"


def _places(url: str) -> list[Any]:
    """Where each row stands, and which transaction wrote it."""
    place = "rowid, 0" if url.startswith("duckdb") else "ctid::text, xmin::text"
    with asking(url) as ask:
        return [
            ask(f"select {place} from receivables.{table} order by 1, 2")
            for table in warehouse.tables()
        ]


def test_a_night_replaces_its_day_and_legal_entity_and_nothing_else(
    company: Company, warehouse_url: str
) -> None:
    publish(company, warehouse_url)
    company.quick_night(NEXT_DAY, settings={**SETTINGS, "warehouse_url": warehouse_url})
    _write(warehouse_url, f"""
        insert into receivables.decision (as_of_date, legal_entity_id, invoice_id)
        values (date '{DAY}', 'E2', 'I1')
    """)
    whole = content(warehouse_url)
    _write(warehouse_url, f"update receivables.decision set outcome = 'wrong' "
                          f"where as_of_date = '{DAY}' and legal_entity_id = '{ENTITY}'")
    _write(warehouse_url, f"update receivables.night set output_hash = 'wrong' "
                          f"where as_of_date = '{DAY}'")
    assert not publish(company, warehouse_url).is_unchanged
    assert content(warehouse_url) == whole


def _write(url: str, text: str) -> None:
    with warehouse.open_warehouse(url) as opened:
        opened.execute(text)


def test_what_fails_halfway_leaves_what_stood(company: Company, warehouse_url: str) -> None:
    publish(company, warehouse_url)
    before = content(warehouse_url)
    official = company.official()
    files = {"decision": official.file("publish/decision"), "notice": Path("/nowhere.parquet")}
    with pytest.raises(duckdb.IOException), warehouse.open_warehouse(warehouse_url) as opened:
        warehouse.replace_night(
            opened, as_of_date=DAY, legal_entity_id=ENTITY, files=files
        )
    assert content(warehouse_url) == before


def test_every_table_and_column_is_explained_in_the_database(
    company: Company, warehouse_url: str
) -> None:
    publish(company, warehouse_url)
    if warehouse_url.startswith("duckdb"):
        asked = "select table_name, column_name, comment from duckdb_columns() " \
                "where schema_name = 'receivables'"
        tables_asked = "select table_name, comment from duckdb_tables() union all " \
                       "select view_name, comment from duckdb_views() " \
                       "where schema_name = 'receivables'"
    else:
        asked = "select table_name, column_name, col_description(format('receivables.%%I', " \
                "table_name)::regclass, ordinal_position) from information_schema.columns " \
                "where table_schema = 'receivables'"
        tables_asked = "select relname, obj_description(oid) from pg_class " \
                       "where relnamespace = 'receivables'::regnamespace and relkind in ('r', 'v')"
    comments = {(table, column): said for table, column, said in query(warehouse_url, asked)}
    explained = {**warehouse.tables(), **warehouse.views()}
    assert comments == {
        (name, column): said
        for name, table in explained.items()
        for column, (_, said) in table["columns"].items()
    }
    told = dict(query(warehouse_url, tables_asked))
    assert set(told) == set(explained)
    assert all(told[name].startswith(table["about"]) for name, table in explained.items())


def test_the_files_of_a_night_have_the_columns_of_the_warehouse(published: Company) -> None:
    official = published.official()
    for name, table in warehouse.tables().items():
        if name == "restatement":
            continue  # an official night has none; a night as known later is compared elsewhere
        with duckdb.connect() as connection:
            file = str(official.file(f"publish/{name}"))
            described = connection.execute("describe from read_parquet(?)", [file]).fetchall()
        columns = {row[0]: row[1] for row in described}
        assert set(columns) == set(table["columns"]), name
        floats = {column for column, kind in columns.items() if kind in ("DOUBLE", "FLOAT")}
        assert not floats, name


def test_a_reader_holds_up_the_duckdb_warehouse_for_a_while_and_harms_nothing(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"duckdb:///{tmp_path / 'read.duckdb'}"
    publish(company, url)
    before = content(url)
    _write(url, "update receivables.night set output_hash = 'wrong'")
    reading = subprocess.Popen(
        [sys.executable, "-c", "import duckdb, sys; "
         f"c = duckdb.connect({str(tmp_path / 'read.duckdb')!r}, read_only=True); "
         "print('open', flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert reading.stdout is not None and reading.stdout.readline() == "open\n"
    monkeypatch.setattr(warehouse, "LOCK_SECONDS", 0.5)
    with pytest.raises(TransientError, match="another process"):
        publish(company, url)
    reading.communicate("")
    publish(company, url)
    assert content(url) == before


def test_readers_of_postgresql_see_one_night_or_the_other(
    company: Company, postgres_database: str
) -> None:
    """While nights are replaced, each statement of a reader sees rows and registry of one night."""
    url = postgres_database
    company.quick_night(DAY, settings={**SETTINGS, "warehouse_url": url})
    [(whole,)] = query(url, "select count(*) from receivables.aging_snapshot")
    seen, done = set(), threading.Event()

    def read_on() -> None:
        with asking(url) as ask:
            while not done.is_set():
                seen.update(ask("""
                    select (select count(*) from receivables.aging_snapshot),
                        (select count(*) from receivables.decision),
                        (select count(*) from receivables.night)
                """))

    reader = threading.Thread(target=read_on)
    reader.start()
    official = company.official()
    files = {name: official.file(f"publish/{name}") for name in ("aging_snapshot", "decision")}
    for _ in range(20):
        with warehouse.open_warehouse(url) as opened:
            warehouse.replace_night(opened, as_of_date=DAY, legal_entity_id=ENTITY, files=files)
    done.set()
    reader.join()
    assert seen == {(whole, whole, 1)}


def test_a_restated_night_stands_beside_the_official_one(company: Company) -> None:
    url = f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}"
    before = content(url)
    known_at = after(DAY) + timedelta(hours=5)
    company.add("invoice", invoice_id="LATE", gross_amount="11.00", due_date="2026-03-01")
    _as_known(company, known_at)
    run = company.run(
        settings=SETTINGS, known_at=known_at, now=known_at + timedelta(hours=1), release="again"
    )
    for stage in (night.balance, night.select):
        stage(run, ENTITY)
    report = night.publish(run, ENTITY)
    assert (report.status, report.drafted) == ("restated", 0)
    assert report.not_drafted_because == "a restatement never writes to anybody"
    restated = content(url)
    assert len(restated.pop("night")) == 2
    [difference] = restated.pop("restatement")
    assert difference[4:12] == ("open_item", "LATE", 1, "C1", "EUR", "0.0000", "11.0000", "11.0000")
    del before["restatement"]
    assert restated == {table: rows for table, rows in before.items() if table != "night"}
    assert not (night.publish(company.run(settings=SETTINGS), ENTITY)).drafted
    registry = query(url, "select is_restated, status from receivables.night order by all")
    assert registry == [(False, "published"), (True, "restated")], "the official one stays"


def _as_known(company: Company, known_at: Any) -> None:
    """The ledger of a restated night."""
    made = company.ledger(NEXT_DAY)
    restated = company.run(settings=SETTINGS).lake.night(
        as_of_date=DAY, legal_entity_id=ENTITY, known_at=known_at
    )
    shutil.move(made.folder, restated.folder)


def test_a_night_asked_for_before_the_official_one_is_not_official(company: Company) -> None:
    known_at = after(NEXT_DAY) + timedelta(minutes=1)
    made = company.ledger(NEXT_DAY)
    asked = company.run(NEXT_DAY, known_at=known_at, now=known_at, release="x", settings=SETTINGS)
    made.folder.rename(made.folder.with_name(night.night_of(asked, ENTITY).folder.name))
    for stage in (night.balance, night.select):
        stage(asked, ENTITY)
    report = night.publish(asked, ENTITY)
    assert (report.status, report.drafted) == ("restated", 0)


def test_the_warehouse_knows_what_became_of_a_notice_even_if_it_was_not_told(
    company: Company, warehouse_url: str
) -> None:
    """A run that dies between drafting and telling finance is made good by the next."""
    publish(company, warehouse_url)
    told = content(warehouse_url)["notice"]
    _write(warehouse_url, "update receivables.notice set status = 'not_drafted', drafted_at = null")
    publish(company, warehouse_url)
    assert content(warehouse_url)["notice"] == told
    assert {row[0] for row in query(warehouse_url, "select status from receivables.notice")} == {
        "released"
    }


def test_open_amounts_of_the_snapshot_are_those_of_the_night(published: Company) -> None:
    url = f"duckdb:///{published.home / 'home' / 'warehouse.duckdb'}"
    columns = "invoice_id, instalment_no, open_amount, interest_amount"
    kept = read(published.official(), "open_item", columns)
    shown = query(url, f"select {columns} from receivables.aging_snapshot order by all")
    assert shown == kept
    assert len(shown) == 8


def test_a_duckdb_file_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB leaves an empty file if it is killed while it makes one, and cannot open that."""
    file = tmp_path / "new.duckdb"
    link, seen = warehouse.os.link, []

    def look(partial: Path, target: Path) -> None:
        seen.append((file.exists(), duckdb.connect(str(partial)).close()))
        link(partial, target)

    monkeypatch.setattr(warehouse.os, "link", look)
    with warehouse.open_warehouse(f"duckdb:///{file}"):
        pass
    assert seen == [(False, None)]
    assert list(tmp_path.iterdir()) == [file]


def test_a_column_that_a_newer_version_added_joins_a_warehouse_that_is_there(
    company: Company, warehouse_url: str
) -> None:
    publish(company, warehouse_url)
    whole = content(warehouse_url)
    _write(warehouse_url, "alter table receivables.notice drop column claimed_amount")
    _write(warehouse_url, f"update receivables.night set output_hash = 'older' "
                          f"where as_of_date = '{DAY}'")
    publish(company, warehouse_url)
    amounts = "select notice_id, cast(claimed_amount as varchar) from receivables.notice"
    names = list(warehouse.tables()["notice"]["columns"])
    at = names.index("notice_id"), names.index("claimed_amount")
    assert sorted(query(warehouse_url, amounts)) == sorted(
        tuple(row[place] for place in at) for row in whole["notice"]
    )


def test_a_column_that_a_newer_version_withdrew_goes_with_what_it_held(
    company: Company, warehouse_url: str
) -> None:
    publish(company, warehouse_url)
    _write(warehouse_url, "alter table receivables.work_list add column contact_name varchar")
    publish(company, warehouse_url)
    names = {name for (name,) in query(warehouse_url, "select column_name from information_schema."
             "columns where table_schema = 'receivables' and table_name = 'work_list'")}
    assert names == set(warehouse.tables()["work_list"]["columns"])
