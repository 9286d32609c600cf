"""Reading the rows of one SELECT from a database, in batches, into a file of text."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from receivables.errors import DataError
from receivables.extract.copied import CopiedRows
from receivables.extract.difference import Change, Dialect, Difference, no_rows
from receivables.extract.fetched import FetchedRows
from receivables.extract.queries import (
    Query,
    Selection,
    fingerprint,
    landed_columns,
    missing_columns,
)
from receivables.extract.text import NoText
from receivables.extract.text_file import TextFile, Texts

# Rows in memory at a time, and between two lines of progress.
BATCH = 50_000
PROGRESS_EVERY = 500_000

# What a statement binds, if anything.
Parameters = tuple[object, ...] | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one SELECT on a snapshot; its files go below `folder`."""

    snapshot: sa.Connection
    query: Query
    folder: Path
    connection_id: str
    progress: Callable[[str], None]

    def whole(self, text: str | None = None) -> Selection:
        """All rows; of another statement than the SELECT itself if a text is given."""
        columns, _ = self._write([(text or self.query.text, None)], self._file("selection"))
        return self._selection(columns)

    def changed(self, dialect: Dialect, difference: Difference) -> Selection:
        """The rows that changed since the extract before, or all where that cannot be told."""
        text = self.query.text
        with self.snapshot.exec_driver_sql(no_rows(text)) as none:
            names = list(none.keys())
        fingerprinted = dialect.fingerprinted(text, names)
        if not difference.knows(self.query, self._landed_columns(names)):
            return self.whole(fingerprinted)
        fresh = self._file("fingerprint")
        self._write([(dialect.fingerprints(text, names), None)], fresh, of="fingerprints")
        change = difference.change(self.query, fresh, self._file("gone"))
        fresh.unlink()
        if change is None:
            self._say("much changed; read whole")
            return self.whole(fingerprinted)
        selection = self._rows_that_came(change, dialect.bound(text, names), fingerprinted)
        if selection is None:
            self._say("the SELECT does not give the same rows twice; read whole")
            return self.whole(fingerprinted)
        return selection

    def _rows_that_came(self, change: Change, bound: str, fingerprinted: str) -> Selection | None:
        statements: list[tuple[str, Parameters]] = [
            (bound, (came,)) for came in change.came_in_turns()
        ] or [(no_rows(fingerprinted), None)]
        columns, count = self._write(statements, self._file("selection"))
        return self._selection(columns, change.gone) if count == change.rows_came else None

    def _selection(self, columns: tuple[str, ...], gone: Path | None = None) -> Selection:
        return Selection(
            table=self.query.table.name,
            file=self._file("selection"),
            columns=columns,
            missing_columns=missing_columns(self.query, columns),
            fingerprint=fingerprint(self.query.text),
            gone=gone,
        )

    def _write(
        self, statements: Iterable[tuple[str, Parameters]], file: Path, *, of: str = "rows"
    ) -> tuple[tuple[str, ...], int]:
        """Write what statements with the same columns give; returns the columns and the count."""
        columns: tuple[str, ...] = ()
        count, started = 0, time.monotonic()
        with ExitStack() as open_files:
            for text, parameters in statements:
                rows = self._rows(text, parameters)
                if not columns:
                    names = rows.names
                    columns = self._landed_columns(names) if of == "rows" else tuple(names)
                    written = open_files.enter_context(TextFile(file, columns))
                for batch in open_files.enter_context(closing(self._texts(rows, columns))):
                    written.write(batch)
                    count += len(batch[0])
                    if count % PROGRESS_EVERY < BATCH and count >= PROGRESS_EVERY:
                        rate = count / max(time.monotonic() - started, 0.001)
                        self._say(f"{count:,} {of} so far, {rate:,.0f} a second")
        return columns, count

    def _landed_columns(self, names: list[str]) -> tuple[str, ...]:
        return landed_columns(self.query, names, read_from=f"connection {self.connection_id}")

    def _rows(self, text: str, parameters: Parameters) -> CopiedRows | FetchedRows:
        if self.snapshot.dialect.name == "postgresql":
            return CopiedRows(self.snapshot, text, parameters, BATCH)
        return FetchedRows(self.snapshot, text, parameters, BATCH)

    def _texts(
        self, rows: CopiedRows | FetchedRows, columns: Sequence[str]
    ) -> Iterator[list[Texts]]:
        """The batches of rows as text, column by column."""
        try:
            for batch in rows.batches():
                yield [rows.text(at, batch[at]) for at in range(len(columns))]
        except NoText as refused:
            raise DataError(f"{self.query.where}: {refused}") from None

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def _say(self, what: str) -> None:
        self.progress(f"{self.query.source}: {self.query.table.name}: {what}")
