"""The source contract: what an extract must give, table by table (`include/contract.yaml`)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from receivables.yaml_text import read_yaml

# Another folder than the installed one is for rebuilding a night by the texts of then.
INCLUDE = Path(
    os.environ.get("RECEIVABLES_INCLUDE") or Path(__file__).resolve().parents[2] / "include"
)

ColumnType = Literal["text", "date", "amount", "rate", "boolean", "integer", "timestamp"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the contract; every value is landed as text and cast by `validate`.

    `personal`: it tells who a person is, or how to reach one.
    """

    name: str
    type: ColumnType
    required: bool
    personal: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the contract.

    `required`: a source without it is no source. `holds_dunning`: a quarantined row holds its
    customer's dunning, for it could have lowered the debt.
    """

    name: str
    about: str
    key: tuple[str, ...]
    required: bool
    holds_dunning: bool
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def by_legal_entity(self) -> bool:
        """Whether a row belongs to one legal entity; otherwise it serves all of its source's."""
        return "legal_entity_id" in self.column_names


@cache
def tables() -> dict[str, Table]:
    """Every table of the contract by name, in the order in which they can be validated."""
    raw = read_yaml((INCLUDE / "contract.yaml").read_text(encoding="utf-8"))
    return {name: _table(name, body) for name, body in raw.items()}


def _table(name: str, body: dict) -> Table:
    columns = tuple(
        Column(name=column, type=entry["type"], required=entry.get("required", False),
               personal=entry.get("personal", False))
        for column, entry in body["columns"].items()
    )
    return Table(
        name=name,
        about=body["about"],
        key=tuple(body["key"]),
        required=body.get("required_table", False),
        holds_dunning=body.get("holds_dunning", False),
        columns=columns,
    )
