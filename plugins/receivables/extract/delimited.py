"""CSV files read line by line, so that one malformed line costs that line and no other.

An engine's CSV reader lets a stray quote swallow what follows it, thousands of lines at times, and
says so for one. Here a line that cannot be read is given back as `Malformed`, and reading goes on
at the next. Files without any quote, in UTF-8, with the same number of fields in each line, are
`is_plain`: any reader reads them alike.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO, cast

from receivables.errors import DataError

DELIMITERS = ",;\t|"

# A quoted value may span this many lines; an unclosed quote looks no further for its end.
LINES_OF_A_VALUE = 100

CHUNK = 5_000

# How bytes that are not UTF-8 look under the `surrogateescape` error handler.
DAMAGE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Delimited:
    """How a CSV file is written, and the names in its header."""

    file: Path
    encoding: str
    delimiter: str
    names: tuple[str, ...]
    is_plain: bool
    lines: int


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that is no row: where it stands (the header is line 1), its text, what is wrong."""

    line: int
    text: str
    error: str


def inspect(file: Path) -> Delimited:
    """Read a CSV file once to learn how it is written; `lines` counts those under the header.

    It is Windows-1252 if more of its lines are wrong UTF-8 than right. Raises DataError if it is
    UTF-16 or its header cannot be read.
    """
    _refuse_utf_16(file)
    with _open(file, "utf-8-sig") as lines:
        first = next(lines, "")
        delimiter = _delimiter(first)
        separators, end = first.count(delimiter), first[len(first.rstrip("\r\n")):]
        is_plain, count, sound, damaged = separators > 0 and '"' not in first, 0, 0, 0
        for line in lines:
            count += 1
            if not line.isascii():
                is_damaged = DAMAGE.search(line) is not None
                sound, damaged = sound + (not is_damaged), damaged + is_damaged
            if line.count(delimiter) != separators or '"' in line or (
                "\r" in line and "\r" in line.removesuffix(end)
            ):
                count, is_plain = (count - 1, is_plain) if line == end else (count, False)
    encoding = "cp1252" if damaged > sound or DAMAGE.search(first) else "utf-8-sig"
    return Delimited(
        file=file, encoding=encoding, delimiter=delimiter, names=_names(file, encoding, delimiter),
        is_plain=is_plain and not damaged, lines=count,
    )


def rows(drop: Delimited) -> Iterator[list[str] | Malformed]:
    """The rows under the header, in the file's order; a blank line is none."""
    with _open(drop.file, drop.encoding) as lines:
        next(lines, None)
        ahead: deque[str] = deque()
        line_before = 1
        while ahead.extend(islice(lines, CHUNK)) or ahead:
            chunk = _chunk(ahead, drop)
            if chunk is not None:
                yield from chunk
                line_before += len(ahead)
                ahead.clear()
                continue
            chunk_end = line_before + len(ahead)
            while ahead and line_before < chunk_end:
                row, taken = _row(ahead, drop, lines, line_before + 1)
                line_before += taken
                if row:
                    yield row


def _chunk(lines: Sequence[str], drop: Delimited) -> list[list[str]] | None:
    """The rows of many lines, if each is beyond doubt one row, which is faster to find out."""
    text = "".join(lines)
    if not text.isascii() and DAMAGE.search(text):
        return None
    try:
        read = list(csv.reader(lines, delimiter=drop.delimiter, strict=True))
    except csv.Error:
        return None
    # A row that takes two lines leaves fewer rows than lines.
    rectangular = len(read) == len(lines) and set(map(len, read)) == {len(drop.names)}
    return read if rectangular else None


def _row(
    ahead: deque[str], drop: Delimited, lines: Iterator[str], number: int
) -> tuple[list[str] | Malformed | None, int]:
    """The row that starts on the first line ahead, and how many lines it takes off."""
    line = ahead.popleft()
    if not line.strip("\r\n"):
        return None, 1
    fields, taken, error = _record(line, drop.delimiter, ahead, lines)
    if not error and len(fields) != len(drop.names):
        error = f"{len(fields)} fields, but the header has {len(drop.names)}"
    if error:
        return Malformed(line=number, text=_readable(line), error=error), 1
    for _ in range(taken):
        ahead.popleft()
    return fields, 1 + taken


def _record(
    line: str, delimiter: str, ahead: deque[str], lines: Iterator[str]
) -> tuple[list[str], int, str]:
    """The fields of the record that starts on `line`, how many lines ahead it takes, what is wrong.

    Lines looked at in vain stay in `ahead`.
    """
    record = [line]
    while True:
        if not record[-1].isascii() and DAMAGE.search(record[-1]):
            return [], 0, "not UTF-8, as the rest of the file is"
        if '"' not in line:
            return line.rstrip("\r\n").split(delimiter), 0, ""
        try:
            fields = next(csv.reader(record, delimiter=delimiter, strict=True))
            return fields, len(record) - 1, ""
        except csv.Error as broken:
            if "unexpected end" not in str(broken):
                return [], 0, f"quotes: {broken}"
        if not _extend(record, ahead, lines):
            return [], 0, "quotes: a quoted value is never closed"


def _extend(record: list[str], ahead: deque[str], lines: Iterator[str]) -> bool:
    """Add lines to an unclosed record up to the next one with a quote; False if there is none."""
    while len(record) < LINES_OF_A_VALUE:
        if len(record) > len(ahead):
            line = next(lines, "")
            if not line:
                return False
            ahead.append(line)
        record.append(ahead[len(record) - 1])
        if '"' in record[-1]:
            return True
    return False


def _open(file: Path, encoding: str) -> TextIO:
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    errors = "surrogateescape" if encoding == "utf-8-sig" else "replace"
    return cast(TextIO, opened(file, "rt", encoding=encoding, errors=errors, newline="\n"))


def _refuse_utf_16(file: Path) -> None:
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    with opened(file, "rb") as beginning:
        if beginning.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            raise DataError(f"{file}: is UTF-16; save it as CSV in UTF-8")


def _delimiter(first: str) -> str:
    bare = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=bare.count)


def _names(file: Path, encoding: str, delimiter: str) -> tuple[str, ...]:
    with _open(file, encoding) as lines:
        try:
            return tuple(next(csv.reader(lines, delimiter=delimiter, strict=True), []))
        except csv.Error as broken:
            raise DataError(f"{file}: its header cannot be read ({broken}); write the names of the "
                            "columns on the first line") from None


def _readable(line: str) -> str:
    raw = line.rstrip("\r\n").encode("utf-8", "surrogateescape")
    return raw.decode("utf-8", "replace")
