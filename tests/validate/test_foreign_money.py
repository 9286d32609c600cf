"""Money of one currency pays an invoice of another where a rate is given, and not without one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from company import ENTITY, Company, read
from receivables import night
from receivables.lake import Night

RATES = [
    # day, from, to, rate: 1 from = rate to
    ("2026-03-02", "USD", "EUR", "0.92"),
    ("2026-03-20", "USD", "EUR", "0.95"),
    ("2026-03-02", "EUR", "GBP", "0.85"),
    ("2026-03-02", "EUR", "JPY", "163.5"),
    ("2026-03-02", "USD", "JPY", "150"),
    ("2026-03-02", "EUR", "KWD", "0.3304"),
    ("2026-03-02", "KWD", "USD", "3.26"),
    ("2026-03-02", "EUR", "SEK", "11"),
    ("2026-03-02", "SEK", "EUR", "0.1"),
    ("2026-03-02", "EUR", "NOK", "0.0000000001"),
    ("2026-03-02", "EUR", "ISK", "99999999"),
    ("2026-03-31", "EUR", "DKK", "7.46"),
]
MARCH_2 = "2026-03-02"

# invoice, money, what was set against the invoice (amount, day, reversed on), and then: reason for
# quarantine, what is open, what is left of the money, because
CASES: list[tuple[str, str, list[tuple[str, str, str | None]], str | None, str, str, str]] = [
    ("100.00 EUR", "108.70 USD", [("100.00", MARCH_2, None)], None, "0", "0",
     "100 / 0.92 = 108.70: the invoice is paid and the money used"),
    ("100.00 EUR", "200.00 USD", [("100.00", MARCH_2, None)], None, "0", "91.30",
     "what is left is left in its own currency"),
    ("100.00 EUR", "200.00 USD", [("50.00", MARCH_2, None)], None, "50.00", "145.65",
     "the invoice goes down by what the allocation says, in the invoice's currency"),
    ("100.00 EUR", "108.70 CHF", [("100.00", MARCH_2, None)], "CURRENCY_DISAGREES", "100.00",
     "108.70", "nobody gave a rate between the two"),
    ("100.00 EUR", "108.70 USD", [("100.00", "2026-03-01", None)], "CURRENCY_DISAGREES", "100.00",
     "108.70", "the first rate is of the day after"),
    ("100.00 EUR", "108.70 USD", [("100.00", "2026-03-09", None)], None, "0", "0",
     "a rate a week old will do"),
    ("100.00 EUR", "108.70 USD", [("100.00", "2026-03-10", None)], "RATE_TOO_OLD", "100.00",
     "108.70", "a rate eight days old was forgotten"),
    ("100.00 EUR", "108.70 USD", [("100.00", "2026-03-21", None)], None, "0", "3.44",
     "the newest rate stands: 100 / 0.95 = 105.26"),
    ("100.00 EUR", "100.00 GBP", [("100.00", MARCH_2, None)], None, "0", "15.00",
     "the rate was quoted the other way round"),
    ("100.00 EUR", "1200.00 SEK", [("100.00", MARCH_2, None)], None, "0", "100.00",
     "both ways were quoted: the one from the invoice to the money, which needs no division"),
    ("1.00 EUR", "200 JPY", [("1.00", MARCH_2, None)], None, "0", "36",
     "163.5 yen are 164: half up, and yen have no fraction"),
    ("3.00 EUR", "5.000 KWD", [("3.00", MARCH_2, None)], None, "0", "4.009",
     "0.9912 dinars are 0.991: dinars have three decimal places"),
    ("10000 JPY", "100.00 USD", [("10000", MARCH_2, None)], None, "0", "33.33",
     "an invoice in yen, paid in dollars"),
    ("10.000 KWD", "50.00 USD", [("1.234", MARCH_2, None)], None, "8.766", "45.98",
     "1.234 dinars are 4.0228 dollars: 4.02"),
    ("100.00 EUR", "108.70 USD", [("100.00", MARCH_2, "2026-03-20")], None, "100.00", "108.70",
     "the allocation was reversed: nothing is paid and nothing used"),
    ("100.00 EUR", "108.70 USD", [("100.00", MARCH_2, "2026-04-20")], None, "0", "0",
     "it is reversed later: on the day it stands"),
    ("100.00 EUR", "108.00 USD", [("100.00", MARCH_2, None)], None, "0", "0",
     "the bank gave a better rate than the day's: nothing is left, and nobody owes the 0.70"),
    ("100.00 EUR", "108.71 USD", [("100.00", MARCH_2, None)], None, "0", "0",
     "a cent that one rounding may have left is nobody's credit"),
    ("100.00 EUR", "108.72 USD", [("100.00", MARCH_2, None)], None, "0", "0.02",
     "two cents are more than one rounding leaves"),
    ("92.00 EUR", "100.01 USD",
     [("30.67", MARCH_2, None), ("30.67", MARCH_2, None), ("30.66", MARCH_2, None)], None, "0",
     "0", "three times rounded is 100.01: not a cent is left over or missing"),
    ("92.00 EUR", "100.00 USD",
     [("30.67", MARCH_2, None), ("30.67", MARCH_2, None), ("30.66", MARCH_2, None)], None, "0",
     "0", "three times rounded is a cent more than there was: nothing is left, not less"),
    ("1.00 EUR", "0.01 NOK", [("1.00", MARCH_2, None)], None, "0", "0",
     "worth less than can be said: what one rounding leaves"),
    ("999999999999.99 EUR", "100 ISK", [("999999999999.99", MARCH_2, None)], None, "0", "0",
     "a mistyped rate uses the money up, and breaks nothing"),
    ("100.00 EUR", "746.00 DKK", [("100.00", "2026-04-01", None)], None, "100.00", "746.00",
     "of tomorrow: the invoice was open on the day, and the money not used"),
]
SOURCES = ("receipt", "credit_note")


def _add(company: Company, number: int, source: str) -> None:
    """A customer with a case of its own: `C3`, its invoice `I3`, and its receipt or note `S3`."""
    invoice, money, allocations, *_ = CASES[number]
    name = f"{number}-{source}"
    amount, currency = invoice.split()
    money_amount, money_currency = money.split()
    company.customer(f"C{name}")
    company.invoice(f"I{name}", amount, "2026-02-01", f"C{name}", currency=currency)
    if source == "receipt":
        company.add(
            "receipt", receipt_id=f"S{name}", customer_id=f"C{name}", amount=money_amount,
            currency=money_currency, receipt_date="2026-03-01",
        )
    else:
        company.invoice(
            f"S{name}", money_amount, "2026-03-01", f"C{name}", currency=money_currency,
            document_type="credit_note",
        )
    for part, on, reversed_on in allocations:
        company.add(
            "allocation", invoice_id=f"I{name}", source_type=source, source_id=f"S{name}",
            amount=part, allocation_date=on, reversed_on=reversed_on,
        )


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """The night of a company with every case, paid by receipt and by credit note."""
    company = Company(tmp_path_factory.mktemp("foreign_money"))
    for day, from_currency, to_currency, rate in RATES:
        company.add(
            "exchange_rate", rate_date=day, from_currency=from_currency, to_currency=to_currency,
            rate=rate,
        )
    for number in range(len(CASES)):
        for source in SOURCES:
            _add(company, number, source)
    company.write_erp()
    run = company.run()
    night.extract(run, "erp")
    for stage in (night.validate, night.balance, night.select):
        stage(run, ENTITY)
    yield company.official()


def _of_customer(night: Night, table: str, columns: str, name: str) -> list[tuple[Any, ...]]:
    return [row[1:] for row in read(night, table, f"customer_id, {columns}") if row[0] == f"C{name}"]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("number", range(len(CASES)), ids=[case[-1] for case in CASES])
def test_money_of_another_currency(decided: Night, number: int, source: str) -> None:
    invoice, money, _, reason, still_open, left, because = CASES[number]
    name = f"{number}-{source}"
    reasons = _of_customer(decided, "quarantine", "reason_code, holds_dunning", name)
    assert reasons == ([(reason, True)] if reason else []), because
    items = _of_customer(decided, "open_item", "open_amount, currency", name)
    expected = (Decimal(still_open), invoice.split()[1])
    assert items == ([expected] if Decimal(still_open) else []), because
    credits = _of_customer(decided, "credit_item", "amount, currency", name)
    assert credits == ([(-Decimal(left), money.split()[1])] if Decimal(left) else []), because


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("number", [n for n, case in enumerate(CASES) if case[3]])
def test_without_a_rate_the_customers_dunning_is_held(
    decided: Night, number: int, source: str
) -> None:
    decisions = _of_customer(decided, "decision", "reason_code", f"{number}-{source}")
    assert decisions == [("DATA_QUARANTINED",)]


def test_who_paid_in_another_currency_this_morning_is_not_written_to(decided: Night) -> None:
    for source in SOURCES:
        decisions = _of_customer(decided, "decision", "reason_code", f"{len(CASES) - 1}-{source}")
        assert decisions == [("COVERED_BY_CREDIT",)]
