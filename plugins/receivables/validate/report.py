"""The validation report of a night: one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from receivables.lake import Night
from receivables.page import page
from receivables.sql import Session

LISTED_ROWS = 1_000


def report_file(night: Night) -> Path:
    """The fullest report there is of a night: that of `publish`, or else that of `validate`."""
    published = night.folder / "publish" / "report.html"
    return published if published.exists() else night.folder / "validate" / "report.html"


def write_report(sql: Session, night: Night) -> None:
    """Write `validate/report.html` into the night's folder; it loads nothing from elsewhere."""
    file = night.folder / "validate" / "report.html"
    file.write_text(_page(sql, night, radius=None, withheld=[]), encoding="utf-8")


def write_radius_report(sql: Session, night: Night) -> None:
    """Write `publish/report.html`: the same page, with what the bad data of the night holds up."""
    listed = {"rows_max": LISTED_ROWS}
    radius = [
        {**row, "is_odd": row["open_items_held"] > 0}
        for row in sql.rows("publish/workbook/blast_radius", **listed)
    ]
    page = _page(
        sql, night, radius=radius, withheld=sql.rows("publish/workbook/withheld", **listed)
    )
    (night.folder / "publish" / "report.html").write_text(page, encoding="utf-8")


def _page(
    sql: Session, night: Night, *, radius: list[dict[str, Any]] | None,
    withheld: list[dict[str, Any]],
) -> str:
    listed = {"listed_rows": LISTED_ROWS}
    return page("validation").render(
        night=night,
        radius=radius,
        withheld=withheld,
        tables=sql.rows("validate/report_table"),
        checks=sql.rows("validate/report_check"),
        warnings=sql.rows("validate/report_warning", **listed),
        warned=sql.connection.table("warning").shape[0],
        quarantine=sql.rows("validate/report_quarantine", **listed),
        quarantined=sql.connection.table("quarantine").shape[0],
        **listed,
    )
