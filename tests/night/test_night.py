"""A night from the ERP's files to the letters: again, killed, shuffled, replayed, and the next one."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from company import ENTITY, Company
from receivables import night as stages
from receivables.connections import connection
from receivables.contract import INCLUDE
from receivables.lake import Lake
from receivables.run import Run

DAY = date(2026, 3, 31)


def morning_after(day: date, hour: int = 2) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) + timedelta(days=1)


def small_company(home: Path) -> Company:
    """Six customers, each in another situation; written as CSV files."""
    company = Company(home)
    for number in range(1, 7):
        company.customer(f"C{number}", name=f"Buyer {number}")
        company.invoice(f"I{number}", "100.00", "2026-03-20", f"C{number}")
    company.payment("I2", "100.00", "2026-03-25")
    company.payment("I3", "40.00", "2026-03-25")
    company.add("dispute", invoice_id="I4", opened_on="2026-03-22")
    company.add(
        "promise", customer_id="C5", invoice_id="I5", amount="100.00", promised_on="2026-03-30",
        due_on="2026-04-02",
    )
    company.add("receipt", customer_id="C6", amount="1_00", receipt_date="2026-03-30")
    company.write_erp()
    return company


def run_night(company: Company, day: date = DAY, **values: Any):
    values.setdefault("now", morning_after(day))
    values.setdefault("release", "schedule")
    [report] = stages.night(company.run(day, **values), [ENTITY])
    return report


def send(company: Company, at: datetime):
    return stages.dispatch(
        company.settings(), resolve=lambda name: connection(name, os.environ), now=lambda: at,
        progress=lambda line: None,
    )


def letters(company: Company) -> list[str]:
    return sorted(file.name for file in (company.home / "home" / "mail").rglob("*.eml"))


def warehouse(company: Company) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every warehouse table."""
    with duckdb.connect(str(company.home / "home" / "warehouse.duckdb"), read_only=True) as opened:
        names = opened.execute(
            "select table_name from information_schema.tables where table_schema = 'receivables' "
            "order by 1"
        ).fetchall()
        return {
            name: opened.execute(f"select * from receivables.{name} order by all").fetchall()
            for (name,) in names
        }


def hashes(company: Company, day: date = DAY) -> dict[str, Any]:
    night = Lake(company.home / "home").official(as_of_date=day, legal_entity_id=ENTITY)
    assert night is not None
    return night.manifest()["tables"]


def decisions(company: Company, day: date) -> dict[str, str]:
    return {
        row[2]: row[7] for row in warehouse(company)["decision"] if row[0] == day
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Company:
    """The small company after a released night and its letters; tests only look at it."""
    company = small_company(tmp_path_factory.mktemp("first"))
    report = run_night(company)
    assert (report.drafted, report.status) == (2, "published")
    assert send(company, morning_after(DAY, 9)).sent == 2
    return company


def test_each_customer_gets_what_its_situation_calls_for(first):
    assert decisions(first, DAY) == {
        "I1": "STEP_DUE", "I3": "STEP_DUE", "I4": "DISPUTED", "I5": "PROMISED",
        "I6": "DATA_QUARANTINED",
    }
    owed = {row[2]: row[11] for row in warehouse(first)["aging_snapshot"]}
    assert {key: int(value) for key, value in owed.items()} == {
        "I1": 100, "I3": 60, "I4": 100, "I5": 100, "I6": 100
    }
    assert len(letters(first)) == 2


def test_a_second_run_of_the_night_changes_nothing_and_sends_nothing(first):
    night = Lake(first.home / "home").official(as_of_date=DAY, legal_entity_id=ENTITY)
    manifest = (night.folder / "manifest.json").read_bytes()
    before, sent = warehouse(first), letters(first)
    report = run_night(first, now=morning_after(DAY, 11))
    assert (report.is_unchanged, report.drafted, report.drafted_before) == (True, 0, 2)
    assert (night.folder / "manifest.json").read_bytes() == manifest
    assert send(first, morning_after(DAY, 12)).sent == 0
    assert warehouse(first) == before
    assert letters(first) == sent


def test_the_rows_order_in_the_erps_files_changes_no_hash(first, tmp_path):
    lots = random.Random(1)
    shuffled = Company(
        tmp_path,
        rows={table: lots.sample(rows, len(rows)) for table, rows in first.rows.items()},
    )
    shuffled.write_erp()
    run_night(shuffled)
    assert hashes(shuffled) == hashes(first)


def test_a_night_that_was_killed_anywhere_ends_the_same(first, tmp_path):
    """SIGKILL at random moments, again and again, until it is through."""
    company = small_company(tmp_path)
    company.settings()
    command = [
        sys.executable, "-m", "receivables.cli", "night", "--as-of", str(DAY),
        "--settings", str(company.home / "settings.yaml"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(INCLUDE.parent / "plugins")}
    lots, kills = random.Random(7), 0
    for _ in range(12):
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(timeout=lots.uniform(0.8, 6.0))
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
    assert kills > 0
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert hashes(company) == hashes(first)
    rows = warehouse(company)
    assert len(rows["aging_snapshot"]) == 5
    assert len(rows["night"]) == 1


def test_two_runs_of_one_night_at_once_are_one_night(first, tmp_path):
    company = small_company(tmp_path)
    company.settings()
    command = [
        sys.executable, "-m", "receivables.cli", "night", "--as-of", str(DAY),
        "--settings", str(company.home / "settings.yaml"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(INCLUDE.parent / "plugins")}
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)
    ]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert hashes(company) == hashes(first)
    assert len(warehouse(company)["aging_snapshot"]) == 5


STOPS_BETWEEN_NIGHTS = [
    # what comes in on the next day | decision about I1 in the next night | because
    (lambda c: c.payment("I1", "100.00", "2026-04-01"), None, "paid: nothing is open"),
    (lambda c: c.add("receipt", customer_id="C1", amount="100.00", receipt_date="2026-04-01"),
     "COVERED_BY_CREDIT", "the money is there"),
    (lambda c: c.add("dispute", invoice_id="I1", opened_on="2026-04-01"), "DISPUTED", "disputed"),
    (lambda c: None, "NOTICED_LATELY", "the first reminder went out: the customer has its peace"),
]


@pytest.mark.parametrize(
    ("happen", "expected", "because"), STOPS_BETWEEN_NIGHTS,
    ids=[row[-1] for row in STOPS_BETWEEN_NIGHTS],
)
def test_the_next_night_knows_what_happened_since(tmp_path, happen, expected, because):
    company = small_company(tmp_path)
    run_night(company)
    assert send(company, morning_after(DAY, 9)).sent == 2
    happen(company)
    company.write_erp()
    next_day = DAY + timedelta(days=1)
    report = run_night(company, next_day)
    assert decisions(company, next_day).get("I1") == expected, because
    assert report.drafted == 0
    assert decisions(company, DAY)["I1"] == "STEP_DUE", "the past night stands as it was"


def test_a_payment_of_today_does_not_make_the_past_item_vanish(tmp_path):
    company = small_company(tmp_path)
    run_night(company)
    before = hashes(company)
    company.payment("I1", "100.00", "2026-03-31")
    company.write_erp()
    report = run_night(company, now=morning_after(DAY, 20))
    assert report.is_unchanged
    assert hashes(company) == before


def test_a_restatement_lies_beside_the_official_night(tmp_path):
    company = small_company(tmp_path)
    run_night(company)
    official = warehouse(company)
    company.payment("I1", "100.00", "2026-03-31")
    company.write_erp()
    next_day = DAY + timedelta(days=1)
    run_night(company, next_day)
    report = run_night(
        company, known_at=morning_after(next_day), now=morning_after(next_day, 3)
    )
    assert (report.status, report.drafted) == ("restated", 0)
    rows = warehouse(company)
    assert [r for r in rows["aging_snapshot"] if r[0] == DAY] == official["aging_snapshot"]
    assert sorted(row[3] for row in rows["night"] if row[0] == DAY) == [False, True]


def test_a_night_is_known_as_it_was_known_then(tmp_path):
    """Asked for the knowledge of the first night, the second's payments are not known."""
    company = small_company(tmp_path)
    run_night(company)
    before = hashes(company)
    company.payment("I1", "100.00", "2026-03-31")
    company.write_erp()
    run_night(company, DAY + timedelta(days=1))
    run = company.run(now=morning_after(DAY, 30 - 24) + timedelta(days=2))
    [replayed] = [stages.night_of(run, ENTITY)]
    assert replayed.manifest()["tables"] == before


@pytest.mark.parametrize("empty", ["receipt", "receipt and allocation"])
def test_a_night_without_receipts_is_published_flagged_and_writes_to_nobody(tmp_path, empty):
    company = small_company(tmp_path)
    run_night(company)
    send(company, morning_after(DAY, 9))
    for table in empty.split(" and "):
        company.rows[table] = []
        (company.erp / f"{table}.csv").unlink()
    company.customer("C7")
    company.invoice("I7", "100.00", "2026-03-20", "C7")
    company.add("receipt", receipt_date="2026-01-01", amount="1")
    company.rows["receipt"] = []
    company.write_erp()
    next_day = DAY + timedelta(days=1)
    report = run_night(company, next_day)
    assert (report.status, report.drafted) == ("flagged", 0)
    assert "breaker" in report.not_drafted_because
    assert len([row for row in warehouse(company)["aging_snapshot"] if row[0] == next_day]) > 0


WHO_MAY_DRAFT = [
    # day run on the morning of 1 April, release | drafted | because
    (DAY, "schedule", 2, "the schedule ran the newest closed day"),
    (DAY, "year end check, Ann", 2, "a person released it"),
    (DAY, None, 0, "nobody released it"),
    (DAY - timedelta(days=1), "schedule", 0, "a cleared run of an old day calls itself scheduled"),
]


@pytest.mark.parametrize(
    ("day", "release", "drafted", "because"), WHO_MAY_DRAFT, ids=[r[-1] for r in WHO_MAY_DRAFT]
)
def test_only_a_released_night_of_the_newest_closed_day_drafts(
    tmp_path, day, release, drafted, because
):
    company = small_company(tmp_path)
    report = run_night(company, day, now=morning_after(DAY), release=release)
    assert report.drafted == drafted, because
    assert report.notices > 0
    outbox = company.home / "home" / "outbox.sqlite"
    assert drafted or not outbox.exists() or not send(company, morning_after(DAY, 9)).sent


def test_a_month_of_old_nights_in_one_process_drafts_nothing(tmp_path):
    company = small_company(tmp_path)
    run = company.run(now=morning_after(DAY), release="schedule")
    for back in range(1, 4):
        old: Run = replace(run, as_of_date=DAY - timedelta(days=back), reuse_landed=True)
        [report] = stages.night(old, [ENTITY])
        assert report.drafted == 0
    landed = Lake(company.home / "home").extracts("erp")
    assert len(landed) == 1, "the ERP is read once for all of them"
    assert send(company, morning_after(DAY, 9)).sent == 0


def test_a_letter_that_expired_is_decided_about_afresh(tmp_path):
    company = small_company(tmp_path)
    run_night(company)
    later = DAY + timedelta(days=5)
    assert send(company, morning_after(later, 1)).expired == 2
    report = run_night(company, later)
    assert report.drafted >= 1
    assert decisions(company, later)["I1"] == "STEP_DUE"
    assert send(company, morning_after(later, 9)).sent == report.drafted


def test_the_whole_ladder_climbs_one_step_at_a_time_and_never_twice(tmp_path):
    """Ninety days of one unpaid invoice: five letters, one a step, and then a person."""
    company = Company(tmp_path)
    company.customer()
    company.customer("C2")
    company.invoice("I1", "100.00", "2026-03-31")
    company.invoice("I2", "100.00", "2026-01-31", "C2")
    company.payment("I2", "100.00", "2026-01-31")
    company.write_erp()
    sent_on = {}
    for offset in (-7, -1, 3, 9, 10, 30, 31, 60, 90):
        day = DAY + timedelta(days=offset)
        report = run_night(company, day)
        if report.drafted:
            assert send(company, morning_after(day, 9)).sent == 1
            [step] = {r[4] for r in warehouse(company)["notice"] if r[0] == day}
            sent_on[offset] = step
    assert sent_on == {
        -7: "pre_due_notice", 3: "reminder_1", 10: "reminder_2", 30: "demand", 60: "final_demand"
    }
    assert decisions(company, DAY + timedelta(days=90)) == {"I1": "HAND_OVER_PROPOSED"}
    assert len(letters(company)) == 5


def test_time_is_read_once_where_a_run_starts():
    """No stage asks the machine what time it is."""
    modules = (INCLUDE.parent / "plugins" / "receivables").rglob("*.py")
    readers = {
        file.name for file in modules if re.search(r"\b(now|today)\(\w*\)", file.read_text())
    }
    assert readers <= {"cli.py", "command.py", "night.py", "dispatcher.py"}
