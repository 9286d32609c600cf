"""What a policy should not do is told, with the reason and its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from receivables.select.policy import Policy
from receivables.select.policy_file import load_policy
from receivables.select.policy_linter import lint_policy

STANDARD = load_policy("standard", date(2026, 3, 31))


def with_step(name: str, **changes: Any) -> Policy:
    steps = (replace(s, **changes) if s.step == name else s for s in STANDARD.steps)
    return replace(STANDARD, steps=tuple(steps))


def without(*names: str) -> Policy:
    return replace(STANDARD, steps=tuple(s for s in STANDARD.steps if s.step not in names))


FINDINGS = [
    # policy | begins with (nothing: no finding) | because
    (STANDARD, None, "the standard policy is as it should be"),
    (with_step("reminder_1", interest="claim", days_past_due=0), "reminder_1: claims interest",
     "nobody is late on the due date"),
    (with_step("reminder_1", interest="claim", days_past_due=None, business_days_past_due=0),
     "reminder_1: claims interest", "in business days neither"),
    (with_step("reminder_1", interest="claim", days_past_due=1), None, "a day later everybody is"),
    (with_step("final_demand", pay_within_days=6), "final_demand: gives 6 days", "a week at least"),
    (with_step("final_demand", pay_within_days=7), None, "which a week is"),
    (replace(STANDARD, min_days_between_notices=6), "final_demand: may follow another demand",
     "two demands in a week"),
    (with_step("final_demand", min_days_since_last=3), "final_demand: may follow another demand",
     "nor if the step says so itself"),
    (replace(without("demand"), min_days_between_notices=6), None, "there is one demand only"),
    (without("final_demand"), "hand_over: comes before any final demand", "nobody was warned"),
    (with_step("reminder_2", channel="legal_dossier"), "reminder_2: comes before any final demand",
     "courts come last"),
    (without("reminder_1", "reminder_2"), "demand: is the first that the customer hears",
     "a courtesy before the due date is no reminder"),
    (without("reminder_2"), None, "one reminder is enough"),
]


@pytest.mark.parametrize("policy, said, because", FINDINGS, ids=[row[-1] for row in FINDINGS])
def test_what_a_policy_should_not_do_is_found(
    policy: Policy, said: str | None, because: str
) -> None:
    found = lint_policy(policy)
    assert [line[: len(said or "")] for line in found] == ([said] if said else []), because
    assert all(line.endswith(")") for line in found), "with its source"
