"""Sources of kind `sql`: exact text of one moment of the ERP's own database."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from extract_source import FIRST_NIGHT, below, description, resolver, sql_source, table
from receivables.connections import Connection
from receivables.errors import DataError, SettingsError, TransientError
from receivables.extract import land
from receivables.lake import Extract, Lake
from receivables.settings import Source

ALL = ["sqlite", "postgres", "mariadb"]


def landed(source: Source, lake: Lake, url: str, *, night: int = 0, **change: Any) -> Extract:
    return land(source, lake=lake, known_at=FIRST_NIGHT + timedelta(days=night),
                resolve=resolver(url), progress=change.get("progress", lambda line: None))


def customer(value: str) -> str:
    return ("select 'C1' as customer_id, 'DE' as legal_entity_id, 'Muster GmbH' as name, "
            f"'DE' as country, {value} as seen")


VALUES = [
    # database, SQL value                              | text | because
    ("sqlite", "' x '", "x", "text"),
    ("sqlite", "null", None, "missing"),
    ("sqlite", "''", None, "empty is missing"),
    ("sqlite", "10047", "10047", "whole number"),
    ("sqlite", "0.1", "0.1", "float"),
    ("sqlite", "12.0", "12", "a whole float has no .0"),
    ("sqlite", "1e-7", "0.0000001", "no exponent"),
    ("sqlite", "1e22", "10000000000000000000000", "no exponent"),
    ("sqlite", "'a:b 100%'", "a:b 100%", "a colon or a percent sign is nobody's parameter"),
    ("postgres", "1234567890123456789012.1234567890123456789",
     "1234567890123456789012.1234567890123456789", "numeric without a scale is exact"),
    ("postgres", "cast('1e-12' as numeric)", "0.000000000001", "no exponent"),
    ("postgres", "cast('1e25' as numeric)", "10000000000000000000000000", "no exponent"),
    ("postgres", "cast(10.50 as numeric(12, 2))", "10.50", "a scale is kept"),
    ("postgres", "cast(0.1 as double precision)", "0.1", "float"),
    ("postgres", "true", "true", "boolean"),
    ("postgres", "date '2026-03-31'", "2026-03-31", "date"),
    ("postgres", "timestamp '2026-03-31 13:05'", "2026-03-31T13:05:00", "local time"),
    ("postgres", "timestamp '2026-03-31 00:00'", "2026-03-31", "midnight is a date"),
    ("postgres", "timestamptz '2026-03-31 21:00-03'", "2026-04-01T00:00:00Z", "instant in UTC"),
    ("postgres", "cast('{\"b\": 1, \"a\": \"ü\"}' as jsonb)", '{"a": "ü", "b": 1}', "document"),
    ("postgres", "'a:b 100%s'::text", "a:b 100%s", "PostgreSQL's own casts work"),
    ("postgres", "cast('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' as uuid)",
     "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "uuid"),
    ("postgres", "timestamptz '2026-03-31 21:00:00.5-03:30'", "2026-04-01T00:30:00.500000Z",
     "microseconds are six digits or none"),
    ("postgres", "timestamp '0900-01-01 13:05:00.000001'", "0900-01-01T13:05:00.000001", "long ago"),
    ("postgres", "date 'infinity'", "infinity", "no date, and the border refuses that row alone"),
    ("postgres", "'a,\"b\"' || chr(13) || chr(10) || '\\.' || chr(10) || 'ü'",
     'a,"b"\r\n\\.\nü', "nothing in a text ends it"),
    ("postgres", "'\\.'", "\\.", "nothing in a text ends the rows"),
    ("postgres", "cast('x' as char(9))", "x", "padding"),
    ("postgres", "cast('1e-7' as float8)", "0.0000001", "no exponent"),
    ("postgres", "cast('NaN' as numeric)", "NaN", "no number, and the border refuses it"),
    ("postgres", "time '13:05:00.5'", "13:05:00.500000", "time"),
    ("postgres", "interval '1 day 1 hour'", "1 day, 1:00:00", "duration"),
    ("postgres", "array[1, null, 2]", "[1, null, 2]", "list"),
    ("postgres", "cast('pg_class' as regclass)", "pg_class", "a type that the driver does not know"),
    ("mariadb", "cast(10.5 as decimal(38, 9))", "10.500000000", "decimals are exact"),
    ("mariadb", "cast('2026-03-31' as date)", "2026-03-31", "date"),
    ("mariadb", "from_unixtime(0)", "1970-01-01", "the session speaks UTC"),
    ("mariadb", "cast('2026-03-31 13:05:00' as datetime)", "2026-03-31T13:05:00", "local time"),
    ("mariadb", "'Müller 😀 %s'", "Müller 😀 %s", "all of Unicode"),
    ("mariadb", "1 = 1", "1", "MariaDB has no booleans of its own"),
]


@pytest.mark.parametrize("database, value, text, because", VALUES,
                         ids=[f"{row[0]}: {row[1]}: {row[3]}" for row in VALUES])
def test_a_value_becomes_canonical_text(
    database: str, value: str, text: str | None, because: str, tmp_path: Path, lake: Lake,
    database_urls: Mapping[str, str],
) -> None:
    url = database_urls[database]
    Path(tmp_path / "erp.sqlite").touch()
    source = sql_source(tmp_path / "sql", customer=customer(value))
    assert table(landed(source, lake, url), "customer") == [{
        "source_row": 1, "customer_id": "C1", "legal_entity_id": "DE", "name": "Muster GmbH",
        "country": "DE", "seen": text,
    }]


@pytest.mark.parametrize("database", ALL)
def test_every_table_is_of_one_moment(
    database: str, tmp_path: Path, lake: Lake, database_urls: Mapping[str, str]
) -> None:
    engine = sqlalchemy.create_engine(database_urls[database])
    rows = f"erp_{secrets.token_hex(4)}"
    with engine.connect() as erp:
        if database == "sqlite":
            erp.exec_driver_sql("pragma journal_mode = wal")
        erp.exec_driver_sql(f"create table {rows} (id varchar(9) primary key)")
        erp.exec_driver_sql(f"insert into {rows} values ('C1')")
        erp.commit()
    source = sql_source(
        tmp_path / "sql",
        customer=f"select id as customer_id, 'DE' as legal_entity_id, 'x' as name, "
                 f"'DE' as country from {rows}",
        contact=f"select id as contact_id, id as customer_id, 'DE' as legal_entity_id, "
                f"'owner' as role from {rows} order by id",
    )

    def write_meanwhile(line: str) -> None:
        if line == "erp: customer: 1 rows":
            with engine.begin() as erp:
                erp.exec_driver_sql(f"insert into {rows} values ('C2')")

    url = database_urls[database]
    first = landed(source, lake, url, progress=write_meanwhile)
    second = landed(source, lake, url, night=1)
    engine.dispose()
    assert [len(table(first, name)) for name in ("customer", "contact")] == [1, 1]
    assert [row["contact_id"] for row in table(second, "contact")] == ["C1", "C2"]


WRITES = [
    # database, what is there, a statement that no rollback undoes, what it wrote, the refusal
    ("sqlite", "create table {name} (id text)", "insert into {name} values ('C1')",
     "select count(*) from {name}", "readonly"),
    ("postgres", "create sequence {name}", customer("nextval('{name}')"),
     "select cast(is_called as integer) from {name}", "read-only"),
    ("mariadb", "create table {name} (id text) engine = aria", "insert into {name} values ('C1')",
     "select count(*) from {name}", "READ ONLY"),
]


@pytest.mark.parametrize("database, there, write, written, refusal", WRITES,
                         ids=[row[0] for row in WRITES])
def test_the_erp_is_only_read(
    database: str, there: str, write: str, written: str, refusal: str, tmp_path: Path, lake: Lake,
    database_urls: Mapping[str, str],
) -> None:
    engine = sqlalchemy.create_engine(database_urls[database])
    name = f"erp_{secrets.token_hex(4)}"
    with engine.begin() as erp:
        erp.exec_driver_sql(there.format(name=name))
    source = sql_source(tmp_path / "sql", customer=write.format(name=name))
    with pytest.raises(SettingsError, match=refusal):
        landed(source, lake, database_urls[database])
    with engine.connect() as erp:
        assert erp.exec_driver_sql(written.format(name=name)).scalar() == 0
    engine.dispose()
    assert below(lake.landing / "erp") == []


@pytest.mark.parametrize("database", ALL)
def test_many_rows_are_landed_batch_by_batch_in_their_order(
    database: str, tmp_path: Path, lake: Lake, database_urls: Mapping[str, str]
) -> None:
    url = database_urls[database]
    Path(tmp_path / "erp.sqlite").touch()
    numbers = {
        "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n where i < 120001)"
                  " select i from n",
        "postgres": "select i from generate_series(1, 120001) as n(i)",
        "mariadb": "select seq as i from seq_1_to_120001",
    }[database]
    source = sql_source(
        tmp_path / "sql",
        receipt="select i as receipt_id, 'DE' as legal_entity_id, 'C1' as customer_id, "
                "'2026-01-01' as receipt_date, 'EUR' as currency, case when i <= 60000 then null "
                f"else 0.01 end as amount, i as \"{'Ref' if database != 'mariadb' else 'x'}\" "
                f"from ({numbers}) as numbers".replace('"', "`" if database == "mariadb" else '"'),
        allocation="select 'A1' as allocation_id, 'DE' as legal_entity_id, 'I1' as invoice_id, "
                   "'receipt' as source_type, 'R1' as source_id, '2026-01-01' as allocation_date, "
                   "1 as amount where 1 = 0" if database != "mariadb" else
                   "select 'A1' as allocation_id, 'DE' as legal_entity_id, 'I1' as invoice_id, "
                   "'receipt' as source_type, 'R1' as source_id, '2026-01-01' as allocation_date, "
                   "1 as amount from dual where 1 = 0",
    )
    extract = landed(source, lake, url)
    receipts = table(extract, "receipt")
    assert len(receipts) == 120_001
    assert all(row["receipt_id"] == str(row["source_row"]) for row in receipts)
    assert sum(Decimal(row["amount"] or 0) for row in receipts) == Decimal("600.01")
    assert table(extract, "allocation") == []
    assert description(extract)["kind"] == "sql"


ENCODINGS = [
    # encoding of the database | name | says | because
    ("LATIN1", "Müller", None, "PostgreSQL knows what its text is"),
    ("SQL_ASCII", "Muller", None, "plain letters are the same in all"),
    ("SQL_ASCII", "Müller", "cannot compute the SELECT", "PostgreSQL does not know what it is"),
]


@pytest.mark.parametrize("encoding, name, says, because", ENCODINGS,
                         ids=[f"{row[0]}: {row[3]}" for row in ENCODINGS])
def test_text_of_a_database_in_another_encoding(
    encoding: str, name: str, says: str | None, because: str, tmp_path: Path, lake: Lake,
    postgres_url: str,
) -> None:
    server = sqlalchemy.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    url = sqlalchemy.engine.make_url(postgres_url)
    database = f"{url.database}_{encoding.lower()}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database if exists {database}")
        connection.exec_driver_sql(
            f"create database {database} encoding '{encoding}' locale 'C' template template0"
        )
    url = url.set(database=database)
    erp = sqlalchemy.create_engine(url, connect_args={"client_encoding": "utf8"})
    with erp.begin() as connection:
        connection.exec_driver_sql("create table partner (name text)")
        bytes_of = name.encode("latin1").hex()
        connection.exec_driver_sql(
            f"insert into partner select convert_from(decode('{bytes_of}', 'hex'), "
            f"'{encoding}')"
        )
    erp.dispose()
    source = sql_source(tmp_path / "sql", customer=customer("name") + " from partner")
    if says is None:
        extract = landed(source, lake, url.render_as_string(False))
        assert table(extract, "customer")[0]["seen"] == name, because
    else:
        with pytest.raises(DataError, match=says):
            landed(source, lake, url.render_as_string(False))
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {database} with (force)")
    server.dispose()


REFUSED = [
    # database, SELECT                                     | error | says | because
    ("sqlite", "select 1 as customer_id", DataError, "legal_entity_id, name are missing",
     "required columns"),
    ("sqlite", customer("x'00'"), DataError, "column seen: values of type bytes", "bytes"),
    ("sqlite", "select * from gone", SettingsError, "no such table: gone", "no table"),
    ("sqlite", "selec 1", SettingsError, "syntax error", "no SQL"),
    ("sqlite", "pragma foreign_keys = on", SettingsError, "gives no rows", "no SELECT"),
    ("postgres", "select * from gone", SettingsError, 'relation "gone" does not exist', "no table"),
    ("postgres", "selec 1", SettingsError, "syntax error", "no SQL"),
    ("postgres", customer("cast('Muster GmbH' as numeric)"), DataError,
     "cannot compute the SELECT", "a value that does not fit"),
    ("postgres", customer("cast('Muster' as bytea)"), DataError,
     "column seen: values of type bytes", "bytes"),
    ("postgres", customer("timestamp 'infinity'"), DataError, "cannot compute the SELECT", "never"),
    ("postgres", customer("1") + ") to stdout --", SettingsError, "must have an alias", "no SELECT"),
    ("postgres", "select 1 as customer_id; select 2", SettingsError, "syntax error", "two SELECTs"),
    ("mariadb", "select * from gone", SettingsError, "doesn't exist", "no table"),
    ("mariadb", "selec 1", SettingsError, "SQL syntax", "no SQL"),
]


@pytest.mark.parametrize("database, text, error, says, because", REFUSED,
                         ids=[f"{row[0]}: {row[4]}" for row in REFUSED])
def test_a_select_that_cannot_be_landed_is_named_without_its_values(
    database: str, text: str, error: type[Exception], says: str, because: str, tmp_path: Path,
    lake: Lake, database_urls: Mapping[str, str],
) -> None:
    url = database_urls[database]
    Path(tmp_path / "erp.sqlite").touch()
    with pytest.raises(error) as refused:
        landed(sql_source(tmp_path / "sql", customer=text), lake, url)
    said = str(refused.value)
    assert says in said
    assert "source erp, table customer, " in said
    assert "customer.sql" in said
    assert "Muster" not in said
    assert below(lake.landing / "erp") == []


UNREACHABLE = [
    # connection                                                    | error | says | because
    (Connection("erp", "postgres", "127.0.0.1", 1, "ap", "hunter2", "erp"), TransientError,
     "does not answer", "no PostgreSQL there"),
    (Connection("erp", "mysql", "127.0.0.1", 1, "ap", "hunter2", "erp"), TransientError,
     "does not answer", "no MariaDB there"),
    (Connection("erp", "sqlite", schema="/nowhere/erp.sqlite"), SettingsError,
     "/nowhere/erp.sqlite is no SQLite file", "no file, and none is made"),
    (Connection("erp", "smtp", "127.0.0.1"), SettingsError, "is no database", "no database"),
]


@pytest.mark.parametrize("connection, error, says, because", UNREACHABLE,
                         ids=[row[3] for row in UNREACHABLE])
def test_a_database_that_is_not_there(
    connection: Connection, error: type[Exception], says: str, because: str, tmp_path: Path,
    lake: Lake,
) -> None:
    with pytest.raises(error) as refused:
        land(sql_source(tmp_path / "sql"), lake=lake, known_at=FIRST_NIGHT,
             resolve=lambda _: connection, progress=lambda line: None)
    assert says in str(refused.value)
    assert "connection erp" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_wrong_password_is_not_worth_another_try(
    tmp_path: Path, lake: Lake, mariadb_url: str
) -> None:
    right = resolver(mariadb_url)("erp")
    wrong = Connection("erp", "mysql", right.host, right.port, "nobody", "hunter2", right.schema)
    with pytest.raises(SettingsError, match="refuses the login") as refused:
        land(sql_source(tmp_path / "sql"), lake=lake, known_at=FIRST_NIGHT,
             resolve=lambda _: wrong, progress=lambda line: None)
    assert "hunter2" not in str(refused.value)


def test_a_connection_cut_while_reading_can_be_tried_again(
    tmp_path: Path, lake: Lake, postgres_url: str
) -> None:
    source = sql_source(tmp_path / "sql", customer=customer("pg_backend_pid()"))
    engine = sqlalchemy.create_engine(postgres_url, isolation_level="AUTOCOMMIT")

    def cut(line: str) -> None:
        with closing(engine.connect()) as server:
            server.exec_driver_sql(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where state = 'idle in transaction' and datname = current_database()"
            )

    with pytest.raises(TransientError, match="source erp, table invoice"):
        landed(source, lake, postgres_url, progress=cut)
    engine.dispose()
    assert below(lake.landing / "erp") == []
    assert len(table(landed(source, lake, postgres_url), "customer")) == 1
