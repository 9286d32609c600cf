"""What is read of an incremental source is what a full read gives, night after night."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from changing_erp import SELECTS, ChangingErp, erp_source
from extract_source import FIRST_NIGHT, below, resolver, sql_source, table
from receivables import contract, settings
from receivables.errors import DataError, SettingsError
from receivables.extract import difference, land
from receivables.lake import Extract, Lake, Night, part_ids
from receivables.settings import Source
from receivables.validate import validate

HISTORY = ("invoice", "instalment", "receipt", "allocation")


@pytest.fixture
def small_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables of some rows count as large."""
    monkeypatch.setattr(difference, "ROWS_MIN", 1)
    monkeypatch.setattr(difference, "CHANGED_PERCENT_MAX", 60)


@pytest.fixture
def erp(postgres_url: str, small_tables: None) -> Iterator[ChangingErp]:
    changing = ChangingErp(postgres_url, seed=1)
    yield changing
    changing.engine.dispose()


class Landings:
    """The same ERP landed into a lake, night by night."""

    def __init__(self, home: Path, url: str, **selects: str) -> None:
        self.home, self.url, self.selects = home, url, selects
        self.lake = Lake(home)
        self.said: list[str] = []
        home.mkdir()

    def source(self, *, incremental: bool = True) -> Source:
        return erp_source(self.home / "sql", incremental=incremental, **self.selects)

    def land(self, night: int, *, full: bool = False, incremental: bool = True) -> Extract:
        self.said.clear()
        return land(
            self.source(incremental=incremental), lake=self.lake, full=full,
            known_at=FIRST_NIGHT + timedelta(days=night), resolve=resolver(self.url),
            progress=self.said.append,
        )


@pytest.fixture
def landings(tmp_path: Path, erp: ChangingErp, postgres_url: str) -> Landings:
    return Landings(tmp_path / "incremental", postgres_url)


def parts(extract: Extract) -> dict[str, int]:
    return {name: len(part_ids(entry)) for name, entry in extract.content["tables"].items()}


def hashes(extract: Extract) -> dict[str, str]:
    return {name: entry["content_hash"] for name, entry in extract.content["tables"].items()}


def rows(extract: Extract, name: str) -> list[tuple[tuple[str, Any], ...]]:
    """The rows of a table in any order, without their numbers and fingerprints."""
    outside = {"source_row", difference.FINGERPRINT}
    return sorted(
        (tuple((k, v) for k, v in row.items() if k not in outside) for row in table(extract, name)),
        key=repr,
    )


def ledger(lake: Lake, extract: Extract, source: Source, folder: Path, day: date) -> dict[str, Any]:
    """What `validate` makes of an extract: rows and hashes of the ledger and the quarantine."""
    night = Night(day, "E1", extract.known_at, folder)
    validate(night, extract=extract, source=source, scratch=lake.scratch, progress=lambda _: None)
    return dict(night.manifest()["tables"])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_after_any_changes_the_landed_rows_are_those_of_a_full_read(
    seed: int, tmp_path: Path, postgres_url: str, small_tables: None
) -> None:
    erp = ChangingErp(postgres_url, seed)
    landings = Landings(tmp_path / "incremental", postgres_url)
    full = Landings(tmp_path / "full", postgres_url)
    extracts, in_parts = [], 0
    for night in range(9):
        extracts.append((landings.land(night), full.land(night, full=True)))
        changed, read = extracts[-1]
        assert hashes(changed) == hashes(read), f"night {night}"
        in_parts += sum(count > 1 for count in parts(changed).values())
        erp.night(changes=erp.chance.choice([0, 1, 4, 9]))
    plain = Landings(tmp_path / "plain", postgres_url).land(0, incremental=False)
    last = landings.land(9)
    for name in hashes(plain):
        assert rows(last, name) == rows(plain, name)
    for changed, read in extracts:
        for name in hashes(read):
            assert rows(changed, name) == rows(read, name), "what was known then is known for ever"
            numbers = [row["source_row"] for row in table(changed, name)]
            assert len(set(numbers)) == len(numbers), "a number is one row's"
    assert in_parts >= 8, "or the test shows nothing"
    erp.engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11])
def test_after_any_changes_the_ledger_is_that_of_a_full_read(
    seed: int, tmp_path: Path, postgres_url: str, small_tables: None
) -> None:
    erp = ChangingErp(postgres_url, seed)
    landings = Landings(tmp_path / "incremental", postgres_url)
    full = Landings(tmp_path / "full", postgres_url)
    nights = []
    for night in range(3):
        changed = landings.land(night)
        read = full.land(night, incremental=False)
        known = ledger(landings.lake, changed, landings.source(), tmp_path / f"i{night}", erp.day)
        assert known == ledger(full.lake, read, full.source(), tmp_path / f"f{night}", erp.day)
        nights.append((changed, erp.day, known))
        erp.night(changes=12)
    assert parts(changed)["invoice"] == 3
    assert known["ledger/invoice"]["rows"] > 30
    for number, (changed, day, known) in enumerate(nights):
        again = ledger(landings.lake, changed, landings.source(), tmp_path / f"a{number}", day)
        assert again == known, "what was known then is known for ever"
    erp.engine.dispose()


CHANGES = [
    # change            | table | because
    ("late_invoice", "invoice", "it is committed late, with a stamp from before the last night"),
    ("unreconciled", "allocation", "the ERP deletes the row"),
    ("merged_customers", "invoice", "raw SQL moves no stamp"),
    ("renumbered", "invoice", "the number is not the key"),
    ("swapped_numbers", "invoice", "all values are there as before, on other rows"),
    ("deleted_invoice", "instalment", "its parts go with it"),
    ("corrected_by_hand", "invoice", "raw SQL moves no stamp"),
    ("moved_due_date", "instalment", "the table has no stamp"),
    ("same_row_twice", "instalment", "a row stands there once more"),
    ("rate_in_the_last_digit", "invoice", "a float is read with all its digits"),
    ("null_and_empty", "invoice", "the fingerprint tells NULL from empty"),
]


@pytest.mark.parametrize("change, name, because", CHANGES, ids=[row[0] for row in CHANGES])
def test_a_change_without_a_new_stamp_is_read(
    change: str, name: str, because: str, erp: ChangingErp, landings: Landings
) -> None:
    before = landings.land(0)
    while hashes(after := landings.land(1))[name] == hashes(before)[name]:
        (landings.lake.landing / "erp" / f"{after.extract_id}.json").unlink()
        getattr(erp, change)()
    assert parts(after)[name] == 2, because
    assert hashes(after) == hashes(landings.land(2, full=True)), because


def test_only_what_changed_is_read_and_stored(erp: ChangingErp, landings: Landings) -> None:
    first = landings.land(0)
    assert set(parts(first).values()) == {1}
    erp.payment()
    second = landings.land(1)
    assert parts(second) == {**parts(first), "receipt": 2, "allocation": 2}
    assert f"erp: receipt: {len(table(second, 'receipt')):,} rows, 1 of them read" in landings.said
    assert f"erp: invoice: {len(table(second, 'invoice')):,} rows, 0 of them read" in landings.said
    stored = [name for name in below(landings.lake.landing / "erp") if second.extract_id in name]
    assert stored == [
        f"{second.extract_id}.json",
        f"allocation/{second.extract_id}/gone.parquet",
        f"allocation/{second.extract_id}/part-0.parquet",
        f"receipt/{second.extract_id}/gone.parquet",
        f"receipt/{second.extract_id}/part-0.parquet",
    ]


READ_WHOLE = [
    # what the night does                                  | because
    ("full", "somebody asked for it"),
    ("much changed", "reading the table costs less than reading so many rows of it"),
    ("another SELECT", "its rows cannot be compared"),
    ("another column", "its rows cannot be compared"),
    ("many parts", "a table must not lie in ever more parts"),
    ("small", "reading it costs less than asking what changed"),
    ("not incremental", "the settings say so"),
]


@pytest.mark.parametrize("what, because", READ_WHOLE, ids=[row[0] for row in READ_WHOLE])
def test_a_table_is_read_whole_again(
    what: str, because: str, erp: ChangingErp, landings: Landings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    landings.land(0)
    erp.renumbered()
    assert parts(landings.land(1))["invoice"] == 2
    erp.renumbered()
    match what:
        case "much changed":
            erp.run("update erp.move set note = 'all of them'")
        case "another SELECT":
            landings.selects["invoice"] = _invoice_select()
        case "another column":
            landings.selects["invoice"] = "select * from erp.invoice"
            erp.run(f"create view erp.invoice as {_invoice_select()}")
            landings.land(2)
            assert parts(landings.land(3))["invoice"] == 1
            erp.run("alter view erp.invoice rename column paid_rate to other_rate")
        case "many parts":
            monkeypatch.setattr(difference, "PARTS_MAX", 2)
        case "small":
            monkeypatch.setattr(difference, "ROWS_MIN", 10_000)
    again = landings.land(
        4, full=what == "full", incremental=what != "not incremental"
    )
    assert parts(again)["invoice"] == 1, because
    entry = again.content["tables"]["invoice"]
    assert entry["extract_id"] == again.extract_id, "stored anew"
    assert rows(again, "invoice") == rows(landings.land(5, full=True), "invoice")


def _invoice_select() -> str:
    """The SELECT in other words."""
    return SELECTS["invoice"].replace("100 % of them, and a colon: here", "All.").rstrip(";")


def test_a_select_that_gives_other_rows_each_time_is_read_whole(
    erp: ChangingErp, tmp_path: Path, postgres_url: str
) -> None:
    landings = Landings(
        tmp_path / "odd", postgres_url,
        receipt="select id as receipt_id, 'E1' as legal_entity_id, partner_id as customer_id, "
                "paid as receipt_date, 'EUR' as currency, amount, case when id = (select max(id) "
                "from erp.payment) then random() end as luck from erp.payment",
    )
    landings.land(0)
    again = landings.land(1)
    assert parts(again)["receipt"] == 1
    assert "erp: receipt: the SELECT does not give the same rows twice; read whole" in landings.said


COLUMN = {
    "postgres": "id int, amount numeric, paid date, seen timestamp, share float8, name text, "
                "note text, `odd name %s` text",
    "mariadb": "id int, amount decimal(38, 9), paid date, seen datetime(6), share double, "
               "name varchar(99), note text, `odd name %s` text",
}
UPDATES = [
    "amount = amount + 0.01", "paid = '2026-03-02'", "seen = '2026-03-01 13:05:00.000001'",
    "share = share + 1e-16", "name = 'Müller 😀'", "name = 'MÜLLER 😀'", "note = null",
    "note = ''", "name = note, note = name", "`odd name %s` = '%'",
]


@pytest.mark.parametrize("database", list(COLUMN))
def test_each_database_tells_the_rows_that_changed(
    database: str, tmp_path: Path, lake: Lake, database_urls: Mapping[str, str],
    small_tables: None,
) -> None:
    url, name = database_urls[database], f"erp_{secrets.token_hex(4)}"
    engine = sqlalchemy.create_engine(url)
    mark = '"' if database == "postgres" else "`"

    def run(text: str) -> None:
        with engine.begin() as erp:
            erp.execution_options(no_parameters=True).exec_driver_sql(text.replace("`", mark))

    run(f"create table {name} ({COLUMN[database]})")
    for number in range(20):
        run(f"insert into {name} values ({number}, 1.5, '2026-03-01', '2026-03-01 13:05', 0.1, "
            "'Müller', 'a:b 100 %', null)")
    source = replace(sql_source(
        tmp_path / "sql",
        receipt=f"select id as receipt_id, 'DE' as legal_entity_id, 'C1' as customer_id, paid as "
                f"receipt_date, 'EUR' as currency, {name}.* from {name} where name like '%'",
    ), incremental=True)

    def landed(night: int, to: Lake, full: bool = False) -> Extract:
        return land(source, lake=to, known_at=FIRST_NIGHT + timedelta(days=night), full=full,
                    resolve=resolver(url), progress=lambda line: None)

    landed(0, lake)
    for night, update in enumerate(UPDATES, start=1):
        run(f"update {name} set {update} where id in (7, 8)")
        run(f"delete from {name} where id = {night + 9}")
        changed, read = landed(night, lake), landed(night, Lake(tmp_path / "full"), full=True)
        assert hashes(changed) == hashes(read), update
        assert parts(changed)["receipt"] == night + 1, update
    engine.dispose()


def test_a_database_that_has_no_fingerprints_is_read_whole(tmp_path: Path, lake: Lake) -> None:
    (tmp_path / "erp.sqlite").touch()
    source = replace(sql_source(tmp_path / "sql"), incremental=True)
    said: list[str] = []
    landed = [
        land(source, lake=lake, known_at=FIRST_NIGHT + timedelta(days=night),
             resolve=resolver(f"sqlite:///{tmp_path / 'erp.sqlite'}"), progress=said.append)
        for night in range(2)
    ]
    assert said[0] == "erp: sqlite cannot tell what changed; every table is read whole"
    assert hashes(landed[0]) == hashes(landed[1])


def test_a_part_that_somebody_removed_is_named(erp: ChangingErp, landings: Landings) -> None:
    first = landings.land(0)
    erp.renumbered()
    second = landings.land(1)
    lost = first.parts("invoice")[0] / "part-0.parquet"
    lost.unlink()
    with pytest.raises(DataError, match=f"{first.extract_id}/part-0.parquet: is missing"):
        table(second, "invoice")
    erp.renumbered()
    with pytest.raises(DataError, match="receivables extract --full"):
        landings.land(2)
    assert len(table(landings.land(2, full=True), "invoice")) > 10
    (landings.lake.landing / "erp" / "customer" / first.extract_id / "part-0.parquet").unlink()
    assert len(table(landings.land(3, full=True), "customer")) == 12


def test_parts_stay_when_the_extracts_before_are_deleted(
    erp: ChangingErp, landings: Landings
) -> None:
    first = landings.land(0)
    erp.renumbered()
    second = landings.land(1)
    known = rows(second, "invoice")
    (landings.lake.landing / "erp" / f"{first.extract_id}.json").unlink()
    erp.renumbered()
    third = landings.land(2)
    assert rows(second, "invoice") == known
    assert parts(third)["invoice"] == 3


def test_an_earlier_instant_never_builds_on_a_later_one(
    erp: ChangingErp, landings: Landings
) -> None:
    landings.land(5)
    assert set(parts(landings.land(1)).values()) == {1}
    erp.renumbered()
    early = landings.land(3)
    assert max(part_ids(early.content["tables"]["invoice"])) == early.extract_id
    assert parts(early)["invoice"] == 2


def test_only_databases_are_read_incrementally(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    text = (contract.INCLUDE / "settings.yaml").read_text()
    file.write_text(text.replace("    sql: contract\n", "    sql: contract\n    incremental: true\n"))
    with pytest.raises(SettingsError, match="files are read whole"):
        settings.load(file)
