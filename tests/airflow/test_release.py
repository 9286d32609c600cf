"""Which runs may draft notices: the first of the locks on the door."""

from types import SimpleNamespace

import pytest
from airflow.sdk.api.datamodels._generated import DagRunType
from airflow.utils.types import DagRunType as CoreDagRunType
from receivables_airflow.command import demonstration_release
from receivables_airflow.run import release, run_type

REASON = "the relay was down last night"

RELEASES = [
    ("scheduled", None, "schedule", "the schedule is why it runs"),
    ("scheduled", REASON, "schedule", "a scheduled run needs no reason"),
    ("manual", None, None, "a person tried something out"),
    ("manual", "", None, "an empty field is no reason"),
    ("manual", "   ", None, "blanks are no reason"),
    ("manual", REASON, f"ana: {REASON}", "a person answers for it by name"),
    ("backfill", None, None, "the past is never sent again"),
    ("backfill", REASON, None, "the past is never sent again, whatever was typed"),
    ("asset_triggered", REASON, None, "it may hide a backfill"),
    ("asset_materialization", REASON, None, "nobody asked for letters"),
    ("operator_triggered", REASON, None, "another DAG is no person"),
]


@pytest.mark.parametrize(("kind", "given", "expected", "because"), RELEASES)
def test_who_may_draft_notices(kind, given, expected, because):
    run = SimpleNamespace(run_type=DagRunType(kind), triggering_user_name="ana")
    assert release(run, {"release": given}) == expected, because


def test_every_run_type_that_airflow_has_is_in_the_table():
    assert {row[0] for row in RELEASES} == {kind.value for kind in DagRunType}


def test_both_of_airflows_enums_of_run_types_say_backfill_alike():
    for kind in (DagRunType.BACKFILL, CoreDagRunType.BACKFILL_JOB):
        assert run_type(SimpleNamespace(run_type=kind)) == "backfill"


def test_a_reason_without_a_name_is_recorded_as_such():
    run = SimpleNamespace(run_type=DagRunType.MANUAL, triggering_user_name=None)
    assert release(run, {"release": REASON}) == f"unknown: {REASON}"


@pytest.mark.parametrize(
    ("sink", "is_released", "because"),
    [
        (True, True, "letters stay here as files"),
        (False, False, "letters would reach customers, and nobody asked for that"),
    ],
)
def test_make_night_releases_notices_only_while_letters_stay_here(sink, is_released, because):
    settings = SimpleNamespace(mail=SimpleNamespace(sink=sink))
    assert bool(demonstration_release(settings)) is is_released, because
