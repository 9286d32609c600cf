"""The instalments that a letter offers: what the policy allows, to the minor unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from receivables.currency import exponent
from receivables.dispatch.reader import Reader

DAYS_BETWEEN_INSTALMENTS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOffer:
    """A plan that takes effect only when the customer accepts it in writing by `valid_until`.

    `waives_interest`: late-payment interest is not asked for if every instalment comes in time.
    """

    instalments_max: int
    first_date: date
    valid_until: date
    waives_interest: bool


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is to be paid by a day, by currency."""

    due_date: date
    amounts: Mapping[str, Decimal]


def equal_parts(total: Decimal, count: int, currency: str) -> list[Decimal]:
    """Sums that differ by at most one minor unit and add up to the total; the larger come first."""
    decimals = exponent(currency)
    part, more = divmod(int(total.scaleb(decimals)), count)
    return [Decimal(part + (number < more)).scaleb(-decimals) for number in range(count)]


def instalments(totals: Mapping[str, Decimal], offer: PlanOffer) -> list[Instalment]:
    """The plan for some totals, 30 days from one instalment to the next; each is above zero.

    Empty if nothing is left to pay.
    """
    owed = {currency: total for currency, total in totals.items() if total > 0}
    minor_units = [int(total.scaleb(exponent(code))) for code, total in owed.items()]
    count = min([offer.instalments_max, *minor_units]) if owed else 0
    parts = {currency: equal_parts(total, count, currency) for currency, total in owed.items()}
    return [
        Instalment(
            offer.first_date + timedelta(days=DAYS_BETWEEN_INSTALMENTS * number),
            {currency: part[number] for currency, part in parts.items()},
        )
        for number in range(count)
    ]


def offer_page(
    totals: Mapping[str, Decimal], offer: PlanOffer | None, reader: Reader
) -> dict[str, Any] | None:
    """What both layouts show of an offer about these totals; None where there is none."""
    plan = [] if offer is None else instalments(totals, offer)
    if offer is None or not plan:
        return None
    said = [reader.says("offer_terms", valid_until=reader.day(offer.valid_until))]
    if offer.waives_interest:
        said.insert(0, reader.says("offer_waives"))
    return {
        "opening": reader.says(
            "offer", count=len(plan), plural=reader.plural(len(plan)),
            amount=reader.listed(reader.sums({c: v for c, v in totals.items() if v > 0})),
        ),
        "instalments": [
            {
                "due_date": reader.day(part.due_date),
                "amount": reader.listed(reader.sums(part.amounts)),
            }
            for part in plan
        ],
        "closing": " ".join(said),
    }
