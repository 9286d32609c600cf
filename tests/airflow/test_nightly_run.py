"""The DAGs under a real scheduler: a live night, a backfill, a killed task, cleared runs, approvals,
letters, and what is stored of the people in the books.

RECEIVABLES_BACKFILLED_RUNS says how many runs are backfilled, and then cleared.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import signal
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy
import stored
from dispatch.hostile_smtp import HostileServer, serving
from installation import CANARIES, ENTITY, SALESPERSON, SECRET, Installation
from questions import Questions, waiting_draft
from receivables.dispatch.outbox import Outbox
from running_airflow import Airflow, running_airflow, wait_until
from sqlalchemy.engine import make_url

pytestmark = pytest.mark.slow

BACKFILLED_DAYS = int(os.environ.get("RECEIVABLES_BACKFILLED_RUNS", "5"))

# Where people may be named: in what the ERP told us, in letters, and on the pages for those who call.
NAMED_AT_HOME = {
    "lake/landing/demo/contact/*/part.parquet": {"name", "email", "phone", "postal_address"},
    "lake/landing/demo/malformed_row/*/part.parquet": {"name"},
    "lake/nights/*/BR/*/ledger/contact.parquet": {"name", "email", "phone", "postal_address"},
    "lake/landing/demo/customer/*/part.parquet": {"salesperson_name", "salesperson_email"},
    "lake/nights/*/BR/*/ledger/customer.parquet": {"salesperson_name", "salesperson_email"},
    "lake/nights/*/BR/*/publish/work_list.html": {"name", "phone", "postal_address", "salesperson_name"},
    "lake/nights/*/BR/*/publish/digest/index.html": {"salesperson_name"},
    "lake/nights/*/BR/*/publish/digest/*.html": {"salesperson_name"},
    "outbox.sqlite": {"name", "email", "salesperson_email"},
    "mail/*/*.eml": {"name", "email", "salesperson_email"},
}

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


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Installation:
    return Installation(tmp_path_factory.mktemp("company") / "installation")


@pytest.fixture(scope="module")
def relay() -> Iterator[HostileServer]:
    """The relay of the installation: it would take letters, and counts who connects."""
    with serving(HostileServer()) as server:
        yield server


@pytest.fixture(scope="module")
def airflow(tmp_path_factory, postgres_url, installation, relay):
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
            connections={"recorder": f"smtp://seller:{SECRET}@127.0.0.1:{relay.port}/?security=none"
                                     "&local_hostname=localhost"},
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
    states = airflow.wait_for_runs(
        run_type="backfill", count=BACKFILLED_DAYS, seconds=600 + 60 * BACKFILLED_DAYS)
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
    """Neither those that were backfilled nor one that the schedule started long ago."""
    clear_all(airflow, "backfill")
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


def test_no_run_of_the_past_connects_to_the_relay(airflow, installation, relay, live_night):
    """Not one that was backfilled, cleared, killed or triggered, and none that somebody tests."""
    conf = json.dumps({"as_of_date": str(installation.days_ago(2)), "release": "somebody typed a reason"})
    airflow.command("dags", "trigger", "receivables_nightly", "--run-id", "old", "--conf", conf)
    airflow.wait_for_runs(run_id="old", count=1, seconds=400)
    airflow.command("dags", "pause", "--yes", "receivables_nightly")  # else the scheduler joins in
    airflow.command("dags", "test", "receivables_nightly", "--conf", conf)
    airflow.command("dags", "unpause", "--yes", "receivables_nightly")
    old = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    airflow.command("tasks", "test", "receivables_nightly", "extract", old, "--map-index", "0")
    assert installation.drafted() == live_night
    assert relay.connections == 0
    runs = airflow.rows("select count(*), sum(clear_number) from dag_run where run_type = 'backfill'")
    assert runs == [(BACKFILLED_DAYS, BACKFILLED_DAYS)], "each was backfilled, and cleared once"


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


def test_a_letter_leaves_once_however_often_its_run_is_cleared_or_tested(
    airflow, installation, relay, live_night
):
    """First the relay refuses our login; then letters go to files; then there is nothing to send."""
    relay.faults["auth"] = f"535 5.7.8 no such login: {SECRET}"
    airflow.command("dags", "unpause", "--yes", "receivables_dispatch")
    assert dispatched(airflow, "refused") == "failed"
    assert relay.connections > 0, "the relay does see who connects"

    del relay.faults["auth"]
    installation.set_sink(True)
    assert dispatched(airflow, "kept") == "success"
    letters = sorted(file.name for file in installation.home.glob("mail/*/*.eml"))
    assert len(letters) >= live_night

    installation.set_sink(False)
    connected = relay.connections
    for _ in range(3):
        clear(airflow, "kept", dag_id="receivables_dispatch")
    airflow.command("tasks", "test", "receivables_dispatch", "dispatch", datetime.now(UTC).isoformat())
    airflow.command("dags", "test", "receivables_dispatch")
    assert relay.connections == connected and relay.mails == []
    assert sorted(file.name for file in installation.home.glob("mail/*/*.eml")) == letters


def test_the_purge_leaves_letters_whose_time_is_not_over(airflow, installation, live_night):
    letters = sorted(installation.home.glob("mail/*/*.eml"))
    airflow.command("dags", "test", "receivables_purge")
    assert sorted(installation.home.glob("mail/*/*.eml")) == letters


def test_a_night_that_cannot_read_its_rows_fails(airflow, installation, live_night):
    contacts = installation.erp / "contact.csv"
    whole = contacts.read_bytes()
    contacts.write_bytes(whole.replace(b"contact_id,", b"no_id,", 1))
    day = installation.days_ago(BACKFILLED_DAYS + 30)
    airflow.command("dags", "trigger", "receivables_nightly", "--run-id", "broken",
                    "--conf", json.dumps({"as_of_date": str(day)}))
    assert airflow.wait_for_runs(run_id="broken", count=1, seconds=400) == {"broken": "failed"}
    contacts.write_bytes(whole)


def test_people_are_named_only_where_they_have_to_be(airflow, installation, live_night):
    """After all of the above: no word of them, or of the relay's password, is where it must not be."""
    login = base64.b64encode(f"\0seller\0{SECRET}".encode()).decode()
    words = {**CANARIES, **SALESPERSON, "secret": SECRET, "login": login}
    home = stored.at_home(installation.home, words)
    kept = stored.in_airflow(airflow, words)
    for place, counts in sorted({**home, **kept}.items()):
        print(f"{place:60} {dict(+counts) or '-'}")
    assert {name for counts in home.values() for name in +counts} == {*CANARIES, *SALESPERSON}, (
        "the search finds what is there"
    )
    for place, counts in home.items():
        assert set(+counts) <= NAMED_AT_HOME.get(place, set()), place
    seen = stored.in_airflow(airflow, {"day": installation.newest_day.isoformat()})
    assert all(seen[place]["day"] for place in ("table xcom", "table dag_run", "log of tasks")), (
        "and reads what was stored"
    )
    assert {"table xcom", "table dag_run", "table rendered_task_instance_fields", "table log",
            "table task_instance", "log of tasks", "log scheduler.log"} <= set(kept)
    assert {place: +counts for place, counts in kept.items() if +counts} == {}


def dispatched(airflow: Airflow, run_id: str) -> str:
    """How a run of the dispatcher ends."""
    airflow.command("dags", "trigger", "receivables_dispatch", "--run-id", run_id)
    return airflow.wait_for_runs(run_id=run_id, count=1, seconds=120)[run_id]


def states_of(installation: Installation) -> dict[str, tuple]:
    """State, who agreed and why it was withdrawn, of the notices that waited."""
    with sqlite3.connect(installation.home / "outbox.sqlite") as outbox:
        rows = outbox.execute(
            "select notice_id, state, approved_by, (select reply from delivery_event as e "
            "where e.notice_id = o.notice_id and e.state_to = 'withdrawn') "
            "from outbox as o where approval_role is not null"
        )
        return {notice_id: tuple(values) for notice_id, *values in rows}


def clear(airflow: Airflow, run_id: str, dag_id: str = "receivables_nightly") -> None:
    """Clear a whole run, as an operator does, and see it through."""
    airflow.command("dags", "clear", "--yes", "--run-id", run_id, dag_id)
    assert airflow.wait_for_runs(run_id=run_id, count=1, seconds=400) == {run_id: "success"}


def clear_all(airflow: Airflow, run_type: str) -> None:
    """Clear every run of a type at once, and see them through."""
    runs = airflow.run_states(run_type=run_type)
    for run_id in runs:
        path = "/dags/receivables_nightly/clearTaskInstances"
        body = {"dry_run": False, "dag_run_id": run_id, "only_failed": False}
        status, answer = airflow.api("ana", "POST", path, body)
        assert status == 200, answer
    states = airflow.wait_for_runs(run_type=run_type, count=len(runs), seconds=600 + 60 * len(runs))
    assert set(states.values()) == {"success"}
