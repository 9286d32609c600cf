"""Audits: a fault forbids publishing."""

from __future__ import annotations

from dataclasses import dataclass

from receivables.sql import SQL, Session, statement


@dataclass(frozen=True, slots=True)
class Finding:
    """What one audit found; it failed if `faults` are more than none."""

    check_id: str
    sentence: str
    faults: int
    example: str


def audit(sql: Session) -> list[Finding]:
    """Run every statement of `include/sql/publish/audit`: each lists what does not hold."""
    files = sorted((SQL / "publish" / "audit").glob("*.sql"))
    return [_find(sql, file.stem) for file in files]


def _find(sql: Session, name: str) -> Finding:
    rows = sql.rows(f"publish/audit/{name}")
    sentence = statement(f"publish/audit/{name}").splitlines()[0].removeprefix("-- ")
    example = ", ".join(f"{key} {value}" for key, value in rows[0].items()) if rows else ""
    return Finding(name, sentence, len(rows), example)
