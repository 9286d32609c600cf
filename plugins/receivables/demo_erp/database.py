"""The demonstration ERP as tables and views of a DuckDB file, built from include/sql/demo_erp."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb

from receivables import contract
from receivables.contract import INCLUDE
from receivables.sql import Session, statement
from receivables.yaml_text import read_yaml

FileFormat = Literal["csv", "parquet"]

MACROS = (
    "draw", "slice", "bell", "whole", "gross_cents", "amount", "business_day", "happened",
)
VIEWS = ("demo_document", "demo_plan")


@dataclass(frozen=True, slots=True)
class Scale:
    """What was asked for; the same scale gives the same rows."""

    until: date
    seed: int
    customers: int
    invoices: int


@contextmanager
def built(file: Path, scale: Scale, progress: Callable[[str], None]) -> Iterator[Session]:
    """A database in `file` with a view of the good rows for each table of the contract.

    It lives in a file so that memory stays bounded, however many invoices are asked for.
    """
    connection = duckdb.connect(str(file), config={"memory_limit": "3GB"})
    try:
        connection.execute("set TimeZone = 'UTC'")
        session = Session(connection)
        progress(f"drawing {scale.invoices} invoices of {scale.customers} customers")
        _prepare(session, scale)
        for table in contract.tables():
            _create_view(connection, table, f"demo_erp/{table}")
        yield session
    finally:
        connection.close()


def _prepare(session: Session, scale: Scale) -> None:
    """Build the tables from which every table of the ERP is a plain projection."""
    company = _read("company")
    for macro in MACROS:
        session.connection.execute(statement(f"demo_erp/prepare/macro_demo_{macro}"))
    for table, values in (
        ("demo_setting", {
            "seed": scale.seed, "until": scale.until, "customers": scale.customers,
            "invoices": scale.invoices, "industries": _json(company["industries"]),
            "exchange_rates": _json(company["exchange_rates"]),
        }),
        ("demo_culture", {"cultures": _json(_rows("culture", _read("cultures")))}),
        ("demo_country", {"countries": _json(_rows("country", _read("countries")))}),
        ("demo_company", {
            "entities": _json(_rows("legal_entity_id", company["entities"])),
            "turns": _json(company["turns"]),
        }),
        ("demo_turn", {}),
        ("demo_day", {}),
        ("demo_slot", {}),
        ("demo_number_base", {}),
        ("demo_number", {"invoices": scale.invoices}),
        ("demo_customer", {}),
        ("demo_lookup", {}),
    ):
        session.create(table, f"demo_erp/prepare/{table}", **values)
    for view in VIEWS:
        _create_view(session.connection, view, f"demo_erp/prepare/{view}")
    for table in ("demo_invoice", "demo_agreement", "demo_agreement_part", "demo_subject"):
        session.create(table, f"demo_erp/prepare/{table}")


def _create_view(connection: duckdb.DuckDBPyConnection, view: str, name: str) -> None:
    connection.execute(f"create view {view} as\n{statement(name)}")


def _read(name: str) -> Any:
    return read_yaml((INCLUDE / "demo_erp" / f"{name}.yaml").read_text(encoding="utf-8"))


def _rows(key: str, mapping: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: name, **body} for name, body in mapping.items()]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
