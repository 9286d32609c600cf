"""Relations: dropped files made known to DuckDB under the names by which SELECTs read them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import duckdb

from receivables.errors import DataError, TransientError
from receivables.extract.delimited import Delimited, Malformed, inspect, rows
from receivables.extract.drop import Drop, hidden
from receivables.extract.header import header
from receivables.extract.queries import Selection, fingerprint
from receivables.extract.text_file import TextFile
from receivables.extract.workbook import write_sheet

MALFORMED_COLUMNS = ("source_row", "source_table", "source_file", "raw_text", "error")

# As much of a malformed line as a person needs to find it.
RAW_TEXT_LENGTH = 500


class Relations:
    """The relations of one extract; what is not readable as it stands is rewritten as Parquet."""

    def __init__(self, engine: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.opened: set[str] = set()
        self.malformed_rows = 0
        self._engine = engine
        self._folder = folder / "relations"
        self._malformed_file = folder / "malformed_row" / "selection.parquet"
        self._malformed = TextFile(self._malformed_file, MALFORMED_COLUMNS)
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._fingerprints: dict[str, str] = {}

    def __enter__(self) -> Relations:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._malformed.close()

    def open(self, drop: Drop) -> None:
        """Make a drop known to the engine; again is nothing.

        Raises DataError if one of its files cannot be read.
        """
        name = drop.name.lower()
        if name in self.opened:
            return
        self._stamps |= {file: _stamp(file) for file in drop.files}
        with _reading(drop):
            self._fingerprints[name] = drop.fingerprint
            self._relation(drop).create_view(drop.name)
        self.opened.add(name)

    def fingerprint(self, drop: Drop) -> str:
        """The fingerprint of a drop's files, taken when it was opened."""
        return self._fingerprints[drop.name.lower()]

    def check_unchanged(self) -> None:
        """Raises TransientError if a file was replaced or still growing while it was read."""
        for file, stamp in self._stamps.items():
            if not file.exists() or _stamp(file) != stamp:
                raise TransientError(f"{file}: changed while it was read; drop files under another "
                                     "name and rename them when they are whole")

    def malformed(self) -> Selection:
        """The lines that are no rows, as a table; `source_row` is the line of the file."""
        return Selection(
            table="malformed_row",
            file=self._malformed_file,
            columns=MALFORMED_COLUMNS,
            missing_columns=(),
            fingerprint=fingerprint(*self._fingerprints.values()),
        )

    def _relation(self, drop: Drop) -> duckdb.DuckDBPyRelation:
        if drop.kind == ".parquet":
            return self._engine.read_parquet([str(file) for file in drop.files], union_by_name=True)
        rewritten = [self._folder / drop.name / f"{at}.parquet" for at in range(len(drop.files))]
        if drop.kind == ".xlsx":
            for file, target in zip(drop.files, rewritten, strict=True):
                write_sheet(file, target)
        else:
            parts = [inspect(file) for file in drop.files]
            if (plain := self._plain(parts)) is not None:
                return plain
            for part, target in zip(parts, rewritten, strict=True):
                self._rewrite(drop, part, target)
        return self._engine.read_parquet([str(file) for file in rewritten], union_by_name=True)

    def _plain(self, parts: list[Delimited]) -> duckdb.DuckDBPyRelation | None:
        """The files as the engine itself reads them, if that is sure to give every line a row."""
        columns = header(parts[0].file, parts[0].names)
        alike = {(part.names, part.delimiter) for part in parts}
        if len(alike) > 1 or not all(part.is_plain for part in parts):
            return None
        relation = self._engine.read_csv(
            [str(part.file) for part in parts], header=True, auto_detect=False,
            columns=dict.fromkeys(columns, "VARCHAR"), delimiter=parts[0].delimiter,
            quotechar="", escapechar="",
        )
        try:
            count = relation.count("*").fetchall()
        except duckdb.Error:
            return None
        return relation if count == [(sum(part.lines for part in parts),)] else None

    def _rewrite(self, drop: Drop, part: Delimited, target: Path) -> None:
        with TextFile(target, header(part.file, part.names)) as written:
            for row in rows(part):
                if isinstance(row, Malformed):
                    self.malformed_rows += 1
                    self._malformed.append((
                        str(row.line), drop.name, part.file.name, row.text[:RAW_TEXT_LENGTH],
                        row.error,
                    ))
                else:
                    written.append(row)


@contextmanager
def _reading(drop: Drop) -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, OSError, EOFError, zlib.error) as broken:
        files = ", ".join(str(file) for file in drop.files)
        raise DataError(f"{files}: cannot be read ({hidden(broken)}); drop it again") from None


def _stamp(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns
