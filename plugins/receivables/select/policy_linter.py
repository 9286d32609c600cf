"""What a policy should not do: the legal minimum, and what is less than it but harms
(`include/policies/linter.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from receivables.select import policy_file as installed
from receivables.select.policy import Policy, Step
from receivables.yaml_text import read_yaml


def lint_policy(policy: Policy) -> list[str]:
    """What the policy should not do, each with the reason and its source; empty if all is well."""
    limits = read_yaml((installed.POLICIES / "linter.yaml").read_text(encoding="utf-8"))
    found = [
        *_steps(policy, limits),
        *_between_demands(policy, limits),
        *_order(policy, limits),
    ]
    return [
        f"{where}: {what}. {limits[rule]['because']} ({limits[rule]['source']})"
        for rule, where, what in found
    ]


def _is_letter(step: Step, tones: str, limits: Mapping[str, Any]) -> bool:
    return step.channel in limits["letters"] and step.tone in limits[tones]


def _steps(policy: Policy, limits: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a step should not do by itself."""
    default = limits["claim_after_default"]["days_past_due_min"]
    deadline = limits["deadline_of_a_final_demand"]["pay_within_days_min"]
    for step in policy.steps:
        days = [d for d in (step.days_past_due, step.business_days_past_due) if d is not None]
        if step.interest == "claim" and days and days[0] < default:
            yield ("claim_after_default", step.step,
                   f"claims interest and compensation at {days[0]} days past due")
        if _is_letter(step, "final_demands", limits) and (step.pay_within_days or 0) < deadline:
            yield ("deadline_of_a_final_demand", step.step,
                   f"gives {step.pay_within_days or 0} days to pay, less than {deadline}")


def _between_demands(policy: Policy, limits: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """A customer long overdue climbs as fast as the interval between two contacts allows."""
    days = limits["days_between_demands"]["days_min"]
    demands = [step for step in policy.steps if _is_letter(step, "demands", limits)]
    for step in demands[1:]:
        interval = policy.min_days_between_notices
        if step.min_days_since_last is not None:
            interval = step.min_days_since_last
        if interval < days:
            yield ("days_between_demands", step.step,
                   f"may follow another demand within {interval} days, less than {days}")


def _order(policy: Policy, limits: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What has to come before a step."""
    is_contacted = is_warned = False
    for step in policy.steps:
        if _is_letter(step, "demands", limits) and not is_contacted:
            yield ("contact_before_demand", step.step,
                   "is the first that the customer hears after the due date")
        if step.channel in limits["hand_over_after_final_demand"]["channels"] and not is_warned:
            yield ("hand_over_after_final_demand", step.step, "comes before any final demand")
        is_contacted = is_contacted or not step.is_before_due
        is_warned = is_warned or _is_letter(step, "final_demands", limits)
