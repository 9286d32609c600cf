"""Rows as they are handed over: every value as text that means the same to people and programs."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from receivables.currency import exponent
from receivables.errors import WrongUse
from receivables.hand_over.field import fields
from receivables.lake import Night, folder_name
from receivables.publish.workbook import neutral

Record = dict[str, Any]


def records(artefact: str, rows: Iterable[Mapping[str, Any]]) -> list[Record]:
    """Rows with the fields of their table, in order; amounts, dates and instants as text."""
    kinds = fields(artefact)
    found = []
    for row in rows:
        assert set(row) == set(kinds), f"{artefact}: {set(row) ^ set(kinds)}"
        currency = row.get("currency")
        found.append(
            {name: _text(row[name], kind, currency) for name, (kind, _) in kinds.items()}
        )
    return found


def csv_bytes(artefact: str, rows: Sequence[Record]) -> bytes:
    """A CSV file (UTF-8, comma, CRLF) in which no cell is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
    kinds = fields(artefact)
    writer.writerow(kinds)
    for row in rows:
        writer.writerow(
            [_cell(row[name], is_free=kind == "text") for name, (kind, _) in kinds.items()]
        )
    return text.getvalue().encode()


def json_bytes(content: object) -> bytes:
    """A JSON file with the same bytes for the same content."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def write_tables(
    artefact: str, found: Mapping[Night, Sequence[Record]], out: Path
) -> dict[str, int]:
    """Write each night's rows, if any, as CSV and JSON into a new folder; how many each has."""
    folder = new_folder(out)
    counts = {}
    for night, rows in found.items():
        if rows:
            name = f"{artefact}_{night.as_of_date}_{folder_name(night.legal_entity_id)}"
            write_new(folder / f"{name}.csv", csv_bytes(artefact, rows))
            write_new(folder / f"{name}.json", json_bytes({artefact: rows}))
            counts[name] = len(rows)
    return counts


def new_folder(folder: Path) -> Path:
    """An empty folder that only its owner reads: what is handed over is about people, too.

    Raises WrongUse if something is in it already.
    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise WrongUse(f"--out {folder}: is there already and not empty; name a new folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet, readable by its owner alone."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)


def _text(value: Any, kind: str, currency: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if kind == "amount":
        return _amount(value, 2 if currency is None else exponent(currency))
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _amount(value: Decimal, decimals: int) -> str:
    """An exact amount with the decimals of its currency, or more if it has more."""
    shown = max(decimals, -int(value.normalize().as_tuple().exponent))
    return f"{value:.{shown}f}"


def _cell(value: Any, *, is_free: bool) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return neutral(value) if is_free else value
