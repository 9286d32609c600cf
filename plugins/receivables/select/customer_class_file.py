"""The file of customer classes (`include/customer_classes.yaml`): read, and checked whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from receivables.contract import INCLUDE
from receivables.errors import PolicyError
from receivables.yaml_text import read_yaml

FILE = INCLUDE / "customer_classes.yaml"
KEYS = {
    "description", "decided_by", "decided_on", "settings", "abc_classes", "neutral", "points",
    "risk_classes",
}
SETTINGS = (
    "look_back_days", "billed_days", "basis_percent_min", "history_days_min", "payments_min",
    "trend_days", "season_days_above", "season_years_min",
    "first_late_tolerance_days", "digest_promises_due_days", "digest_promises_broken_days",
)
COMPONENTS = ("days_late", "trend", "overdue", "broken_promises", "limit_use")
RISK_NUMBERS = ("limit_use_percent_max", "hold_orders_after_days", "prepayment_after_days")


@dataclass(frozen=True, slots=True)
class CustomerClasses:
    """How customers are classed; `version` changes with every change of the text.

    `abc_classes` with their share of the value in per cent, best first. `risk_classes` best first,
    each as its line in the file; the last has no `score_max`. `points`: component, above, points.
    """

    version: str
    settings: Mapping[str, int]
    abc_classes: tuple[tuple[str, int], ...]
    neutral: Mapping[str, str]
    points: tuple[tuple[str, int, int], ...]
    risk_classes: tuple[Mapping[str, Any], ...]


def load_customer_classes(file: Path = FILE) -> CustomerClasses:
    """Read the classes.

    Raises PolicyError with every fault: file, key and remedy.
    """
    try:
        raw = read_yaml(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, yaml.YAMLError) as broken:
        raise PolicyError(f"{file}: {broken}") from broken
    if not isinstance(raw, dict) or set(raw) != KEYS:
        raise PolicyError(f"{file}: must have the keys {', '.join(sorted(KEYS))}, and no other")
    faults = [*_setting_faults(raw), *_abc_faults(raw), *_point_faults(raw), *_risk_faults(raw)]
    if faults:
        raise PolicyError("\n".join(f"{file}: {fault}" for fault in faults))
    text = json.dumps(raw, sort_keys=True, default=str)
    return CustomerClasses(
        version=f"{file.stem}@{hashlib.sha256(text.encode()).hexdigest()[:12]}",
        settings={name: raw["settings"][name]["value"] for name in SETTINGS},
        abc_classes=tuple((c["abc_class"], c["value_percent"]) for c in raw["abc_classes"]),
        neutral=raw["neutral"],
        points=tuple(
            (component, above, points)
            for component in COMPONENTS
            for above, points in raw["points"][component]["above"].items()
        ),
        risk_classes=tuple(raw["risk_classes"]),
    )


def _setting_faults(raw: Mapping[str, Any]) -> list[str]:
    settings = raw["settings"]
    if not isinstance(settings, dict) or set(settings) != set(SETTINGS):
        return [f"settings: must have {', '.join(SETTINGS)}, and no other"]
    return [
        f"settings.{name}: give a value, a whole number from 0, and because"
        for name, body in settings.items()
        if not _has(body, "value") or not _is_number(body["value"])
    ]


def _abc_faults(raw: Mapping[str, Any]) -> list[str]:
    classes = raw["abc_classes"]
    if not isinstance(classes, list) or not all(
        _has(body, "abc_class", "value_percent") and _is_number(body["value_percent"])
        for body in classes
    ):
        return ["abc_classes: each gives abc_class, value_percent (a whole number) and because"]
    names = [body["abc_class"] for body in classes]
    shares = sum(body["value_percent"] for body in classes)
    faults = [f"abc_classes: the value_percent sum to {shares}, not to 100"] * (shares != 100)
    faults += ["abc_classes: each needs a name of its own"] * (len(set(names)) < len(names))
    if not _has(raw["neutral"], "abc_class", "risk_class"):
        return [*faults, "neutral: give abc_class, risk_class and because"]
    if raw["neutral"]["abc_class"] not in names:
        faults.append(f"neutral.abc_class: must be one of {', '.join(names)}")
    return faults


def _point_faults(raw: Mapping[str, Any]) -> list[str]:
    points = raw["points"]
    if not isinstance(points, dict) or set(points) != set(COMPONENTS):
        return [f"points: must have {', '.join(COMPONENTS)}, and no other"]
    return [
        f"points.{name}: give because, and above: so many points, more on each line"
        for name, body in points.items()
        if not _has(body, "above") or not _rises(body["above"])
    ]


def _risk_faults(raw: Mapping[str, Any]) -> list[str]:
    risks = raw["risk_classes"]
    keys = ("risk_class", "lowers_limit", *RISK_NUMBERS)
    if not isinstance(risks, list) or not risks or not all(
        _has({k: v for k, v in body.items() if k != "score_max"}, *keys)
        and all(_is_number(body[key]) for key in RISK_NUMBERS)
        and isinstance(body["lowers_limit"], bool)
        for body in risks
    ):
        return [f"risk_classes: each gives {', '.join(keys)} and because"]
    names = [body["risk_class"] for body in risks]
    bounds = [body.get("score_max") for body in risks]
    faults = []
    if bounds[-1] is not None or not all(map(_is_number, bounds[:-1])) or (
        bounds[:-1] != sorted(set(bounds[:-1]))
    ):
        faults.append("risk_classes: score_max must rise from line to line; the last has none")
    neutral = raw["neutral"]
    if isinstance(neutral, dict) and neutral.get("risk_class") not in names:
        faults.append(f"neutral.risk_class: must be one of {', '.join(names)}")
    return faults


def _has(body: object, *keys: str) -> bool:
    """Whether a mapping has these keys and a reason, and no other."""
    return (
        isinstance(body, dict)
        and set(body) == {*keys, "because"}
        and isinstance(body["because"], str)
        and bool(body["because"].strip())
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _rises(above: object) -> bool:
    if not isinstance(above, dict) or not above:
        return False
    if not all(map(_is_number, [*above, *above.values()])):
        return False
    return list(above) == sorted(above) and list(above.values()) == sorted(above.values())
