"""The columns of the contract as SQL: which text is of a column's type, and what it comes to."""

from __future__ import annotations

from receivables.contract import Column, Table
from receivables.validate.expectation import expectations, grammar

TYPES = {
    "text": "varchar",
    "date": "date",
    "amount": "decimal(18, 4)",
    "rate": "decimal(18, 10)",
    "boolean": "boolean",
    "integer": "integer",
    "timestamp": "timestamp",
}

# What a value must look like before the engine may read it; its own parsers accept too much:
# 1_000, 1e3 and 0x10 as numbers, `infinity` and `epoch` as dates.
GRAMMARS = {
    "date": "date", "amount": "amount", "rate": "rate", "integer": "whole_number",
    "timestamp": "timestamp",
}

# More than any address or description; a file that lost its quotes makes texts of megabytes.
TEXT_LENGTH_MAX = 10_000


def row_key(table: Table) -> str:
    """SQL for the key of a row as one text; 01 is the same number as 1."""
    numbers = {column.name for column in table.columns if column.type == "integer"}
    parts = [
        f"""regexp_replace("{name}", '^0+([0-9])', '\\1')""" if name in numbers else f'"{name}"'
        for name in table.key
    ]
    return "concat_ws(chr(31), " + ", ".join(f"coalesce({part}, '')" for part in parts) + ")"


def unreadable(table: Table) -> str:
    """SQL for the name of the first column whose text is not of the column's type, else none.

    Whether it looks right is asked here only where no expectation of the column asks it.
    """
    asked = {rule.column for rule in expectations(table.name) if rule.expect == "match_regex"}
    cases = [
        f"""when {_is_wrong(column, table, column.name in asked)} then '{column.name}'"""
        for column in table.columns
    ]
    return f"case {' '.join(cases)} else 'none' end"


def _is_wrong(column: Column, table: Table, is_asked: bool) -> str:
    name = f'"{column.name}"'
    if column.type == "text":
        is_key = column.name in table.key or column.name.endswith(("_id", "_number"))
        # No text may hold a NUL, which PostgreSQL cannot store; no key any control character.
        pattern = "[\\x00-\\x1f\\x7f]" if is_key and not is_asked else "\\x00"
        return f"(length({name}) > {TEXT_LENGTH_MAX} or regexp_matches({name}, '{pattern}'))"
    looks_right = "true"
    if column.type in GRAMMARS:
        looks_right = f"regexp_matches({name}, '{grammar()[GRAMMARS[column.type]]}')"
    is_unreadable = f"try_cast({name} as {TYPES[column.type]}) is null"
    if is_asked:
        return f"{looks_right} and {is_unreadable}"
    return f"{name} is not null and (not {looks_right} or {is_unreadable})"


def typed(column: Column) -> str:
    """SQL for a column's text as its type; an instant with an offset is the instant in UTC."""
    if column.type == "timestamp":
        return f'cast(cast("{column.name}" as timestamptz) as timestamp)'
    return f'cast("{column.name}" as {TYPES[column.type]})'
