"""A connection is the same with Airflow and without."""

import os

import pytest
from receivables import connections
from receivables.errors import SettingsError
from receivables_airflow.connections import connection


@pytest.mark.parametrize(
    ("value", "because"),
    [
        ("postgres://ana:s%40crea@erp.example.com:5432/books?sslmode=require", "a database"),
        ("postgresql://erp.example.com/books", "the same kind by its other name"),
        ("mysql://ana@erp.example.com/books", "no password"),
        ("smtp://ana:secret@relay.example.com:587", "a mail relay"),
        ('{"conn_type": "mysql", "host": "erp", "login": "ana", "password": "x", "port": 3306, '
         '"schema": "books", "extra": {"charset": "utf8mb4"}}', "Airflow's JSON form"),
    ],
)
def test_airflow_and_the_environment_give_the_same_connection(monkeypatch, value, because):
    monkeypatch.setenv("AIRFLOW_CONN_ERP", value)
    ours = connections.connection("erp", os.environ)
    theirs = connection("erp")
    for field in ("id", "kind", "host", "port", "login", "password", "extra"):
        assert getattr(theirs, field) == getattr(ours, field), f"{because}: {field}"
    assert (theirs.schema or "") == (ours.schema or ""), because


def test_a_connection_that_nobody_keeps_is_refused_by_name(monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_ERP", raising=False)
    with pytest.raises(SettingsError, match="AIRFLOW_CONN_ERP: is not set"):
        connection("erp")
