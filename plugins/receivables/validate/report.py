"""The validation report of a night: one self-contained HTML page."""

from __future__ import annotations

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from receivables.contract import INCLUDE
from receivables.lake import Night
from receivables.sql import Session

LISTED_ROWS = 1_000


def write_report(sql: Session, night: Night) -> None:
    """Write `validate/report.html` into the night's folder; it loads nothing from elsewhere."""
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    template = INCLUDE / "templates" / "report" / "validation.html"
    page = environment.from_string(template.read_text(encoding="utf-8")).render(
        night=night,
        tables=sql.rows("validate/report_table"),
        checks=sql.rows("validate/report_check"),
        quarantine=sql.rows("validate/report_quarantine", listed_rows=LISTED_ROWS),
        quarantined=sql.connection.table("quarantine").shape[0],
    )
    file = night.folder / "validate" / "report.html"
    file.write_text(page, encoding="utf-8")
