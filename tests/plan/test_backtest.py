"""Past nights under a policy: the one that was in force gives the decision ledger again."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from company import ENTITY
from demo_nights import FROM, SETTINGS, DemoNights
from receivables.plan.backtest import backtest
from receivables.select import policy
from receivables.select.policy import Policy, load_policy

NIGHTS = int(os.environ.get("RECEIVABLES_BACKTEST_NIGHTS", "12"))
# Nights on which something went otherwise than on most, counted from the first.
UNRELEASED, UNDISPATCHED, WITHDRAWN, MISSED = 3, 5, 6, 8


def day(number: int) -> date:
    return FROM + timedelta(days=number)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> DemoNights:
    """The demonstration's nights, with letters drafted, sent, left lying, and taken back."""
    demo = DemoNights(tmp_path_factory.mktemp("demo_nights"))
    sent, withdrawn = 0, False
    for number in range(NIGHTS):
        if number == MISSED:
            continue
        drafted = demo.night(day(number), **({"release": None} if number == UNRELEASED else {}))
        if drafted and number >= WITHDRAWN and not withdrawn:
            demo.withdraw_one(day(number))
            withdrawn = True
        if number != UNDISPATCHED:
            sent += demo.dispatch(day(number))
    assert sent >= NIGHTS and withdrawn, "it is a company that writes letters"
    return demo


def under(nights: DemoNights, candidate: Policy, first: int = 0) -> dict[str, Any]:
    run = nights.company.run(settings=SETTINGS)
    return backtest(run, candidate, [ENTITY], from_date=day(first), until_date=day(NIGHTS))


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 4])
def test_the_policy_that_was_in_force_gives_the_decision_ledger_row_for_row(
    nights: DemoNights, first: int
) -> None:
    found = under(nights, load_policy("standard"), first)["entities"][ENTITY]["nights"]
    assert len(found) == NIGHTS - first - 1, "all but the one that was missed"
    assert all(night["is_the_ledger"] for night in found)
    assert sum(night["items"] for night in found) > 20 * len(found)
