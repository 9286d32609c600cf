"""kill -9 at random moments of every stage, and two runs at once: the night comes out the same."""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from company import DAY, ENTITY, Company, after
from killing import forks, run, run_and_kill, warm_up
from receivables import night, settings
from receivables.connections import connection
from receivables.run import Run
from seller import RELEASE, SETTINGS, seller
from traces import hashes, letters, mails, warehouse, without_message_ids

pytestmark = pytest.mark.slow

STAGES = ("extract", "validate", "balance", "select", "publish")
KILLS_A_STAGE = 3
WHAT_A_LETTER_SAYS = "notice_id, customer_id, step, cycle, generation, state, amount_text, subject"


def run_stage(home: Path, stage: str, now: datetime) -> None:
    """One stage of the seller's night, or all of them, as a process of the schedule runs it."""
    asked = Run(
        settings=settings.load(home / "settings.yaml"), as_of_date=DAY, now=now,
        resolve=lambda name: connection(name, os.environ), progress=lambda line: None,
        release=RELEASE,
    )
    if stage == "night":
        night.night(asked, [ENTITY])
    else:
        getattr(night, stage)(asked, "erp" if stage == "extract" else ENTITY)


def _company(home: Path) -> Company:
    company = seller(home)
    company.write_erp()
    company.settings(**SETTINGS)
    return company


def _is_as_undisturbed(company: Company, undisturbed: Company) -> None:
    assert hashes(company) == hashes(undisturbed)
    assert without_message_ids(warehouse(company)) == without_message_ids(warehouse(undisturbed))
    assert letters(company, WHAT_A_LETTER_SAYS) == letters(undisturbed, WHAT_A_LETTER_SAYS)


def test_a_night_that_was_killed_anywhere_and_run_again_is_the_same_night(
    first_night: Company, tmp_path: Path
) -> None:
    warm_up()
    rehearsal = _company(tmp_path / "rehearsal")
    seconds = {stage: run(run_stage, rehearsal.home, stage, after(DAY)) for stage in STAGES}
    company, chance, kills = _company(tmp_path / "killed"), random.Random(11), 0
    for stage in STAGES:
        within, killed = seconds[stage], 0
        while killed < KILLS_A_STAGE:
            is_killed = run_and_kill(chance, within, run_stage, company.home, stage, after(DAY))
            killed, within = killed + is_killed, within if is_killed else 0.7 * within
        kills += killed
        run(run_stage, company.home, stage, after(DAY))
    assert kills == 5 * KILLS_A_STAGE
    _is_as_undisturbed(company, first_night)
    run(run_stage, company.home, "night", after(DAY))
    _is_as_undisturbed(company, first_night)


def test_two_runs_of_one_night_at_once_are_one_night(first_night: Company, tmp_path: Path) -> None:
    company = _company(tmp_path)
    both = [
        forks().Process(target=run_stage, args=(company.home, "night", after(DAY) + late))
        for late in (timedelta(0), timedelta(milliseconds=1))
    ]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    assert hashes(company) == hashes(first_night)
    assert letters(company, WHAT_A_LETTER_SAYS) == letters(first_night, WHAT_A_LETTER_SAYS)
    rows = {name: len(rows) for name, rows in warehouse(company).items()}
    assert rows == {name: len(rows) for name, rows in warehouse(first_night).items()}
    asked = company.run(settings=SETTINGS)
    report = night.dispatch(
        asked.settings, resolve=asked.resolve, now=lambda: after(DAY) + timedelta(hours=7),
        progress=asked.progress,
    )
    assert report.sent == len(mails(company)) == 6
