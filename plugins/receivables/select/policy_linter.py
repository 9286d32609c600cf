"""What a policy should not do: the legal minimum, and what is less than it but harms
(`include/policies/linter.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from receivables.select import policy as installed
from receivables.select.policy import Policy, Step


def lint_policy(policy: Policy) -> list[str]:
    """What the policy should not do, each with the reason and its source; empty if all is well."""
    limits = yaml.safe_load((installed.POLICIES / "linter.yaml").read_text(encoding="utf-8"))
    found = [
        *_steps(policy, limits),
        *_between_demands(policy, limits),
        *_order(policy, limits),
    ]
    return [
        f"{where}: {what}. {limits[rule]['because']} ({limits[rule]['source']})"
        for rule, where, what in found
    ]


def _steps(policy: Policy, limits: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a step should not do by itself."""
    default = limits["claim_after_default"]["days_past_due_min"]
    deadline = limits["deadline_of_a_final_demand"]["pay_within_days_min"]
    for step in policy.steps:
        if step.interest == "claim" and step.days_past_due < default:
            yield ("claim_after_default", step.step,
                   f"claims interest and compensation at {step.days_past_due} days past due")
        if step.step in limits["final_demands"] and (step.pay_within_days or 0) < deadline:
            yield ("deadline_of_a_final_demand", step.step,
                   f"gives {step.pay_within_days or 0} days to pay, less than {deadline}")


def _between_demands(policy: Policy, limits: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """A customer long overdue climbs as fast as the interval between two notices allows."""
    days = limits["days_between_demands"]["days_min"]
    demands = [step for step in policy.steps if step.step in limits["demands"]]
    if len(demands) > 1 and policy.min_days_between_notices < days:
        yield ("days_between_demands", "min_days_between_notices",
               f"lets two demands follow each other within {policy.min_days_between_notices} days, "
               f"less than {days}")


def _order(policy: Policy, limits: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What has to come before a step."""
    before: list[Step] = []
    for step in policy.steps:
        names = {earlier.step for earlier in before}
        overdue = [earlier for earlier in before if earlier.days_past_due > 0]
        hands_over = limits["hand_over_after_final_demand"]
        if step.step in limits["demands"] and not overdue:
            yield ("contact_before_demand", step.step,
                   "is the first that the customer hears after the due date")
        if (step.channel in hands_over["channels"] or step.recipient_role in hands_over["roles"]) \
                and not names & set(limits["final_demands"]):
            yield ("hand_over_after_final_demand", step.step, "comes before any final demand")
        before.append(step)
