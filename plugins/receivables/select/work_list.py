"""The work list (`include/policies/work_list.yaml`): what people do, and what they do first."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from receivables.contract import INCLUDE
from receivables.errors import PolicyError
from receivables.select.reason import load_reasons
from receivables.sql import Session
from receivables.yaml_text import read_yaml

WORK_LIST = INCLUDE / "policies" / "work_list.yaml"
REACHED_BY = ("phone", "postal_address", None)
COMPONENTS = ("amount_until_percent", "abc_class", "risk_class")


@cache
def load_work_list(file: Path = WORK_LIST) -> dict[str, Any]:
    """The kinds of work and the points of its priority.

    Raises PolicyError with every fault: each reason that waits for a person is of one kind.
    """
    try:
        raw = read_yaml(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, yaml.YAMLError) as broken:
        raise PolicyError(f"{file}: {broken}") from broken
    if not isinstance(raw, dict) or set(raw) != {"kinds", "points"}:
        raise PolicyError(f"{file}: must say kinds and points")
    faults = [*_kind_faults(raw["kinds"]), *_point_faults(raw["points"])]
    if faults:
        raise PolicyError("\n".join(f"{file}: {fault}" for fault in faults))
    return raw


def _kind_faults(kinds: Any) -> list[str]:
    if not isinstance(kinds, dict) or not all(
        isinstance(body, dict) and isinstance(body.get("reasons"), list) for body in kinds.values()
    ):
        return ["kinds: must say of each kind its reasons, a list"]
    named = [reason for body in kinds.values() for reason in body["reasons"]]
    waiting = {r.reason_code for r in load_reasons() if r.outcome == "review"}
    return [
        *(f"kinds: {reason} must be of one kind, and no other" for reason in sorted(waiting)
          if named.count(reason) != 1),
        *(f"kinds: {reason} is no reason that waits for a person" for reason in named
          if reason not in waiting),
        *(f"kinds.{kind}.reached_by: must be phone or postal_address, or left out"
          for kind, body in kinds.items() if body.get("reached_by") not in REACHED_BY),
    ]


def _point_faults(points: Any) -> list[str]:
    if not isinstance(points, dict) or set(points) != set(COMPONENTS):
        return [f"points: must say {', '.join(COMPONENTS)}"]
    faults = [
        f"points.{name}: must say whole numbers" for name, body in points.items()
        if not isinstance(body, dict) or any(type(value) is not int for value in body.values())
    ]
    if faults:
        return faults
    percents = list(points["amount_until_percent"])
    if not all(type(percent) is int for percent in percents) or percents != sorted(percents) or (
        percents[-1:] != [100]
    ):
        faults.append("points.amount_until_percent: must rise to 100")
    return faults


def write_work_list_tables(sql: Session) -> None:
    """The kinds and points as the tables that the statement reads."""
    raw = load_work_list()
    sql.connection.execute(
        "create table work_kind (reason_code varchar, kind varchar, reached_by varchar)"
    )
    sql.connection.executemany(
        "insert into work_kind values (?, ?, ?)",
        [(reason, kind, body.get("reached_by"))
         for kind, body in raw["kinds"].items() for reason in body["reasons"]],
    )
    sql.connection.execute(
        "create table work_amount_point (until_percent integer, points integer)"
    )
    sql.connection.executemany(
        "insert into work_amount_point values (?, ?)",
        list(raw["points"]["amount_until_percent"].items()),
    )
    sql.connection.execute(
        "create table work_class_point (component varchar, class varchar, points integer)"
    )
    sql.connection.executemany(
        "insert into work_class_point values (?, ?, ?)",
        [(component, name, points) for component in COMPONENTS[1:]
         for name, points in raw["points"][component].items()],
    )
