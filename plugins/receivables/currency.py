"""Currencies and their minor units (ISO 4217)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babel.numbers import list_currencies

from receivables.errors import DataError

if TYPE_CHECKING:
    from receivables.sql import Session

# ISO 4217, where the minor unit is not 2. CLDR would not do: it follows custom (RSD 0).
_EXPONENTS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENT_BY_CURRENCY = {
    currency: exponent for exponent, listed in _EXPONENTS.items() for currency in listed.split()
}
_CURRENCY = re.compile(r"[A-Z]{3}")


def exponent(currency: str) -> int:
    """How many decimal places a currency has: 2 for EUR, 0 for JPY, 3 for KWD.

    Raises DataError if it is no ISO 4217 code.
    """
    if not _CURRENCY.fullmatch(currency):
        raise DataError(f"{currency!r} is no ISO 4217 currency code")
    return _EXPONENT_BY_CURRENCY.get(currency, 2)


def write_currency_table(sql: Session) -> None:
    """Make `currency` known to the statements: one row a currency, with its exponent."""
    codes = sorted(list_currencies())
    sql.connection.execute(
        "create or replace table currency as select unnest($codes::varchar[]) as currency, "
        "unnest($exponents::integer[]) as exponent",
        {"codes": codes, "exponents": [exponent(code) for code in codes]},
    )
