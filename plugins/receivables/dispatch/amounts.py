"""Money as a letter prints it: every digit that there is, and the currency code beside it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

from receivables.currency import exponent
from receivables.errors import DataError

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def printed(amount: Decimal, currency: str, *, locale: Locale, is_code_first: bool) -> str:
    """An amount in a reader's own digits, such as `EUR 1.234,56` or `1 234,56 EUR`.

    Never rounds: raises DataError if the amount has more decimals than its currency.
    """
    decimals = exponent(currency)
    if not amount.is_finite() or amount != amount.quantize(Decimal(1).scaleb(-decimals)):
        raise DataError(f"an amount in {currency} must have at most {decimals} decimals")
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    digits = format_decimal(amount, format=pattern, locale=locale)
    parts = (currency, digits) if is_code_first else (digits, currency)
    return NO_BREAK_SPACE.join(parts)


def listed(texts: Sequence[str], locale: Locale) -> str:
    """`a`, `a and b`, `a, b and c`, as the reader's language lists things."""
    return format_list(list(texts), locale=locale) if texts else ""
