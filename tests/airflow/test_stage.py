"""What a failed stage means to Airflow: try again, or stop and call a person."""

import inspect
import traceback
from types import SimpleNamespace

import duckdb
import pytest
import sqlalchemy
from airflow.sdk.exceptions import AirflowFailException
from receivables import errors, night
from receivables.dispatch.dispatcher import DispatchReport
from receivables_airflow import stage
from receivables_airflow.stage import UnforeseenError, stopping_for_people


@pytest.mark.parametrize(
    ("error", "because"),
    [
        (errors.SettingsError(["settings.yaml: home: is missing"]), "a person edits the file"),
        (errors.PolicyError("standard.yaml: steps: overlap"), "a person edits the file"),
        (errors.DataError("customer: no rows"), "a person looks at the source"),
        (errors.AuditFailed("aging: does not tie"), "finance looks at the figures"),
        (errors.WrongUse("2026-03-31 is not over"), "the caller changes the call"),
    ],
)
def test_what_a_person_must_mend_is_not_tried_again(error, because):
    with pytest.raises(AirflowFailException) as stopped, stopping_for_people():
        raise error
    assert str(stopped.value) == f"{type(error).__name__}: {error}", because


@pytest.mark.parametrize(
    ("error", "because"),
    [
        (errors.TransientError("warehouse.duckdb: another process holds it"), "a lock passes"),
        (OSError(28, "No space left on device"), "machines are mended while tasks wait"),
    ],
)
def test_what_may_pass_by_itself_is_tried_again(error, because):
    with pytest.raises(type(error)) as passed, stopping_for_people():
        raise error
    assert passed.value is error, because


def test_the_row_that_an_error_stumbled_over_is_not_in_the_log():
    with pytest.raises(AirflowFailException) as stopped, stopping_for_people():
        try:
            raise ValueError("ana.souza@example.com")
        except ValueError as cause:
            raise errors.DataError("contact: 1 row cannot be read") from cause
    assert stopped.value.__cause__ is None
    assert stopped.value.__suppress_context__


def misread(_: str) -> None:
    duckdb.sql("select cast('Ida Vandersloot' as integer)").fetchall()


def doubled(postgres_url: str) -> None:
    engine = sqlalchemy.create_engine(postgres_url, hide_parameters=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("create temporary table person (name text primary key)")
        for _ in range(2):
            connection.exec_driver_sql("insert into person values (%s)", ("Ida Vandersloot",))


def mistaken(_: str) -> None:
    int("Ida Vandersloot")


UNFORESEEN = [
    (misread, "duckdb", "ConversionException", "DuckDB quotes the value"),
    (doubled, "sqlalchemy.exc", "IntegrityError", "PostgreSQL quotes the key, parameters hidden or not"),
    (mistaken, "builtins", "ValueError", "Python quotes the text"),
]


@pytest.mark.parametrize(
    ("fails", "module", "kind", "because"), UNFORESEEN, ids=[row[2] for row in UNFORESEEN]
)
def test_an_error_that_nobody_foresaw_is_tried_again_and_quotes_no_row(
    postgres_url, fails, module, kind, because
):
    with pytest.raises(Exception, match="Vandersloot"):
        fails(postgres_url)
    with pytest.raises(UnforeseenError) as told, stopping_for_people():
        fails(postgres_url)
    text = "".join(traceback.format_exception(told.value))
    assert f"{kind};" in str(told.value) and module in str(told.value)
    assert f"in {fails.__name__}" in text, "it says where"
    quoted = [line for line in text.splitlines() if "Vandersloot" in line]
    assert all(line.strip() in inspect.getsource(fails) for line in quoted), because


def test_every_error_of_the_product_is_one_or_the_other():
    kinds = set(errors.ReceivablesError.__subclasses__())
    tested = {
        errors.SettingsError, errors.PolicyError, errors.DataError, errors.AuditFailed,
        errors.WrongUse, errors.TransientError,
    }
    assert kinds == tested


@pytest.mark.parametrize(
    ("amiss", "said", "because"),
    [
        ({}, None, "a run that did what it could"),
        ({"stopped_because": "stopped on 2026-04-01: x"}, "stopped on", "a person resumes"),
        ({"overdue": {"BR": 2}}, "BR 2", "letters missed their day: a person is told, once"),
    ],
)
def test_a_dispatch_that_a_person_must_hear_of_fails_and_is_not_tried_again(
    monkeypatch, amiss, said, because
):
    counts = dict.fromkeys(
        ("sent", "unknown", "failed", "put_off", "withdrawn", "expired", "swept", "left"), 0
    )
    report = DispatchReport(**counts, **{"stopped_because": None, **amiss})
    monkeypatch.setattr(stage, "installed_settings", lambda: None)
    monkeypatch.setattr(
        stage, "get_current_context", lambda: {"dag_run": SimpleNamespace(run_type="scheduled")}
    )
    monkeypatch.setattr(night, "dispatch", lambda *_, **__: report)
    if said is None:
        assert stage.dispatch()["overdue"] == {}, because
        return
    with pytest.raises(AirflowFailException, match=said):
        stage.dispatch()
