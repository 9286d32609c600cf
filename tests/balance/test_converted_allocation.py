"""No money appears or vanishes where it pays for invoices in another currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path

from company import Company, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from receivables.currency import exponent
from test_balance import balanced

CURRENCIES = ("EUR", "USD", "JPY", "KWD", "CLF")
RATE_DAYS = (date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 9))


def minor_unit(currency: str) -> Fraction:
    return Fraction(1, 10 ** exponent(currency))


def half_up(amount: Fraction, currency: str) -> Fraction:
    unit = minor_unit(currency)
    return floor(amount / unit + Fraction(1, 2)) * unit


def text(amount: Fraction) -> str:
    return str(Decimal(amount.numerator) / Decimal(amount.denominator))


def draw_rates(data: st.DataObject, company: Company) -> dict[tuple[str, str, date], Fraction]:
    """A rate of each pair on each day, quoted one way or the other, as 1 first = rate second."""
    rates = {}
    for number, first in enumerate(CURRENCIES):
        for second in CURRENCIES[number + 1:]:
            for day in RATE_DAYS:
                rate = Fraction(data.draw(st.integers(1, 10**14)), 10**10)
                pair = data.draw(st.permutations([first, second]))
                company.add(
                    "exchange_rate", rate_date=str(day), from_currency=pair[0],
                    to_currency=pair[1], rate=text(rate),
                )
                rates[pair[0], pair[1], day] = rate
                rates[pair[1], pair[0], day] = 1 / rate
    return rates


def draw_uses(
    data: st.DataObject, company: Company, rates: dict[tuple[str, str, date], Fraction],
    receipt_id: str, currency: str, amount: Fraction,
) -> list[tuple[str, Fraction]]:
    """Allocations of a receipt that use no more than there is: each one's currency and true use."""
    uses, left = [], amount
    for _ in range(data.draw(st.integers(0, 4))):
        invoice_currency = data.draw(st.sampled_from(CURRENCIES))
        on = date(2026, 3, data.draw(st.integers(1, 20)))
        day = max(known for known in RATE_DAYS if known <= on)
        rate = Fraction(1)
        if invoice_currency != currency:
            rate = rates[invoice_currency, currency, day]
        unit = minor_unit(invoice_currency)
        most = min(left / rate / unit, Fraction(10**12) / unit - 1)
        paid = data.draw(st.integers(0, int(most))) * unit
        if not paid:
            continue
        number = len(company.rows.get("invoice", []))
        company.invoice(f"I{number}", text(paid), "2026-02-01", currency=invoice_currency)
        company.add(
            "allocation", invoice_id=f"I{number}", source_type="receipt", source_id=receipt_id,
            allocation_date=str(on), amount=text(paid),
        )
        uses.append((invoice_currency, paid * rate))
        left -= paid * rate
    return uses


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_what_was_received_is_used_or_left_up_to_a_minor_unit_an_allocation(tmp_path: Path, data):
    company = Company(tmp_path / str(data.draw(st.uuids())))
    company.customer()
    rates = draw_rates(data, company)
    receipts = {}
    for number in range(data.draw(st.integers(1, 5))):
        currency = data.draw(st.sampled_from(CURRENCIES))
        amount = data.draw(st.integers(1, 10**9)) * minor_unit(currency)
        company.add(
            "receipt", receipt_id=f"R{number}", currency=currency, amount=text(amount),
            receipt_date="2026-03-01",
        )
        uses = draw_uses(data, company, rates, f"R{number}", currency, amount)
        receipts[f"R{number}"] = (currency, amount, uses)
    night = balanced(company)
    assert read(night, "open_item") == [], "every invoice is paid as its allocation says"
    credits = {row[0]: row for row in read(night, "credit_item", "document_id, currency, amount")}
    assert set(credits) <= set(receipts)
    for receipt_id, (currency, amount, uses) in receipts.items():
        _, left_currency, credit = credits.get(receipt_id, (receipt_id, currency, Decimal(0)))
        left = -Fraction(credit)
        assert left_currency == currency
        assert 0 <= left <= amount
        assert left % minor_unit(currency) == 0
        conversions = sum(other != currency for other, _ in uses)
        difference = amount - sum(half_up(used, currency) for _, used in uses) - left
        assert abs(difference) <= conversions * minor_unit(currency)
