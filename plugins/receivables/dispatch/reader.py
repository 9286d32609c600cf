"""Who reads a letter: the words, the digits and the dates that it is written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date

from receivables.dispatch import amounts, templates


@dataclass(frozen=True, slots=True)
class Reader:
    """The words of a language (`labels`), and how the reader writes numbers and dates."""

    labels: Mapping[str, Any]
    locale: Locale

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount with its currency code."""
        first = self.labels["is_code_first"]
        return amounts.printed(amount, currency, locale=self.locale, is_code_first=first)

    def sums(self, by_currency: Mapping[str, Decimal]) -> list[str]:
        """The sums that are not zero, by currency."""
        return [self.money(amount, code) for code, amount in sorted(by_currency.items()) if amount]

    def digits(self, amount: Decimal, currency: str) -> str:
        """An amount without its currency code."""
        return amounts.digits(amount, currency, locale=self.locale)

    def rate(self, percent: Decimal) -> str:
        """A rate a year."""
        return amounts.printed_rate(percent, locale=self.locale)

    def day(self, value: date) -> str:
        """A date, which no line end takes apart."""
        text = format_date(value, format=self.labels["date_format"], locale=self.locale)
        return text.replace(" ", amounts.NO_BREAK_SPACE)

    def day_in_words(self, value: date) -> str:
        """A date with the name of its month, for the head of a letter."""
        return format_date(value, format="long", locale=self.locale)

    def listed(self, texts: Sequence[str]) -> str:
        """Several things in one sentence."""
        return amounts.listed(texts, self.locale)

    def says(self, label: str, **values: object) -> str:
        """A label with its values in it."""
        return templates.rendered(self.labels[label], values)

    def heading(self, label: str) -> str:
        """A label that begins with a capital, for a row or a column."""
        text = str(self.labels[label])
        return text[:1].upper() + text[1:]

    def plural(self, count: int) -> str:
        """Which plural form a number takes in the reader's language."""
        return str(self.locale.plural_form(count))
