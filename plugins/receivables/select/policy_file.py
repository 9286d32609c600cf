"""Reading a policy file: every fault at once, by file, version and key."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from receivables.contract import INCLUDE
from receivables.dispatch.commitment import commitment_faults
from receivables.dispatch.templates import template_faults
from receivables.errors import PolicyError
from receivables.select.call_words import script_faults
from receivables.select.policy import REPLY_PAUSE_DAYS, BusySeason, Offer, Policy
from receivables.select.step_file import read_steps, thresholds, whole_number
from receivables.yaml_text import read_all_yaml

POLICIES = INCLUDE / "policies"
NUMBERS = (
    "promise_grace_days", "payment_advice_days", "draft_valid_days", "known_since_days",
    "min_days_between_notices", "notices_per_night_max", "sleeping_after_days",
)
TEXTS = ("description", "decided_by", "because")
KEYS = {
    *NUMBERS, *TEXTS, "decided_on", "valid_from", "leaves_on", "catch_up", "contacts_max",
    "send_hours", "busy_seasons", "residual_claims", "thresholds", "steps",
}
OPTIONAL = {"offer", "reply_pause_days"}
OFFER_KEYS = {"instalments_max", "first_days_max", "waives", "because"}
MONTH_AND_DAY = re.compile(r"(\d\d)-(\d\d)")
# What a reader needs of the leap year: every month and day that there is.
LEAP_YEAR = 2024


def load_policy(name: str, as_of_date: date, file: Path | None = None) -> Policy:
    """The version of a policy that is valid on a day; before the first one, the first.

    Raises PolicyError with every fault of the file: version, key and remedy.
    """
    versions = load_versions(name, file)
    begun = [policy for policy in versions if policy.valid_from <= as_of_date]
    return max(begun, key=lambda policy: policy.valid_from) if begun else min(
        versions, key=lambda policy: policy.valid_from
    )


def load_versions(name: str, file: Path | None = None) -> tuple[Policy, ...]:
    """Every version of a policy, in the order of the file.

    Raises PolicyError with every fault of the file: version, key and remedy.
    """
    file = file or POLICIES / f"{name}.yaml"
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise PolicyError(f"{file}: {missing.strerror}") from missing
    policies, faults = _versions(name, text)
    if faults:
        raise PolicyError("\n".join(f"{file}: {fault}" for fault in faults))
    return policies


@cache
def _versions(name: str, text: str) -> tuple[tuple[Policy, ...], tuple[str, ...]]:
    """The versions of a text, which each stage of a night reads, and what is wrong with it."""
    try:
        documents = [document for document in read_all_yaml(text) if document is not None]
    except yaml.YAMLError as broken:
        return (), (str(broken),)
    readers = [_Reader(document) for document in documents]
    policies = tuple(reader.policy(name) for reader in readers)
    faults = [
        f"{f'version {number}: ' if len(readers) > 1 else ''}{fault}"
        for number, reader in enumerate(readers, start=1)
        for fault in reader.faults
    ]
    days = [policy.valid_from for policy in policies]
    if not days:
        faults.append("holds no policy; copy include/policies/standard.yaml")
    elif len(set(days)) < len(days):
        faults.append("two versions are valid from one day; the newer needs a later day")
    return policies, tuple(faults)


class _Reader:
    """Reads one document of a policy file and notes what is wrong with it."""

    def __init__(self, document: object) -> None:
        self.faults: list[str] = []
        self.raw: dict[str, Any] = document if isinstance(document, dict) else {}
        if not isinstance(document, dict):
            self.fault("the document", "must be a mapping of keys to values")

    def fault(self, key: str, remedy: str) -> None:
        self.faults.append(f"{key}: {remedy}")

    def policy(self, name: str) -> Policy:
        """The policy; what is at fault has a stand-in."""
        self._check_keys()
        numbers = {key: whole_number(self.raw.get(key), key, self.fault) for key in NUMBERS}
        contacts_max, contacts_max_days = self._contacts_max()
        steps = read_steps(self.raw.get("steps"), self.fault)
        self.faults += template_faults(
            step.template for step in steps if step.channel == "email"
        )
        if any(step.channel == "call" for step in steps):
            self.faults += script_faults()
        if any("commitment_letter" in step.attach for step in steps):
            self.faults += commitment_faults()
        if "offer" not in self.raw and any(step.offers for step in steps):
            self.fault("offer", "a step has `offers`: say what is offered, or take it out")
        text = json.dumps(self.raw, sort_keys=True, default=str)
        return Policy(
            name=name,
            version=f"{name}@{hashlib.sha256(text.encode()).hexdigest()[:12]}",
            valid_from=self._day("valid_from"),
            residual_claim_days=self._residual_claim_days(),
            contacts_max=contacts_max,
            contacts_max_days=contacts_max_days,
            is_catching_up=self._choice("catch_up", {True: True, False: False}),
            is_on_business_days_only=self._choice(
                "leaves_on", {"business_days": True, "any_day": False}
            ),
            send_hours=self._send_hours(),
            busy_seasons=self._busy_seasons(),
            thresholds=thresholds(self.raw.get("thresholds"), "thresholds", self.fault),
            steps=steps,
            offer=self._offer(),
            reply_pause_days=whole_number(
                self.raw.get("reply_pause_days", REPLY_PAUSE_DAYS), "reply_pause_days", self.fault
            ),
            **numbers,
        )

    def _check_keys(self) -> None:
        for key in sorted(set(self.raw) - KEYS - OPTIONAL):
            self.fault(key, f"unknown key; known are {', '.join(sorted(KEYS | OPTIONAL))}")
        for key in sorted(KEYS - set(self.raw)):
            self.fault(key, "is missing")
        for key in TEXTS:
            if key in self.raw and not str(self.raw[key] or "").strip():
                self.fault(key, "must say something: finance has to defend the policy")
        self._day("decided_on")

    def _day(self, key: str) -> date:
        value = self.raw.get(key)
        if type(value) is date:
            return value
        if key in self.raw:
            self.fault(key, f"{value!r} must be a day such as 2026-01-15")
        return date.min

    def _choice(self, key: str, choices: Mapping[object, bool]) -> bool:
        value = self.raw.get(key)
        if key in self.raw and (not isinstance(value, str | bool) or value not in choices):
            known = " or ".join(str(choice).lower() for choice in choices)
            self.fault(key, f"{value!r} must be {known}")
            return False
        return choices.get(value, False)

    def _contacts_max(self) -> tuple[int, int]:
        key, body = "contacts_max", self.raw.get("contacts_max")
        if not isinstance(body, dict) or set(body) != {"count", "in_days"}:
            self.fault(key, "must say count and in_days, such as {count: 6, in_days: 30}")
            return 1, 1
        return (
            whole_number(body["count"], f"{key}.count", self.fault, least=1),
            whole_number(body["in_days"], f"{key}.in_days", self.fault, least=1),
        )

    def _send_hours(self) -> tuple[time, time] | None:
        body = self.raw.get("send_hours")
        if body == "any" or body is None:
            return None
        try:
            opens, closes = (time.fromisoformat(str(body[key])) for key in ("from", "until"))
            if opens < closes and len(body) == len(("from", "until")):
                return opens, closes
        except (KeyError, TypeError, ValueError):
            pass
        self.fault("send_hours", 'must be any, or such as {from: "08:30", until: "17:00"}, quoted')
        return None

    def _residual_claim_days(self) -> int:
        key, body = "residual_claims", self.raw.get("residual_claims")
        if not isinstance(body, dict) or set(body) != {"settled_within_days", "because"}:
            self.fault(key, "must say settled_within_days (0 waives them) and because")
            return 0
        if not isinstance(body["because"], str) or not body["because"].strip():
            self.fault(f"{key}.because", "say why they are kept so long, or waived")
        return whole_number(
            body["settled_within_days"], f"{key}.settled_within_days", self.fault
        )

    def _offer(self) -> Offer | None:
        if "offer" not in self.raw:
            return None
        body = self.raw["offer"]
        if not isinstance(body, dict) or set(body) != OFFER_KEYS:
            self.fault("offer", f"must say {', '.join(sorted(OFFER_KEYS))}; leave it out to offer "
                                "nothing")
            return None
        if body["waives"] not in ("interest", "none"):
            self.fault("offer.waives", f"{body['waives']!r} must be interest or none")
        if not isinstance(body["because"], str) or not body["because"].strip():
            self.fault("offer.because", "say why it is offered")
        instalments, days = (
            whole_number(body[key], f"offer.{key}", self.fault, least=1)
            for key in ("instalments_max", "first_days_max")
        )
        return Offer(instalments, days, body["waives"] == "interest", str(body["because"]))

    def _busy_seasons(self) -> tuple[BusySeason, ...]:
        bodies = self.raw.get("busy_seasons")
        seasons = []
        for number, body in enumerate(bodies if isinstance(bodies, list) else [], start=1):
            key = f"busy_seasons[{number}]"
            if not isinstance(body, dict) or set(body) != {"from", "until", "because"}:
                self.fault(key, "must say from, until and because")
                continue
            seasons.append(BusySeason(
                self._month_and_day(body["from"], f"{key}.from"),
                self._month_and_day(body["until"], f"{key}.until"),
                str(body["because"]),
            ))
        if bodies is not None and not isinstance(bodies, list):
            self.fault("busy_seasons", "must be a list; [] if there is none")
        return tuple(seasons)

    def _month_and_day(self, value: object, key: str) -> tuple[int, int]:
        match = MONTH_AND_DAY.fullmatch(str(value))
        try:
            month, day = map(int, match.groups()) if match else (0, 0)
            date(LEAP_YEAR, month, day)
        except ValueError:
            self.fault(key, f"{value!r} must be a month and a day such as 12-24")
            return 1, 1
        return month, day
