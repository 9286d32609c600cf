"""The DAGs under a real scheduler: a live night, a backfill, a killed task, cleared runs, approvals."""

from __future__ import annotations

import csv
import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import duckdb
import pytest
import sqlalchemy
from questions import Questions, waiting_draft
from receivables import demo_erp
from receivables.dispatch.outbox import Outbox
from running_airflow import BIN, Airflow, running_airflow, wait_until
from sqlalchemy.engine import make_url

pytestmark = pytest.mark.slow

ENTITY = "BR"
BACKFILLED_DAYS = 5

SETTINGS = """
    home: {home}
    time_zone: {time_zone}
    mail: {{sink: true}}
    approvers: {{head_of_credit: [ana], owner: [bruno]}}
    sources:
      demo: {{kind: files, directory: {erp}, sql: contract, entities: [BR]}}
    entities:
      BR:
        name: Exemplo Ltda.
        country: BR
        currency: BRL
        policy: demonstration
        letterhead: [Exemplo Ltda.]
        bank_details: [Banco Exemplo 000]
"""

# Airflow makes scheduled runs only for now; an old one is put there as the scheduler would have.
OLD_SCHEDULED_RUN = """
import sys
from datetime import datetime
from airflow.models.serialized_dag import SerializedDagModel
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
instant = datetime.fromisoformat(sys.argv[1])
with create_session() as session:
    dag = session.scalar(SerializedDagModel.latest_item_select_object("receivables_nightly")).dag
    dag.create_dagrun(
        run_id=f"scheduled__{instant.isoformat()}", logical_date=instant,
        data_interval=(instant, instant), run_after=instant, run_type=DagRunType.SCHEDULED,
        triggered_by=DagRunTriggeredByType.TIMETABLE, state=DagRunState.QUEUED, session=session,
    )
"""


class Installation:
    """A company with one legal entity, and the day it is there: noon, so no midnight is near."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        now = self.noon = datetime.now(UTC)
        self.time_zone = f"Etc/GMT{now.hour - 12:+d}"
        self.newest_day = now.astimezone(ZoneInfo(self.time_zone)).date() - timedelta(days=1)
        self.home = folder / "var"
        self.erp = folder / "erp"
        self.settings = self._settings(folder / "settings.yaml", self.home)
        self._write_erp()

    def undisturbed(self, folder: Path, day: date) -> dict:
        """The manifest of a night from the same landing and knowledge, elsewhere, by command."""
        home = folder / "var"
        shutil.copytree(self.home / "lake" / "landing", home / "lake" / "landing")
        official = self._night(day) / "official.json"
        copy = self._night(day, home)
        copy.mkdir(parents=True)
        shutil.copy(official, copy)
        settings = self._settings(folder / "settings.yaml", home)
        done = subprocess.run(
            [BIN / "receivables", "night", "--as-of", str(day), "--settings", settings],
            capture_output=True, text=True,
        )
        assert done.returncode == 0, done.stderr
        return self.manifest(day, home)

    def days_ago(self, days: int) -> date:
        return self.newest_day - timedelta(days=days)

    def manifest(self, day: date, home: Path | None = None) -> dict:
        """What is recorded of the one night of a day; nothing if no stage is done."""
        files = list(self._night(day, home).glob("*/manifest.json"))
        assert len(files) <= 1
        return json.loads(files[0].read_text()) if files else {}

    def night_files(self, day: date) -> list[Path]:
        return list(self._night(day).glob("*/ledger/*.parquet"))

    def warehouse(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as warehouse:
            return warehouse.execute(query).fetchall()

    def accept(self, day: date) -> None:
        """Say that somebody looked the night through."""
        done = subprocess.run(
            [BIN / "receivables", "accept", "--as-of", str(day), "--entity", ENTITY,
             "--because", "Ann: read by hand", "--settings", self.settings],
            capture_output=True, text=True,
        )
        assert done.returncode == 0, done.stderr

    def drafted(self) -> int:
        with sqlite3.connect(self.home / "outbox.sqlite") as outbox:
            return outbox.execute("select count(*) from outbox").fetchone()[0]

    def _night(self, day: date, home: Path | None = None) -> Path:
        return (home or self.home) / "lake" / "nights" / day.isoformat() / ENTITY

    def _settings(self, file: Path, home: Path) -> Path:
        text = SETTINGS.format(home=home, time_zone=self.time_zone, erp=self.erp)
        file.write_text(dedent(text))
        return file

    def _write_erp(self) -> None:
        """The demonstration's ERP, but for other companies' rows."""
        demo_erp.write(
            self.erp, until=self.newest_day, seed=7, customers=30, invoices=600,
            file_format="csv", progress=lambda line: None,
        )
        for file in self.erp.glob("*.csv"):
            with file.open(newline="", encoding="utf-8") as opened:
                rows = list(csv.DictReader(opened))
            with file.open("w", newline="", encoding="utf-8") as opened:
                writer = csv.DictWriter(opened, fieldnames=list(rows[0]))
                writer.writeheader()
                writer.writerows(
                    row for row in rows if row.get("legal_entity_id", ENTITY) == ENTITY
                )


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Installation:
    return Installation(tmp_path_factory.mktemp("company") / "installation")


@pytest.fixture(scope="module")
def airflow(tmp_path_factory, postgres_url, installation):
    """Airflow on a PostgreSQL database of its own: on SQLite a backfill finds it locked."""
    server = make_url(postgres_url)
    name = f"receivables_airflow_{secrets.token_hex(6)}"
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    url = server.set(drivername="postgresql+psycopg2", database=name)
    try:
        with running_airflow(
            tmp_path_factory.mktemp("airflow"),
            metadata_url=url.render_as_string(hide_password=False),
            settings=installation.settings,
        ) as started:
            yield started
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"drop database {name} with (force)")
        engine.dispose()


@pytest.fixture(scope="module")
def live_night(airflow, installation) -> int:
    """The first night, as the schedule runs it, accepted by a person; how many it drafted."""
    airflow.command("dags", "unpause", "--yes", "receivables_nightly")
    states = airflow.wait_for_runs(run_type="scheduled", count=1, seconds=400)
    assert set(states.values()) == {"success"}
    assert installation.drafted() == 0, "no breaker has history to judge by, and nobody looked"
    installation.accept(installation.newest_day)
    clear(airflow, *states)
    return installation.drafted()


def test_the_first_scheduled_night_drafts_letters_once_a_person_accepted_it(live_night, installation):
    assert live_night > 0
    [(status, day)] = installation.warehouse("select status, as_of_date from receivables.night")
    assert (status, day) == ("published", installation.newest_day)


def test_a_backfill_publishes_every_day_and_drafts_nothing(airflow, installation, live_night):
    first, last = installation.days_ago(BACKFILLED_DAYS), installation.days_ago(1)
    dates = airflow.python("-m", "receivables_airflow.command", "backfill", str(first), str(last))
    airflow.command(
        "backfill", "create", "--dag-id", "receivables_nightly", *dates.split(),
        "--max-active-runs", "4", "--reprocess-behavior", "failed",
        "--dag-run-conf", json.dumps({"release": "somebody typed a reason"}),
    )
    states = airflow.wait_for_runs(run_type="backfill", count=BACKFILLED_DAYS, seconds=900)
    assert list(states.values()) == ["success"] * BACKFILLED_DAYS

    published = installation.warehouse(
        f"select as_of_date, legal_entity_id from receivables.night "
        f"where as_of_date < date '{installation.newest_day}' order by as_of_date"
    )
    days = [first + timedelta(days=day) for day in range(BACKFILLED_DAYS)]
    assert published == [(day, ENTITY) for day in days]
    [(notices,)] = installation.warehouse(
        f"select count(*) from receivables.notice where as_of_date <= date '{last}'"
    )
    assert notices > 0, "there was something to draft"
    assert installation.drafted() == live_night


def test_a_task_killed_in_the_middle_leaves_the_night_as_if_nothing_had_happened(
    airflow, installation, live_night, tmp_path
):
    day = installation.days_ago(BACKFILLED_DAYS + 5)
    airflow.command(
        "dags", "trigger", "receivables_nightly", "--run-id", "killed",
        "--conf", json.dumps({"as_of_date": str(day)}),
    )
    wait_until(
        lambda: installation.night_files(day) != [], seconds=200, pause=0.01,
        what="first table of the ledger", logs=airflow.home,
    )
    [(process_id,)] = airflow.rows(
        "select pid from task_instance where run_id = 'killed' and task_id = 'validate'"
    )
    os.kill(process_id, signal.SIGKILL)
    assert installation.manifest(day) == {}, "killed before the stage was done"
    wait_until(
        lambda: airflow.rows(
            "select 1 from task_instance where run_id = 'killed' and task_id = 'validate' "
            "and state = 'up_for_retry'"
        ) != [],
        seconds=200, what="task that waits for its retry", logs=airflow.home,
    )
    clear(airflow, "killed")
    assert installation.manifest(day)["sealed"]
    assert installation.manifest(day) == installation.undisturbed(tmp_path, day)
    assert installation.drafted() == live_night


def test_a_cleared_run_of_an_old_day_drafts_nothing(airflow, installation, live_night):
    """Neither one that was backfilled nor one that the schedule started long ago."""
    run_id = next(iter(airflow.run_states(run_type="backfill")))
    clear(airflow, run_id)
    old = datetime.now(UTC).replace(microsecond=0) - timedelta(days=BACKFILLED_DAYS + 20)
    airflow.python("-c", OLD_SCHEDULED_RUN, old.isoformat())
    run_id = f"scheduled__{old.isoformat()}"
    airflow.wait_for_runs(run_id=run_id, count=1, seconds=400)
    clear(airflow, run_id)
    [(day, published)] = installation.warehouse(
        "select min(as_of_date), count(*) from receivables.night"
    )
    assert day == installation.days_ago(BACKFILLED_DAYS + 20)
    assert published == BACKFILLED_DAYS + 3
    assert installation.drafted() == live_night


def test_people_are_asked_before_what_waits_for_them_leaves(airflow, installation, live_night):
    """Nothing waits; then one says yes, one says no, and one says nothing in time."""
    airflow.command("dags", "unpause", "--yes", "receivables_approval")
    states = airflow.wait_for_runs(dag_id="receivables_approval", count=1, seconds=120)
    assert set(states.values()) == {"success"}
    questions = Questions(airflow)
    assert questions.states(*states) == {"waiting": "success", "approval": "skipped",
                                         "release": "skipped", "withdraw": "skipped"}

    newest = installation.newest_day
    agreed, overtaken, refused, unanswered = drafts = [
        waiting_draft("C1", "head_of_credit", newest, installation.noon),
        waiting_draft("C2", "head_of_credit", newest - timedelta(days=1), installation.noon),
        waiting_draft("C3", "owner", newest, installation.noon),
        waiting_draft("C4", "owner", newest, installation.noon),
    ]
    outbox = Outbox(f"sqlite:///{installation.home}/outbox.sqlite")
    assert len(outbox.draft(drafts[:3]).inserted) == 3
    questions.trigger("answered")
    ana, bruno = sorted(questions.open(2), key=lambda question: question["subject"])
    assert ana["subject"] == "BR, head_of_credit: 2 waiting, 200.00 BRL"
    assert "C1 | final_demand |" in ana["body"] and "@" not in ana["body"]
    assert questions.answer(ana, "bruno", "Approve") == 403, "it is not his to answer"
    assert questions.answer(ana, "ana", "Approve") == 200
    assert questions.answer(bruno, "bruno", "Reject", because="they paid") == 200
    assert questions.answer(bruno, "bruno", "Approve") == 409, "an answer stands"
    assert questions.finish("answered") == "success"
    assert states_of(installation) == {
        agreed.notice_id: ("released", "ana", None),
        overtaken.notice_id: ("withdrawn", None, "PAID"),
        refused.notice_id: ("withdrawn", None, "rejected by bruno: they paid"),
    }

    outbox.draft([unanswered])
    outbox.close()
    questions.trigger("unanswered", answer_within_minutes=0.05)
    assert questions.finish("unanswered") == "success"
    assert states_of(installation)[unanswered.notice_id] == (
        "withdrawn", None, "nobody approved it in time")
    assert questions.states("unanswered")["release"] == "skipped"


def states_of(installation: Installation) -> dict[str, tuple]:
    """State, who agreed and why it was withdrawn, of the notices that waited."""
    with sqlite3.connect(installation.home / "outbox.sqlite") as outbox:
        rows = outbox.execute(
            "select notice_id, state, approved_by, (select reply from delivery_event as e "
            "where e.notice_id = o.notice_id and e.state_to = 'withdrawn') "
            "from outbox as o where approval_role is not null"
        )
        return {notice_id: tuple(values) for notice_id, *values in rows}


def clear(airflow: Airflow, run_id: str) -> None:
    """Clear a whole run, as an operator does, and see it through."""
    airflow.command("dags", "clear", "--yes", "--run-id", run_id, "receivables_nightly")
    assert airflow.wait_for_runs(run_id=run_id, count=1, seconds=400) == {run_id: "success"}
