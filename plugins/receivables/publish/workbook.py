"""The workbook of a night: what finance people open first."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from receivables.lake import Night
from receivables.sql import Session

# A sheet of Excel ends at 1,048,576 rows, and nobody reads that far; the warehouse has them all.
ROWS_MAX = 50_000
SHEETS = (
    "aging", "decisions", "customers", "notices", "review", "clarifications", "work_list",
    "reconciliation", "quarantine", "checks", "blast_radius", "withheld",
    "customer_class", "credit_recommendation",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_workbook(sql: Session, night: Night, file: Path) -> None:
    """Write the XLSX workbook of a night, whole or not at all."""
    import pandas

    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.partial.xlsx")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with pandas.ExcelWriter(
        partial, engine="xlsxwriter", engine_kwargs={"options": options}
    ) as writer:
        # The night's own date, so that the same night gives the same bytes.
        writer.book.set_properties(
            {"title": f"{night.legal_entity_id}, {night.as_of_date}", "created": night.known_at}
        )
        for sheet in SHEETS:
            rows = sql.rows(f"publish/workbook/{sheet}", rows_max=ROWS_MAX)
            frame = pandas.DataFrame(rows, columns=_columns(sql), dtype=object)
            _write_sheet(writer, sheet, frame.map(neutral))
    partial.replace(file)


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet program takes for a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def _columns(sql: Session) -> list[str]:
    return [column[0] for column in sql.connection.description or ()]


def _write_sheet(writer: Any, sheet: str, frame: Any) -> None:
    amount = writer.book.add_format({"num_format": "#,##0.00"})
    frame.to_excel(writer, sheet_name=sheet, index=False, freeze_panes=(1, 0))
    page = writer.sheets[sheet]
    for position, name in enumerate(frame.columns):
        shown = [len(str(value)) for value in frame[name].head(200)]
        width = min(max([len(str(name)), *shown]) + 2, 70)
        is_money = any(isinstance(value, Decimal) for value in frame[name].head(200))
        page.set_column(position, position, width, amount if is_money else None)
    if len(frame):
        page.autofilter(0, 0, len(frame), len(frame.columns) - 1)
