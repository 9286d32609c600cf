"""Money and rates as a letter prints them: every digit that there is, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from receivables.currency import exponent
from receivables.errors import DataError

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
RATE_DECIMALS_MAX = 6


def printed(amount: Decimal, currency: str, *, locale: Locale, is_code_first: bool) -> str:
    """An amount in a reader's own digits, such as `EUR 1.234,56` or `1 234,56 EUR`.

    Never rounds: raises DataError if the amount has more decimals than its currency.
    """
    amount_digits = digits(amount, currency, locale=locale)
    parts = (currency, amount_digits) if is_code_first else (amount_digits, currency)
    return NO_BREAK_SPACE.join(parts)


def digits(amount: Decimal, currency: str, *, locale: Locale) -> str:
    """An amount without its code, for a table that names the currency once. Never rounds."""
    decimals = exponent(currency)
    if not amount.is_finite() or amount != amount.quantize(Decimal(1).scaleb(-decimals)):
        raise DataError(f"an amount in {currency} must have at most {decimals} decimals")
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(amount, format=pattern, locale=locale)


def printed_rate(percent: Decimal, *, locale: Locale) -> str:
    """A rate such as `12,37 %`, without needless zeros.

    Never rounds: raises DataError if the rate has more decimals than one is kept with.
    """
    if not percent.is_finite() or percent != round(percent, RATE_DECIMALS_MAX):
        raise DataError(f"a rate must have at most {RATE_DECIMALS_MAX} decimals")
    fraction = percent.scaleb(-2).normalize()
    return format_percent(fraction, locale=locale, decimal_quantization=False)


def listed(texts: Sequence[str], locale: Locale) -> str:
    """`a`, `a and b`, `a, b and c`, as the reader's language lists things."""
    return format_list(list(texts), locale=locale) if texts else ""
