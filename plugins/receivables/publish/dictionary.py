"""The pages of docs/ that say in words what include/ says as data: `make docs` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from receivables.balance.rule_page import interest_rules
from receivables.contract import INCLUDE
from receivables.publish.warehouse import TYPES, tables
from receivables.select.policy import load_reasons

DOCS = INCLUDE.parent / "docs"


def data_dictionary() -> str:
    """Every warehouse table and column, from `include/warehouse.yaml`."""
    return "\n".join(_data_dictionary()) + "\n"


def reason_codes() -> str:
    """Every reason for writing and for not writing, from `include/policies/reasons.yaml`."""
    return "\n".join(_reason_codes()) + "\n"


def _data_dictionary() -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield "Schema `receivables`, in DuckDB or PostgreSQL. The comments are in the database, too."
    for name, table in tables().items():
        yield f"\n## {name}\n\n{table['about']}\n\nGrain: {table['grain']}.\n"
        yield "| column | type | meaning |"
        yield "|---|---|---|"
        for column, (kind, comment) in table["columns"].items():
            yield f"| `{column}` | {TYPES[kind]} | {comment} |"


def _reason_codes() -> Iterator[str]:
    yield "# Reason codes"
    yield ""
    yield "Every open item gets one of these every night; the first that applies, in this order of"
    yield "the rules in `include/sql/select/decision.sql`."
    yield ""
    yield "| code | outcome | what `receivables why` says |"
    yield "|---|---|---|"
    for reason in load_reasons():
        yield f"| `{reason.reason_code}` | {reason.outcome} | {reason.text} |"


def main(docs: Path = DOCS) -> None:
    """Write the pages."""
    (docs / "interest_rules.md").write_text(interest_rules(), encoding="utf-8")
    (docs / "data_dictionary.md").write_text(data_dictionary(), encoding="utf-8")
    (docs / "reason_codes.md").write_text(reason_codes(), encoding="utf-8")


if __name__ == "__main__":
    main()
