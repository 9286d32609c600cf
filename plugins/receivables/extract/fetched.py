"""Rows that a database's driver fetches as values of Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from receivables.extract.text import naming, texts


class FetchedRows:
    """The rows of a statement, as columns of values."""

    def __init__(
        self, snapshot: sa.Connection, text: str, parameters: tuple[object, ...] | None, batch: int
    ) -> None:
        """Starts the statement; its rows come in batches of so many."""
        self._result = snapshot.exec_driver_sql(text, parameters)
        self._batch = batch
        self.names = list(self._result.keys())

    def batches(self) -> Iterator[list[tuple[object, ...]]]:
        """The columns of the values, as many rows at a time as were asked for."""
        for rows in self._result.partitions(self._batch):
            yield list(zip(*rows, strict=True))

    def text(self, at: int, column: Sequence[object]) -> list[str | None]:
        """The canonical text of a column's values; raises NoText."""
        with naming(self.names[at]):
            return texts(column)
