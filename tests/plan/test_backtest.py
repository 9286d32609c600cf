"""Past nights under a policy: the one that was in force gives the decision ledger again."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from company import ENTITY
from demo_nights import FROM, SETTINGS, DemoNights
from receivables.plan.backtest import backtest
from receivables.plan.difference import plan
from receivables.select.policy_file import POLICIES, load_policy

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
    assert sent >= NIGHTS // 2 and withdrawn, "it is a company that writes letters"
    return demo


def under(nights: DemoNights, file: Path, first: int = 0) -> dict[str, Any]:
    run = nights.company.run(settings=SETTINGS)
    return backtest(run, file, "standard", [ENTITY], from_date=day(first), until_date=day(NIGHTS))


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 4])
def test_the_policy_that_was_in_force_gives_the_decision_ledger_row_for_row(
    nights: DemoNights, first: int
) -> None:
    found = under(nights, POLICIES / "standard.yaml", first)["entities"][ENTITY]["nights"]
    assert len(found) == NIGHTS - first - 1, "all but the one that was missed"
    assert all(night["is_the_ledger"] for night in found)
    assert sum(night["items"] for night in found) > 20 * len(found)


@pytest.mark.slow
def test_another_policy_is_followed_on_what_it_would_have_sent_itself(
    nights: DemoNights, tmp_path: Path
) -> None:
    """Its first night is the plan of that night; later ones know of the letters of its earlier ones."""
    text = (POLICIES / "standard.yaml").read_text(encoding="utf-8")
    file = tmp_path / "sooner.yaml"
    file.write_text(text.replace("min_days_between_notices: 7", "min_days_between_notices: 2"))
    candidate = load_policy("standard", FROM, file)
    found = under(nights, file)
    part = found["entities"][ENTITY]
    run = nights.company.run(settings=SETTINGS)
    made = plan(run, candidate, [ENTITY], as_of_date=FROM).content["entities"][ENTITY]
    assert part["nights"][0]["decisions_that_differ"] == len(made["decisions"])
    assert any(night["decisions_that_differ"] for night in part["nights"])
    assert not any(night["is_the_ledger"] for night in part["nights"]), "each names its version"
    letters = sum(row["count_after"] for row in part["workload"] if row["kind"] == "email")
    assert letters == sum(row["notices_after"] for row in part["timing"])
    by_night = [row for night in part["nights"] for row in night["workload"] if row["kind"] == "email"]
    again = sum(row["count_after"] for row in by_night) - letters
    undrafted = part["nights"][UNRELEASED]["workload"]
    assert again <= sum(row["count_after"] for row in undrafted), "no letter twice, but undrafted ones"
    assert found["total"]["claims"] == part["claims"], "of one legal entity the sum is its own"
