"""Dunning policies (`include/policies/<name>.yaml`): text that people read, change and sign."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel.numbers import list_currencies

from receivables.contract import INCLUDE
from receivables.dispatch.letter import INTEREST_MODES, STEPS_WITH_A_DEADLINE
from receivables.dispatch.templates import template_faults
from receivables.errors import PolicyError

POLICIES = INCLUDE / "policies"
CHANNELS = ("email", "work_list")
ROLES = ("accounts_payable", "finance_director", "owner", "legal", "operations")
OUTCOMES = ("selected", "waiting", "blocked", "not_due", "review")
KEYS = {
    "description", "decided_by", "decided_on", "promise_grace_days", "payment_advice_days",
    "draft_valid_days",
    "known_since_days", "min_days_between_notices", "notices_per_night_max", "residual_claims",
    "thresholds", "steps",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder, due from `days_past_due` on (negative: before the due date).

    `pay_within_days`: the deadline that its letter sets, counted from the as_of_date.
    `interest`: whether interest and compensation are told (display), demanded (claim) or left out.
    """

    step: str
    days_past_due: int
    channel: str
    recipient_role: str
    pay_within_days: int | None = None
    interest: str = "display"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is written to, when, and how; `version` changes with every change of the text.

    `known_since_days`: a payment, dispute, promise or hold dated so many days after the business
    day stops a notice too, if it is known: whoever has paid by now is not written to.
    `payment_advice_days`: a customer that says it paid is asked, and not written to, so many days.
    `residual_claim_days`: what is left of a late payment stays a claim so many days; 0 waives it.
    """

    name: str
    version: str
    promise_grace_days: int
    payment_advice_days: int
    known_since_days: int
    draft_valid_days: int
    min_days_between_notices: int
    notices_per_night_max: int
    residual_claim_days: int
    thresholds: Mapping[str, Decimal]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item is, or is not, written about; the text is a pattern."""

    reason_code: str
    outcome: str
    text: str


def load_policy(name: str, file: Path | None = None) -> Policy:
    """Read a policy.

    Raises PolicyError with every fault: file, key and remedy.
    """
    file = file or POLICIES / f"{name}.yaml"
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, yaml.YAMLError) as broken:
        raise PolicyError(f"{file}: {broken}") from broken
    faults: list[str] = []
    if not isinstance(raw, dict):
        raise PolicyError(f"{file}: must be a mapping of keys to values")
    for key in sorted(set(raw) - KEYS):
        faults.append(f"{key}: unknown key; known are {', '.join(sorted(KEYS))}")
    for key in sorted(KEYS - set(raw)):
        faults.append(f"{key}: is missing")
    numbers = {
        key: _whole_number(raw.get(key), key, faults)
        for key in ("promise_grace_days", "payment_advice_days", "known_since_days",
                    "draft_valid_days", "min_days_between_notices", "notices_per_night_max")
    }
    if not isinstance(raw.get("decided_on"), date):
        faults.append("decided_on: write the day on which it was decided, such as 2026-01-15")
    residual_claim_days = _residual_claim_days(raw.get("residual_claims"), faults)
    thresholds = _thresholds(raw.get("thresholds"), faults)
    steps = _steps(raw.get("steps"), faults)
    faults += _template_faults(tuple(step.step for step in steps if step.channel == "email"))
    if faults:
        raise PolicyError("\n".join(f"{file}: {fault}" for fault in faults))
    text = json.dumps(raw, sort_keys=True, default=str)
    version = f"{name}@{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return Policy(
        name=name, version=version, thresholds=thresholds, steps=steps,
        residual_claim_days=residual_claim_days, **numbers,
    )


@cache
def _template_faults(steps: tuple[str, ...]) -> tuple[str, ...]:
    """Each stage of a night loads its policy; the letters' wording is looked through once."""
    return tuple(template_faults(steps))


def load_reasons() -> list[Reason]:
    """Every reason code with its outcome and its words."""
    raw = yaml.safe_load((POLICIES / "reasons.yaml").read_text(encoding="utf-8"))
    reasons = [Reason(code, body["outcome"], body["text"]) for code, body in raw.items()]
    for reason in reasons:
        if reason.outcome not in OUTCOMES:
            raise PolicyError(f"reasons.yaml: {reason.reason_code}: unknown {reason.outcome!r}")
    return reasons


def _whole_number(value: object, key: str, faults: list[str]) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        faults.append(f"{key}: {value!r} must be a whole number from 0")
        return 0
    return value


def _residual_claim_days(raw: object, faults: list[str]) -> int:
    key = "residual_claims"
    if not isinstance(raw, dict) or set(raw) != {"settled_within_days", "because"}:
        faults.append(f"{key}: must say settled_within_days (0 waives them) and because")
        return 0
    if not isinstance(raw["because"], str) or not raw["because"].strip():
        faults.append(f"{key}.because: say why they are kept so long, or waived")
    return _whole_number(raw["settled_within_days"], f"{key}.settled_within_days", faults)


def _thresholds(raw: object, faults: list[str]) -> dict[str, Decimal]:
    thresholds = {}
    for currency, amount in (raw if isinstance(raw, dict) else {}).items():
        if currency not in list_currencies():
            faults.append(f"thresholds.{currency}: is no ISO 4217 code")
        try:
            thresholds[str(currency)] = Decimal(str(amount))
        except InvalidOperation:
            faults.append(f"thresholds.{currency}: {amount!r} must be a quoted amount")
    return thresholds


def _steps(raw: object, faults: list[str]) -> tuple[Step, ...]:
    steps = []
    for number, entry in enumerate(raw if isinstance(raw, list) else [], start=1):
        try:
            steps.append(_step(entry))
        except (TypeError, KeyError, ValueError) as wrong:
            faults.append(f"steps[{number}]: {entry}: {wrong}")
    if not steps:
        faults.append("steps: list at least one step")
    days = [step.days_past_due for step in steps]
    if days != sorted(set(days)):
        faults.append("steps: days_past_due must rise from step to step")
    names = [step.step for step in steps]
    if len(names) != len(set(names)):
        faults.append("steps: each step needs a name of its own")
    return tuple(steps)


def _step(entry: Mapping[str, Any]) -> Step:
    unknown = set(entry) - {
        "step", "days_past_due", "channel", "recipient_role", "pay_within_days", "interest",
    }
    if unknown:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}")
    step = Step(**entry)
    if not isinstance(step.days_past_due, int):
        raise ValueError("days_past_due must be a whole number")
    if step.step in STEPS_WITH_A_DEADLINE and not isinstance(step.pay_within_days, int):
        raise ValueError("its letter sets a deadline: give pay_within_days")
    if step.interest not in INTEREST_MODES:
        raise ValueError(f"interest must be one of {', '.join(INTEREST_MODES)}")
    if step.interest == "claim" and step.days_past_due <= 0:
        raise ValueError("interest cannot be claimed before the due date has passed")
    if step.channel not in CHANNELS:
        raise ValueError(f"channel must be one of {', '.join(CHANNELS)}")
    if step.recipient_role not in ROLES:
        raise ValueError(f"recipient_role must be one of {', '.join(ROLES)}")
    return step
