"""The register of erasures: who asked for which, when and why; it names nobody but by ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from receivables.lake import Lake, alone_in, read_json, write_json


def erasures(lake: Lake) -> list[dict[str, Any]]:
    """All erasures, oldest first."""
    file = _file(lake)
    return list(read_json(file)) if file.exists() else []


def register_erasure(lake: Lake, entry: dict[str, Any]) -> None:
    """Add an erasure; what is registered never changes."""
    with alone_in(_file(lake).parent):
        write_json(_file(lake), [*erasures(lake), entry])


def _file(lake: Lake) -> Path:
    return lake.home / "privacy" / "erasures.json"
