"""The DAGs as Airflow reads them."""

import ast
import copy
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import ParamValidationError
from receivables.settings import SETTINGS_FILE, load

ROOT = Path(__file__).resolve().parents[2]
STAGES = ["extract", "validate", "balance", "select", "publish"]
DAGS = [
    "receivables_nightly", "receivables_dispatch", "receivables_approval", "receivables_inbox",
    "receivables_purge",
]
HEAVY = ["duckdb", "pandas", "pyarrow", "great_expectations", "sqlalchemy.dialects.postgresql"]


@pytest.fixture(scope="module")
def dags():
    started = time.monotonic()
    bag = DagBag(dag_folder=str(ROOT / "dags"))
    print(f"dags/ parsed in {time.monotonic() - started:.2f} s")
    assert bag.import_errors == {}
    return bag.dags


def test_there_are_these_dags_and_no_others(dags):
    assert sorted(dags) == sorted(DAGS)


def test_the_stages_of_the_night_follow_one_another(dags):
    nightly = dags["receivables_nightly"]
    assert [task.task_id for task in nightly.topological_sort()] == STAGES
    for earlier, later in pairwise(STAGES):
        assert nightly.get_task(earlier).downstream_task_ids == {later}


def test_a_stage_of_the_night_has_its_name_in_every_tree():
    for stage in STAGES:
        assert (ROOT / "plugins" / "receivables" / stage / "__init__.py").is_file()
        assert (ROOT / "include" / "sql" / stage).is_dir()


def test_one_source_that_fails_does_not_stop_the_legal_entities_of_another(dags):
    nightly = dags["receivables_nightly"]
    rules = {stage: nightly.get_task(stage).trigger_rule.value for stage in STAGES}
    assert rules["validate"] == "all_done"
    assert {rules[stage] for stage in ("balance", "select", "publish")} == {"all_success"}


def test_the_night_is_mapped_over_what_the_settings_list(dags):
    nightly, settings = dags["receivables_nightly"], load(SETTINGS_FILE)
    mapped = nightly.get_task("extract").op_kwargs_expand_input.value
    assert mapped == {"source": list(settings.sources)}
    for stage in STAGES[1:]:
        group = nightly.get_task(stage).get_closest_mapped_task_group()
        assert group._expand_input.value == {"legal_entity_id": list(settings.entities)}


@pytest.mark.parametrize("dag_id", DAGS)
def test_a_dag_runs_once_at_a_time_and_never_catches_up(dags, dag_id):
    assert dags[dag_id].max_active_runs == 1
    assert dags[dag_id].catchup is False


@pytest.mark.parametrize("dag_id", DAGS)
def test_every_dag_and_task_says_what_it_does_and_what_to_do_if_it_fails(dags, dag_id):
    for heading in ("**What it does.**", "**To run it again**", "**If it fails,**"):
        assert heading in dags[dag_id].doc_md
    assert all(task.doc_md for task in dags[dag_id].tasks)


@pytest.mark.parametrize("dag_id", DAGS)
def test_every_task_is_tried_again_when_the_world_is_not_ready(dags, dag_id):
    assert all(task.retries >= 2 for task in dags[dag_id].tasks)


@pytest.mark.parametrize(
    ("dag_id", "cron"),
    [
        ("receivables_nightly", "0 2 * * *"),
        ("receivables_approval", "0 7 * * 1-5"),
        ("receivables_dispatch", "*/30 * * * *"),
        ("receivables_inbox", "*/15 * * * *"),
        ("receivables_purge", "0 5 * * *"),
    ],
)
def test_a_dag_runs_in_the_companys_time_zone(dags, dag_id, cron):
    timetable = dags[dag_id].timetable
    assert timetable.expression == cron
    assert timetable.timezone == load(SETTINGS_FILE).time_zone


def test_only_the_night_can_be_backfilled(dags):
    assert dags["receivables_nightly"].allowed_run_types is None
    for dag_id in DAGS[1:]:
        allowed = {kind.value for kind in dags[dag_id].allowed_run_types}
        assert allowed == {"scheduled", "manual"}


def test_without_a_yes_nothing_is_released(dags):
    dag = dags["receivables_approval"]
    question, release, withdraw = map(dag.get_task, ("approval", "release", "withdraw"))
    assert question.defaults == ["Reject"], "and so is no answer"
    assert release.trigger_rule.value == "all_success"
    assert release.upstream_task_ids == {"waiting", "approval"}, "it reads the answer"
    assert "approval" not in withdraw.upstream_task_ids, "else Airflow may skip it after a no"
    assert withdraw.trigger_rule.value == "none_failed"


@pytest.mark.parametrize(
    ("conf", "fault", "because"),
    [
        ({}, None, "nothing need be said"),
        ({"as_of_date": "2026-03-31"}, None, "an ISO date"),
        ({"as_of_date": "31/03/2026"}, "as_of_date", "no ISO date"),
        ({"release": "a reason"}, None, "a short text"),
        ({"release": "x" * 201}, "release", "too long to be kept"),
        ({"release": True}, "release", "a tick is no reason"),
        ({"full_extract": True}, None, "a tick"),
        ({"full_extract": "once a month"}, "full_extract", "a tick or none"),
    ],
)
def test_what_may_be_typed_into_a_run(dags, conf, fault, because):
    params = copy.deepcopy(dags["receivables_nightly"].params)
    try:
        params.update(conf)
        params.validate()
    except ParamValidationError as refused:
        assert fault is not None, f"{because}: {refused}"
    else:
        assert fault is None, because


def test_a_run_reads_incrementally_unless_somebody_asks_for_more(dags):
    assert dags["receivables_nightly"].params["full_extract"] is False


def test_reading_the_dags_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from airflow.dag_processing.dagbag import DagBag\n"
        "before = set(sys.modules)\n"
        f"bag = DagBag(dag_folder={str(ROOT / 'dags')!r})\n"
        f"assert len(bag.dags) == {len(DAGS)}, bag.import_errors\n"
        f"print([name for name in {HEAVY} if name in set(sys.modules) - before])\n"
    )
    read = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")},
    )
    assert read.stdout.splitlines()[-1] == "[]"


def test_a_dag_is_a_table_of_contents():
    for dag_id in DAGS:
        text = (ROOT / "dags" / f"{dag_id}.py").read_text(encoding="utf-8")
        documentation = ast.get_docstring(ast.parse(text), clean=False)
        assert len(text.replace(documentation, "").splitlines()) <= 80, dag_id
