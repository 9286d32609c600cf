"""Instalments that a letter offers: to the minor unit, until a day, and only if accepted."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import AS_OF, line, make_letter, segment
from receivables.currency import exponent
from receivables.dispatch.letter import Letter, PlanOffer, render
from receivables.dispatch.offer import equal_parts, instalments
from receivables.dispatch.templates import LANGUAGES
from test_letter import Page, squeezed

FIRST = AS_OF + timedelta(days=10)
OFFER = PlanOffer(
    instalments_max=3, first_date=FIRST, valid_until=FIRST, waives_interest=False)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "BRL"])


@given(
    st.dictionaries(CURRENCIES, st.integers(1, 10**13), min_size=1), st.integers(1, 36),
)
def test_the_instalments_add_up_to_what_is_owed(minor: dict[str, int], count: int) -> None:
    totals = {code: Decimal(units).scaleb(-exponent(code)) for code, units in minor.items()}
    offer = PlanOffer(instalments_max=count, first_date=FIRST, valid_until=FIRST,
                      waives_interest=True)
    plan = instalments(totals, offer)
    assert 1 <= len(plan) <= count
    assert [(part.due_date - FIRST).days for part in plan] == [30 * n for n in range(len(plan))]
    for code, total in totals.items():
        parts = [part.amounts[code] for part in plan]
        assert sum(parts) == total
        assert parts == sorted(parts, reverse=True) and parts[-1] > 0
        assert parts[0] - parts[-1] <= Decimal(1).scaleb(-exponent(code)), "a minor unit at most"


PARTS = [
    # total | currency | count | parts | because
    ("100.00", "EUR", 3, ["33.34", "33.33", "33.33"], "the cent that is over comes first"),
    ("100", "JPY", 3, ["34", "33", "33"], "a yen has no parts"),
    ("1.000", "KWD", 3, ["0.334", "0.333", "0.333"], "a dinar has a thousand"),
    ("100.0000", "EUR", 1, ["100.00"], "as the ledger keeps it, with four places"),
]


@pytest.mark.parametrize(("total", "currency", "count", "parts", "because"), PARTS)
def test_equal_parts(total: str, currency: str, count: int, parts: list[str], because: str) -> None:
    assert list(map(str, equal_parts(Decimal(total), count, currency))) == parts, because


def test_two_cents_are_no_three_instalments() -> None:
    assert len(instalments({"EUR": Decimal("0.02"), "JPY": Decimal(900)}, OFFER)) == 2
    assert instalments({"EUR": Decimal(0)}, OFFER) == []


def offering(language: str = "en", offer: PlanOffer = OFFER, **changes: Any) -> Letter:
    due = date(2026, 2, 1)
    claimed = line(
        "RE-1", due, "EUR", "1000.00", "10.00", segments=(segment("10.00", due),),
        fixed_fee_amount=Decimal("40.00"), claimed_amount=Decimal("50.00"),
    )
    return make_letter(
        "demand", language, lines=(claimed,), credits={"EUR": Decimal("-100.00")},
        totals={"EUR": Decimal("950.00")}, interest_mode="claim", offer=offer, **changes)


def test_a_letter_proposes_the_plan_and_what_it_takes() -> None:
    rendered = render(offering())
    said = (
        "we offer that you pay EUR 950.00 in 3 instalments, each due on the day stated: "
        "Mar 13, 2026: EUR 316.67 Apr 12, 2026: EUR 316.67 May 12, 2026: EUR 316.66 The offer stands "
        "until Mar 13, 2026 and takes effect only if you accept it in writing by then"
    )
    assert said in squeezed(rendered.text) and said in squeezed(Page(rendered.html).text)
    assert "waive" not in rendered.text
    assert "by Mar 17, 2026 at the latest" in squeezed(rendered.text), "the demand stands"


def test_interest_that_is_waived_is_in_no_instalment_and_the_fee_is() -> None:
    waiving = PlanOffer(
        instalments_max=2, first_date=FIRST, valid_until=AS_OF, waives_interest=True)
    shown = squeezed(render(offering(offer=waiving)).text)
    assert "Amount to pay: EUR 950.00" in shown
    assert "pay EUR 940.00 in 2 instalments" in shown and "EUR 470.00" in shown
    assert "we waive late-payment interest. The offer stands until Mar 3, 2026" in shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_language_offers_every_instalment(language: str, count: int) -> None:
    offer = PlanOffer(
        instalments_max=count, first_date=FIRST, valid_until=FIRST, waives_interest=True)
    rendered, without = render(offering(language, offer)), render(offering(language, offer=None))
    more = squeezed(rendered.text).replace("\u202f", " ")
    each = {1: "940", 2: "470", 5: "188"}[count]
    assert more.count(f"{each},00") + more.count(f"{each}.00") == count + (count == 1)
    assert "{" not in more and len(rendered.text) > len(without.text) + 200
    assert Page(rendered.html).text.count(each) >= count
