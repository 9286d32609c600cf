"""Warnings: what is odd in rows that went on all the same, `include/sql/validate/warning/`."""

from __future__ import annotations

from collections.abc import Iterable

from receivables.sql import SQL, Session, asked_for, statement
from receivables.validate.expectation import CheckResult, grammar

# As many keys as a sentence can hold.
NAMED_ROWS = 3


def warn(sql: Session, required: Iterable[str]) -> list[CheckResult]:
    """Run every statement of the folder; what they list becomes the session's table `warning`.

    A folder is named after the table of the ledger that it is about, a file after its check; its
    first line says what the matter is. `required`: the tables that should not be empty.
    """
    sql.connection.execute(
        "create table warning (source_table varchar, row_key varchar, reason_code varchar, "
        "because varchar)"
    )
    found = [_warn(sql, file.parent.name, file.stem)
             for file in sorted((SQL / "validate" / "warning").glob("*/*.sql"))]
    return [*found, *(_warn_of_nothing(sql, table) for table in required)]


def _warn(sql: Session, table: str, check_id: str) -> CheckResult:
    name = f"validate/warning/{table}/{check_id}"
    because = statement(name).splitlines()[0].removeprefix("-- ")
    sql.create("warned_row", name, **asked_for(name, grammar()))
    sql.connection.execute(
        "insert into warning select $table, "
        "regexp_replace(row_key, '[\\x00-\\x1f\\x7f]', '\ufffd', 'g'), $code, $because "
        "from warned_row",
        {"table": table, "code": check_id.upper(), "because": because},
    )
    [(count, keys)] = sql.connection.execute(
        "select count(*), list(row_key order by row_key)[:$named] from warning "
        "where source_table = $table and reason_code = $code",
        {"named": NAMED_ROWS, "table": table, "code": check_id.upper()},
    ).fetchall()
    named = f" The first: {', '.join(keys)}." if count else ""
    return CheckResult(
        table, check_id, _rows(sql, table), count, "warn" if count else "pass", check_id.upper(),
        because + named,
    )


def _warn_of_nothing(sql: Session, table: str) -> CheckResult:
    rows = _rows(sql, table)
    because = "The source must give this table, and not one row of it came into the ledger."
    if not rows:
        sql.connection.execute(
            "insert into warning values (?, null, 'TABLE_EMPTY', ?)", [table, because]
        )
    return CheckResult(
        table, "table_empty", rows, 0 if rows else 1, "pass" if rows else "warn", "TABLE_EMPTY",
        because,
    )


def _rows(sql: Session, table: str) -> int:
    [(rows,)] = sql.connection.execute(f"select count(*) from {table}").fetchall()
    return int(rows)
