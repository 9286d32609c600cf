"""Running a night again, elsewhere, in another order, twice at once: the same night."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from company import DAY, ENTITY, Company, after, read
from receivables import cli, night
from receivables.contract import INCLUDE
from receivables.publish import workbook_file
from seller import NEXT_DAY, RELEASE, SETTINGS, copied, query, seller
from traces import files, hashes, letters, mails, warehouse


def dispatch(company: Company, now: Any) -> night.DispatchReport:
    run = company.run(settings=SETTINGS)
    return night.dispatch(
        run.settings, resolve=run.resolve, now=lambda: now, progress=run.progress
    )


def test_running_a_night_again_changes_nothing_and_mails_nobody(company: Company) -> None:
    nine = after(DAY) + timedelta(hours=7)
    assert dispatch(company, nine).sent == 6
    before = files(company), warehouse(company), letters(company), mails(company)
    workbook = workbook_file(company.run(settings=SETTINGS).lake, company.official())
    workbook_bytes = workbook.read_bytes()

    report = company.night(release=RELEASE, settings=SETTINGS)

    assert (report.is_unchanged, report.drafted, report.drafted_before) == (True, 0, 6)
    assert dispatch(company, nine + timedelta(minutes=1)).sent == 0
    assert (files(company), warehouse(company), letters(company), mails(company)) == before
    assert workbook.read_bytes() == workbook_bytes
    assert len(mails(company)) == 6


def test_other_order_of_rows_and_of_hashes_and_another_clock_give_the_same_night(
    first_night: Company, tmp_path: Path
) -> None:
    company = seller(tmp_path)
    for rows in company.rows.values():
        random.Random(3).shuffle(rows)
    company.write_erp()
    company.settings(**SETTINGS)
    ran = subprocess.run(
        [sys.executable, "-m", "receivables.cli", "night", "--as-of", str(DAY), "--json",
         "--settings", str(company.home / "settings.yaml")],
        env={**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Pacific/Kiritimati"},
        capture_output=True, text=True,
    )
    assert ran.returncode == 0, ran.stderr
    [report] = json.loads(ran.stdout)
    assert hashes(company) == hashes(first_night)
    assert report["output_hash"] == first_night.official().manifest()["output_hash"]
    assert report["drafted"] == 0, "nobody released it, and its day is long over"


def test_a_replay_is_equal_and_leaves_no_trace(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(company), warehouse(company), letters(company)
    assert _cli(company, "replay", str(DAY)) == 0
    assert capsys.readouterr().out.strip() == f"E1: equal: {len(hashes(company))} tables"
    assert (files(company), warehouse(company), letters(company)) == before
    assert not list((company.home / "home" / "scratch").glob("replay-*"))


def _cli(company: Company, *words: str) -> int:
    company.settings(**SETTINGS)
    return cli.main([*words, "--settings", str(company.home / "settings.yaml")])


def _landed(company: Company, table: str) -> Path:
    [file] = (company.home / "home" / "lake" / "landing" / "erp" / table).rglob("*.parquet")
    return file


def _tamper(file: Path, rows: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (with rows as (select * from '{file}') {rows}) to '{file}.new' (format parquet)"
        )
    Path(f"{file}.new").replace(file)


def test_a_replay_finds_what_was_tampered_with(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the night's own files, and in what the ERP is said to have told."""
    _tamper(
        company.official().file("decision"),
        "select * replace (if(invoice_id = 'I4', 'selected', outcome) as outcome) from rows",
    )
    _tamper(
        _landed(company, "receipt"),
        "select * replace (if(customer_id = 'C4', '6.00', amount) as amount) from rows",
    )
    assert _cli(company, "replay", str(DAY)) == 1
    said = capsys.readouterr().out.strip()
    differences = said.removeprefix("E1: differs: ").split(", ")
    assert {"decision", "ledger/receipt", "credit_item"} <= set(differences)
    assert not {"notice_history", "ledger/invoice", "interest_segment"} & set(differences)


def test_a_night_that_was_never_published_cannot_be_replayed(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _cli(company, "replay", str(DAY - timedelta(days=1))) == 1
    assert "nothing was extracted for this day" in capsys.readouterr().err


def test_a_night_as_known_then_is_that_night_whatever_the_erp_says_by_now(
    company: Company, first_night: Company
) -> None:
    company.rows["receipt"].pop()
    company.payment("I1", "100.00", DAY)
    company.invoice("LATE", "10.00", "2026-03-01")
    company.write_erp()
    next_run = company.run(NEXT_DAY, settings=SETTINGS, now=after(NEXT_DAY))
    night.extract(next_run, "erp")
    known_at = after(DAY) + timedelta(hours=3)
    asked = company.run(settings=SETTINGS, known_at=known_at, now=after(NEXT_DAY))
    for stage in (night.validate, night.balance, night.select):
        restated = stage(asked, ENTITY)
    report = night.publish(asked, ENTITY)
    assert report.status == "restated"
    assert {
        name: entry["content_hash"] for name, entry in restated.manifest()["tables"].items()
    } == hashes(first_night)
    assert hashes(company) == hashes(first_night), "the official night stands"


def test_with_newer_knowledge_the_same_day_is_restated_beside_the_official_night(
    company: Company, first_night: Company
) -> None:
    """A payment of the day itself that was booked late changes the restatement only."""
    company.payment("I1", "100.00", DAY)
    company.payment("I5", "70.00", NEXT_DAY)
    company.write_erp()
    night.extract(company.run(NEXT_DAY, settings=SETTINGS, now=after(NEXT_DAY)), "erp")
    asked = company.run(settings=SETTINGS, known_at=after(NEXT_DAY), now=after(NEXT_DAY))
    for stage in (night.validate, night.balance, night.select):
        restated = stage(asked, ENTITY)
    official = dict(read(company.official(), "open_item", "invoice_id, open_amount"))
    now_known = dict(read(restated, "open_item", "invoice_id, open_amount"))
    assert official == dict(read(first_night.official(), "open_item", "invoice_id, open_amount"))
    assert official["I1"] == 100
    assert now_known["I1"] == 0, "nothing but the interest of a late payment is left"
    assert now_known["I5"] == official["I5"], "what arrived later was still owed on the day"
    for _ in range(2):
        assert night.publish(asked, ENTITY).status == "restated"
    url = f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}"
    columns = (
        "document_id, official_amount, restated_amount, difference_amount, official_reason_code, "
        "restated_reason_code"
    )
    restated_items = f"select {columns} from receivables.restatement where kind = 'open_item'"
    assert query(url, f"{restated_items} order by document_id") == [
        ("I1", 100, 0, -100, "STEP_DUE", "BELOW_THRESHOLD"),
        ("I5", 70, 70, 0, "STEP_DUE", "COVERED_BY_CREDIT"),
    ]


def test_an_empty_table_of_receipts_after_a_good_night_writes_to_nobody(company: Company) -> None:
    company.rows["receipt"].clear()
    report = company.night(NEXT_DAY, release=RELEASE, settings=SETTINGS)
    assert (report.status, report.drafted) == ("flagged", 0)
    assert "receipts_are_there" in report.not_drafted_because
    held = read(company.official(NEXT_DAY), "decision", "customer_id, reason_code")
    assert ("C2", "DATA_QUARANTINED") in held, "and who paid is held by name besides"


def test_a_copied_installation_is_another_installation(company: Company) -> None:
    """The key of Message-IDs is readable by its owner alone."""
    key = company.home / "home" / "message_id.key"
    assert oct(key.stat().st_mode & 0o777) == "0o600"
    assert len(key.read_bytes()) == 32
    assert copied(company, company.home / "copy").official().is_sealed


def test_time_is_read_once_where_a_run_starts() -> None:
    """No stage asks the machine what time it is."""
    modules = (INCLUDE.parent / "plugins" / "receivables").rglob("*.py")
    readers = {
        file.name for file in modules if re.search(r"\b(now|today)\(\w*\)", file.read_text())
    }
    assert readers <= {"cli.py", "command.py", "night.py", "dispatcher.py", "tally.py"}
