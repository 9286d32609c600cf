"""XLSX files: the first sheet as text, its first row being the header."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from receivables.errors import DataError
from receivables.extract.header import header
from receivables.extract.text import texts
from receivables.extract.text_file import TextFile

# Above it a float no longer holds every whole number, and an identifier has become another one.
EXACT_UNTIL = 2**53


def write_sheet(file: Path, target: Path) -> tuple[str, ...]:
    """Write the first sheet of a workbook to a Parquet file of text; returns its columns.

    Numbers get the 15 digits that a spreadsheet has, whole ones no decimals. Raises DataError if
    the file is no workbook, has no header, or holds a whole number beyond 2^53.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(file))
        sheet = workbook.get_sheet_by_index(0)
        lines: Iterator[list[object]] = iter(sheet.iter_rows())
    except (CalamineError, OSError) as broken:
        raise DataError(f"{file}: is no readable workbook ({broken}); save it again as XLSX, or "
                        "as CSV in UTF-8") from None
    columns = header(file, [text or "" for text in texts(next(lines, []))])
    with TextFile(target, columns) as written:
        for number, line in enumerate(lines, start=2):
            row = texts(_cell(value, file, number, column)
                        for value, column in zip(line, columns, strict=True))
            if any(row):
                written.append(row)
    return columns


def _cell(value: object, file: Path, line: int, column: str) -> object:
    if not isinstance(value, float):
        return value
    if value.is_integer():
        if abs(value) > EXACT_UNTIL:
            raise DataError(f"{file}, row {line}, column {column}: holds a whole number of more "
                            "digits than a spreadsheet keeps; format the column as text and enter "
                            "it again")
        return int(value)
    return float(f"{value:.15g}")
