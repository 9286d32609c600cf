"""The breakers' limits (`include/breakers.yaml`), which a legal entity's settings may change."""

from __future__ import annotations

from functools import cache
from typing import Any

from receivables.contract import INCLUDE
from receivables.yaml_text import read_yaml


@cache
def breakers() -> dict[str, dict[str, Any]]:
    """What each breaker is about, its limits, and what to do when it trips."""
    text = (INCLUDE / "breakers.yaml").read_text(encoding="utf-8")
    read: dict[str, dict[str, Any]] = read_yaml(text)
    return read


def default_limits() -> dict[str, float]:
    """Every limit by its name, where a legal entity says no other."""
    return {name: value for body in breakers().values() for name, value in body["limits"].items()}
