"""What a night leaves behind, to be compared: files, warehouse rows, letters."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from company import DAY, ENTITY, Company
from receivables.lake import Lake
from receivables.publish.warehouse import tables
from seller import content

PUBLISHED_ANEW = "publish"


def hashes(company: Company) -> dict[str, str]:
    """Content hash of each table of the official night."""
    tables = company.official().manifest()["tables"]
    return {name: entry["content_hash"] for name, entry in tables.items()}


def files(company: Company) -> dict[str, str]:
    """The bytes of everything that the official night knew and decided."""
    folder = company.official().folder
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*.*"))
        if file.is_file() and file.relative_to(folder).parts[0] != PUBLISHED_ANEW
    }


def warehouse(company: Company) -> dict[str, Any]:
    """Every row of the warehouse."""
    return content(f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}")


def without_message_ids(rows: dict[str, Any]) -> dict[str, Any]:
    """Rows of the warehouse as they are in every installation: Message-IDs are its own."""
    at = list(tables()["notice"]["columns"]).index("message_id")
    return {**rows, "notice": [row[:at] + row[at + 1:] for row in rows["notice"]]}


def letters(company: Company, columns: str = "*") -> list[tuple[Any, ...]]:
    """The rows of the outbox."""
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as connection:
        return connection.execute(f"select {columns} from outbox order by notice_id").fetchall()


def mails(company: Company) -> list[Path]:
    """The letters that reached the sink."""
    return sorted((company.home / "home" / "mail").rglob("*.eml"))


def official_exists(company: Company) -> bool:
    lake = Lake(company.home / "home")
    return lake.official(as_of_date=DAY, legal_entity_id=ENTITY) is not None
