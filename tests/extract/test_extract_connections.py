"""Connections are read from the environment as Airflow reads them."""

from __future__ import annotations

import json

import pytest
from receivables.connections import Connection, connection, database_url
from receivables.errors import SettingsError

TEXTS = [
    # text                                                              | because
    ("postgres://ap:secret@db.example:5432/erp", "the plain form"),
    ("postgresql://ap:secret@db.example/erp", "postgresql is called postgres"),
    ("mysql://ap:p%40ss%2Fw%3Ard@db.example:3306/erp", "passwords are percent-encoded"),
    ("postgres://ap:s@DB.Example:5432/Er%2FP?sslmode=require&application_name=x%20y", "extras"),
    ("postgres://ap:s@h/e?__extra__=%7B%22sslmode%22%3A+%22require%22%7D", "extras as one JSON"),
    ("sqlite:////var/erp.sqlite", "a file as the schema"),
    ("sqlite://%2Fvar%2FErp.sqlite", "a file as the host keeps its capitals"),
    ("smtp://mailer:s@smtp.example:587", "no schema"),
    ("google-cloud-platform://", "dashes become underscores"),
    ("http://https://api.example:443/v1", "a protocol of the host's own"),
    ("postgres://@:5433/erp", "no host"),
    ("postgres://ap@h/erp", "no password"),
    ('{"conn_type": "postgres", "login": "ap", "password": "s", "host": "h", "port": 5432, '
     '"schema": "erp", "extra": {"sslmode": "require"}}', "JSON"),
    (' {"conn_type": "google-cloud-platform", "port": "99", "extra": "{\\"a\\": [1]}"} ',
     "JSON with text for numbers and for the extra, and blanks around"),
]


@pytest.mark.parametrize("text, because", TEXTS, ids=[row[1] for row in TEXTS])
def test_a_connection_reads_as_in_airflow(text: str, because: str) -> None:
    from airflow.sdk.definitions import connection as sdk

    value = text.strip()
    known = (
        sdk.Connection.from_json(value, conn_id="erp") if value.startswith("{")
        else sdk.Connection.from_uri(value, conn_id="erp")
    )
    read = connection("erp", {"AIRFLOW_CONN_ERP": text})
    assert (read.kind, read.host, read.port, read.login, read.password, read.schema) == (
        known.conn_type, known.host, known.port, known.login, known.password, known.schema
    )
    assert dict(read.extra) == (json.loads(known.extra) if known.extra else {})


BROKEN = [
    # value                                           | says              | because
    (None, "is not set", "missing"),
    ("  ", "is not set", "blank"),
    ("hunter2", "is no URI", "no scheme"),
    ("postgres://ap:hunter2/x@h/erp", "percent-encode", "a slash in the password ends the host"),
    ("a://hunter2@b://c", "percent-encode", "a second scheme"),
    ('{"conn_type": "postgres", "password": "hunter2"', "not valid JSON", "half a JSON"),
    ('{"conn_type": "postgres", "pasword": "hunter2"}', "unknown keys pasword", "a typing error"),
    ('{"password": "hunter2"}', "conn_type is missing", "of what kind"),
    ('{"conn_type": "postgres", "port": "hunter2"}', "port is no number", "a port is a number"),
    ('{"conn_type": "postgres", "extra": "hunter2"}', "extra is not valid JSON", "extra is JSON"),
    ('{"conn_type": "postgres", "extra": "[1]"}', "must be a JSON object", "a list has no keys"),
]


@pytest.mark.parametrize("value, says, because", BROKEN, ids=[row[2] for row in BROKEN])
def test_a_broken_connection_names_its_variable_and_never_its_secret(
    value: str | None, says: str, because: str
) -> None:
    environment = {} if value is None else {"AIRFLOW_CONN_ERP_DB": value}
    with pytest.raises(SettingsError) as refused:
        connection("erp_db", environment)
    (fault,) = refused.value.faults
    assert fault.startswith("AIRFLOW_CONN_ERP_DB: ")
    assert says in fault
    assert "hunter2" not in fault


def test_a_connection_shows_no_secret() -> None:
    shown = repr(connection("erp", {
        "AIRFLOW_CONN_ERP": '{"conn_type": "http", "password": "hunter2", '
                            '"extra": {"k": "hunter3"}}'
    }))
    assert "hunter" not in shown
    assert "erp" in shown


URLS = [
    # kind, schema, extra                                   | url
    ("postgres", "erp", {"sslmode": "require", "cursor": "x"},
     "postgresql+psycopg://ap:p%40s@h:1/erp?client_encoding=utf8&sslmode=require"),
    ("mysql", "erp", {}, "mysql+pymysql://ap:p%40s@h:1/erp?charset=utf8mb4"),
    ("mariadb", "erp", {"charset": "latin1"}, "mysql+pymysql://ap:p%40s@h:1/erp?charset=latin1"),
    ("sqlite", "/var/erp.sqlite", {}, "sqlite:////var/erp.sqlite"),
]


@pytest.mark.parametrize("kind, schema, extra, url", URLS, ids=[row[0] for row in URLS])
def test_the_url_of_a_database(kind: str, schema: str, extra: dict[str, str], url: str) -> None:
    given = Connection(id="erp", kind=kind, host="h", port=1, login="ap", password="p@s",
                       schema=schema, extra=extra)
    assert database_url(given).render_as_string(hide_password=False) == url


def test_a_database_without_a_driver_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"connection erp: 'mssql' .* mariadb, mysql, postgres"):
        database_url(Connection(id="erp", kind="mssql"))
