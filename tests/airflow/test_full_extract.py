"""Which runs read the ERP whole."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from airflow.sdk.api.datamodels._generated import DagRunType
from airflow.sdk.execution_time.context import set_current_context
from company import ENTITY, Company
from receivables.lake import Lake
from receivables_airflow import stage
from receivables_airflow.run import full_extract

FULL = [
    ("scheduled", False, False, "the schedule asks for nothing"),
    ("manual", False, False, "nobody asked for it"),
    ("manual", True, True, "a person asked for it"),
    ("backfill", True, False, "a backfill takes what is landed"),
]


@pytest.mark.parametrize(("kind", "given", "expected", "because"), FULL)
def test_which_runs_read_every_table_whole(kind, given, expected, because):
    run = SimpleNamespace(run_type=DagRunType(kind))
    assert full_extract(run, {"full_extract": given}) is expected, because
    assert full_extract(run, {}) is False, "a run of an older version has no such parameter"


def test_a_person_can_have_an_open_nights_source_read_whole_again(tmp_path, monkeypatch):
    company = Company(tmp_path)
    company.customer("C1")
    company.invoice("I1", "100.00", "2026-03-01")
    company.write_erp()
    company.settings()
    monkeypatch.setenv("RECEIVABLES_SETTINGS", str(tmp_path / "settings.yaml"))

    def extracted(full):
        run = SimpleNamespace(
            run_type=DagRunType.MANUAL, logical_date=None, run_after=datetime.now(UTC),
            triggering_user_name="ana",
        )
        with set_current_context({"dag_run": run, "params": {"full_extract": full}}):
            return stage.extract("erp")["extract_id"]

    first, again, whole = extracted(False), extracted(False), extracted(True)
    assert again is None, "the night is open: nothing is read"
    lake = Lake(tmp_path / "home")
    assert [extract.extract_id for extract in lake.extracts("erp")] == [first, whole]
    tables = lake.extracts("erp")[-1].content["tables"]
    assert {entry["extract_id"] for entry in tables.values()} == {whole}, "and stored anew"
    [official] = lake.nights.glob(f"*/{ENTITY}/official.json")
    assert first in official.read_text(), "the open night stays on what it was opened with"
