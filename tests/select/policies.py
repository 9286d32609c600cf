"""Policies for tests: the standard one with a few keys changed, read as a file is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from receivables.select.policy import Policy
from receivables.select.policy_file import POLICIES, load_policy

DUE_DATE_BEFORE_ALL = date(2000, 1, 1)


def step(name: str, **values: Any) -> dict[str, Any]:
    """A step by e-mail to accounts payable unless the test says otherwise."""
    letters = {"email": "reminder_1"}
    channel = values.get("channel", "email")
    return {
        "step": name, "channel": channel, "recipients": ["accounts_payable"], "tone": "clear",
        **({"template": letters[channel]} if channel in letters else {}),
        **values,
    }


def policy(home: Path, name: str = "standard", **changes: Any) -> Policy:
    """The standard policy with other values for some keys; no thresholds, no busy season."""
    body = yaml.safe_load((POLICIES / "standard.yaml").read_text(encoding="utf-8"))
    body |= {"thresholds": {}, "busy_seasons": [], "valid_from": DUE_DATE_BEFORE_ALL, **changes}
    file = home / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(body), encoding="utf-8")
    return load_policy(name, DUE_DATE_BEFORE_ALL, file)
