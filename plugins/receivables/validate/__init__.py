"""The `validate` stage: landing in; ledger, quarantine, check results and a report out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from receivables.contract import Table, tables
from receivables.currency import write_currency_table
from receivables.extract.queries import required_tables
from receivables.lake import Extract, Night, content_hash, utc
from receivables.landed import read_landed
from receivables.settings import Source
from receivables.sql import SQL, Session, session
from receivables.validate.column import row_key, typed, unreadable
from receivables.validate.domain import write_domain_table
from receivables.validate.expectation import CheckResult, check
from receivables.validate.report import write_report
from receivables.validate.warning import warn


def validate(
    night: Night,
    *,
    extract: Extract,
    source: Source,
    scratch: Path,
    progress: Callable[[str], None],
) -> None:
    """Sort every landed row of the night's legal entity into the ledger or the quarantine."""
    results: list[CheckResult] = []
    with session(scratch) as sql:
        _prepare(sql, night, source, extract)
        for table in tables().values():
            results += _validate_table(sql, night, table, extract)
            if table.name == "exchange_rate":
                sql.create("pair_rate", "exchange/pair_rate")
        results += _malformed_rows(sql, night, extract)
        warnings = warn(sql, required_tables(source))
        _write_results(sql, night, [*results, *warnings])
        night.record(
            as_of_date=night.as_of_date.isoformat(),
            legal_entity_id=night.legal_entity_id,
            source=source.name,
            extract_id=extract.extract_id,
            input_hash=extract.content["input_hash"],
            tables={name: content_hash(sql, night.file(name)) for name in _written()},
        )
        write_report(sql, night)
    quarantined = sum(result.rows_failed for result in results)
    warned = sum(result.rows_failed for result in warnings)
    progress(
        f"{night.legal_entity_id}: validated, {quarantined} faults quarantined, {warned} warnings"
    )


def _written() -> list[str]:
    ledger = [f"ledger/{name}" for name in tables()]
    return [*ledger, "quarantine", "validate/check_result", "validate/warning"]


def _prepare(sql: Session, night: Night, source: Source, extract: Extract) -> None:
    """Tables that the statements read beside the landed rows."""
    takes_strays = source.entities[0] == night.legal_entity_id
    # By no clock is it later than that where the ERP stands.
    known_on = max(utc(extract.known_at).date(), night.as_of_date + timedelta(days=1))
    sql.connection.execute(
        "create table night as select $d::date as as_of_date, $e as legal_entity_id, "
        "$k::date as known_on, $t as takes_strays, true as shows_values, true as holds_dunning",
        {"d": night.as_of_date, "e": night.legal_entity_id, "k": known_on, "t": takes_strays},
    )
    sql.connection.execute(
        "create table source_entity as select unnest($e) as legal_entity_id",
        {"e": list(source.entities)},
    )
    sql.connection.execute(
        "create table failure (source_table varchar, source_row bigint, column_name varchar, "
        "offending_value varchar, reason_code varchar, because varchar)"
    )
    write_currency_table(sql)


def _validate_table(
    sql: Session, night: Night, table: Table, extract: Extract
) -> list[CheckResult]:
    present = read_landed(sql, extract, table.name, "landed_file")
    _land(sql, table, present)
    sql.create("duplicate_key", "validate/duplicate_key")
    sql.view("checked", "validate/checked")
    if table.name == "contact":
        write_domain_table(sql)
    named = SQL / "validate" / f"{table.name}.sql"
    sql.view("probe", f"validate/{table.name}" if named.exists() else "validate/probe")

    results = check(sql, table.name)
    sql.connection.execute(
        "update night set shows_values = $v, holds_dunning = $h",
        {"v": table.name != "contact", "h": table.holds_dunning},
    )
    part = f"quarantine_{table.name}"
    sql.create(part, "validate/quarantine", source_table=table.name)
    _write_ledger(sql, night, table)
    landed, kept, quarantined = _counts(sql, table.name)
    assert landed == kept + quarantined, f"{table.name}: {landed} <> {kept} + {quarantined}"
    provided = "provided" if present else "not provided by the source"
    conserved = CheckResult(
        table.name, "rows_in_equal_rows_out", landed, 0, "pass", "",
        f"{provided}; {landed} rows in = {kept} in the ledger + {quarantined} quarantined",
    )
    return [conserved, *results]


def _land(sql: Session, table: Table, present: list[str]) -> None:
    """Make `landed`: the night's rows of a table, every contract column there, as text."""
    if not present:
        sql.connection.execute(
            "create or replace view landed_file as select 0::bigint as source_row where false"
        )
    columns = [
        f'"{name}"' if name in present else f'cast(null as varchar) as "{name}"'
        for name in table.column_names
    ]
    if not table.by_legal_entity:
        columns.append("(select legal_entity_id from night) as legal_entity_id")
    content = ", ".join(f"""coalesce("{name}", chr(30))""" for name in table.column_names)
    _view_text(
        sql,
        "landed",
        f"""
        with landed_rows as (
            select source_row, {", ".join(columns)}
            from landed_file
            where {_OF_THE_NIGHT if "legal_entity_id" in present else "true"}
        )
        select
            *,
            {row_key(table)} as row_key,
            {" and ".join(f'"{name}" is not null' for name in table.key)} as has_whole_key,
            md5_number_lower(concat_ws(chr(31), {content})) as row_content,
            {unreadable(table)} as unreadable
        from landed_rows
        """,
    )


# A row of no known legal entity is looked after by the source's first one: nothing is lost.
_OF_THE_NIGHT = """
    legal_entity_id = (select legal_entity_id from night)
    or (
        (select takes_strays from night)
        and not coalesce(legal_entity_id in (select legal_entity_id from source_entity), false)
    )
"""


def _write_ledger(sql: Session, night: Night, table: Table) -> None:
    casts = ",\n    ".join(f'{typed(c)} as "{c.name}"' for c in table.columns)
    _view_text(
        sql,
        "ledger",
        f"select\n    {casts}\nfrom landed\nwhere source_row not in "
        f"(select source_row from failure where source_table = '{table.name}')",
    )
    file = night.file(f"ledger/{table.name}")
    sql.write_table("ledger", file)
    sql.read(table.name, file)


def _counts(sql: Session, table: str) -> tuple[int, int, int]:
    [row] = sql.connection.execute(
        f"select (select count(*) from landed), (select count(*) from {table}), "
        "(select count(distinct source_row) from failure where source_table = $t)",
        {"t": table},
    ).fetchall()
    return row


def _malformed_rows(sql: Session, night: Night, extract: Extract) -> list[CheckResult]:
    """Quarantine the lines that were not even rows, with the customers that they may be about."""
    if not read_landed(sql, extract, "malformed_row", "malformed_row"):
        sql.connection.execute(
            "create view malformed_row as select 0::bigint as source_row, '' as source_file, "
            "'' as source_table, '' as raw_text where false"
        )
    sql.connection.execute(
        "create table contract_table (source_table varchar, holds_dunning boolean)"
    )
    sql.connection.executemany(
        "insert into contract_table values (?, ?)",
        [(table.name, table.holds_dunning) for table in tables().values()],
    )
    sql.create("named_customer", "validate/named_customer")
    sql.create("quarantine_malformed", "validate/malformed_row")
    [(count,)] = sql.connection.execute(
        "select count(distinct (row_key, source_row)) from quarantine_malformed"
    ).fetchall()
    outcome = "warn" if count else "pass"
    return [
        CheckResult("malformed_row", "lines_are_rows", count, count, outcome, "ROW_MALFORMED",
                    "a line with too many or too few fields cannot be told apart")
    ]


def _write_results(sql: Session, night: Night, results: list[CheckResult]) -> None:
    parts = [f"quarantine_{name}" for name in tables()] + ["quarantine_malformed"]
    _view_text(
        sql, "quarantine", " union all ".join(f"select * from {part}" for part in parts)
    )
    sql.write_table("quarantine", night.file("quarantine"))
    sql.connection.execute(
        "create table check_result (as_of_date date, legal_entity_id varchar, stage varchar, "
        "check_id varchar, subject varchar, outcome varchar, rows_checked bigint, "
        "rows_failed bigint, reason_code varchar, because varchar)"
    )
    sql.connection.executemany(
        "insert into check_result values (?, ?, 'validate', ?, ?, ?, ?, ?, ?, ?)",
        [
            (night.as_of_date, night.legal_entity_id, r.check_id, r.subject, r.outcome,
             r.rows_checked, r.rows_failed, r.reason_code, r.because)
            for r in results
        ],
    )
    sql.write_table("check_result", night.file("validate/check_result"))
    sql.write_table("warning", night.file("validate/warning"))


def _view_text(sql: Session, name: str, text: str) -> None:
    sql.connection.execute(f"create or replace view {name} as\n{text}")
