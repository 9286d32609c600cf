"""Reading a landed table: exactly the rows that an extract knew, wherever they lie."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from receivables.errors import DataError
from receivables.lake import Extract
from receivables.sql import Session, statement


def read_landed(session: Session, extract: Extract, table: str, name: str) -> list[str]:
    """Make a table as an extract knows it known as `name`; its columns, none if it is not given.

    Raises DataError if a file is not there.
    """
    parts = extract.parts(table)
    if parts and "compacted_in" in extract.content["tables"][table]:
        return read_history(session, parts[0] / "history.parquet", extract.extract_id, name)
    return read_parts(session, parts, name) if parts else []


def read_parts(session: Session, parts: Sequence[Path], name: str) -> list[str]:
    """Make the rows that a table's parts leave standing known as `name`; returns the columns.

    Raises DataError if a part is not there.
    """
    files = [part / "part-0.parquet" for part in parts]
    gone = [part / "gone.parquet" for part in parts[1:]]
    _refuse_missing(*files, *gone)
    if not gone:
        session.connection.read_parquet([str(files[0])]).create_view(name, replace=True)
    else:
        for view, read in (("part_row", files), ("gone_row", gone)):
            rows = session.connection.read_parquet([str(file) for file in read], filename=True)
            rows.project(
                "* exclude (filename), string_split(filename, '/')[-2] as part"
            ).create_view(view, replace=True)
        session.connection.execute(
            f"create or replace view {name} as\n{statement('extract/landed_row')}"
        )
    return list(session.connection.table(name).columns)




def read_history(session: Session, file: Path, extract_id: str, name: str) -> list[str]:
    """Make the rows of a compacted table that stood at an extract known as `name`."""
    _refuse_missing(file)
    rows = session.connection.read_parquet([str(file)])
    stood = f"stands_from <= '{extract_id}' and coalesce(stands_until > '{extract_id}', true)"
    rows.filter(stood).project("* exclude (stands_from, stands_until)").create_view(
        name, replace=True
    )
    return list(session.connection.table(name).columns)


def _refuse_missing(*files: Path) -> None:
    for file in files:
        if not file.is_file():
            raise DataError(f"{file}: is missing, so this extract cannot be read any more; "
                            "restore it, and land the source anew: receivables extract --full")
