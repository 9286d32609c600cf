"""Currencies and their minor units (ISO 4217)."""

from __future__ import annotations

from babel.numbers import get_currency_precision, list_currencies

from receivables.sql import Session


def exponent(currency: str) -> int:
    """How many decimal places the currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def write_currency_table(sql: Session) -> None:
    """Make `currency` known to the statements: one row a currency, with its exponent."""
    sql.connection.execute("create table currency (currency varchar, exponent integer)")
    sql.connection.executemany(
        "insert into currency values (?, ?)",
        [(code, exponent(code)) for code in sorted(list_currencies())],
    )
