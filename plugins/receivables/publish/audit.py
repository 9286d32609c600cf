"""Audits (a fault forbids publishing) and breakers (a tripped one forbids drafting)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from receivables.contract import INCLUDE
from receivables.sql import SQL, Session, statement


@dataclass(frozen=True, slots=True)
class Finding:
    """What one audit or breaker found; it failed if `faults` are more than none."""

    check_id: str
    reason_code: str
    sentence: str
    faults: int
    example: str


def audit(sql: Session) -> list[Finding]:
    """Run every statement of `include/sql/publish/audit`: each lists what does not hold."""
    return [_find(sql, "audit", path.stem, {}) for path in _statements("audit")]


def check_breakers(sql: Session, *, notices_per_night_max: int) -> list[Finding]:
    """Run every statement of `include/sql/publish/breaker`: each lists why nobody is written to."""
    limits = yaml.safe_load((INCLUDE / "breakers.yaml").read_text(encoding="utf-8"))
    values = {**limits, "notices_per_night_max": notices_per_night_max}
    return [
        _find(sql, "breaker", path.stem, _asked_for(f"publish/breaker/{path.stem}", values))
        for path in _statements("breaker")
    ]


def _statements(folder: str) -> list[Any]:
    return sorted((SQL / "publish" / folder).glob("*.sql"))


def _asked_for(name: str, values: Mapping[str, object]) -> dict[str, object]:
    text = statement(name)
    return {key: value for key, value in values.items() if f"${key}" in text}


def _find(sql: Session, folder: str, name: str, values: Mapping[str, object]) -> Finding:
    rows = sql.rows(f"publish/{folder}/{name}", **values)
    text = statement(f"publish/{folder}/{name}")
    sentence = text.splitlines()[0].removeprefix("-- ")
    example = ", ".join(f"{key} {value}" for key, value in rows[0].items()) if rows else ""
    return Finding(name, name.upper(), sentence, len(rows), example)
