"""A Parquet file whose columns are all text, written in batches on the way to the landing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 10_000

# A column of text, as Python or as Arrow has it.
Texts = Sequence[str | None] | pa.Array


class TextFile:
    """Rows of text on their way to a Parquet file; memory holds one batch."""

    def __init__(self, file: Path, columns: Sequence[str]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._schema = pa.schema([(name, pa.string()) for name in columns])
        self._writer = pq.ParquetWriter(file, self._schema, compression="lz4",
                                        use_dictionary=False)
        self._rows: list[Sequence[str | None]] = []

    def __enter__(self) -> TextFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def append(self, row: Sequence[str | None]) -> None:
        self._rows.append(row)
        if len(self._rows) == BATCH:
            self._flush()

    def write(self, columns: Sequence[Texts]) -> None:
        """Write one batch, given column by column."""
        arrays = [
            values if isinstance(values, pa.Array) else pa.array(values, pa.string())
            for values in columns
        ]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self.write([[row[at] for row in self._rows] for at in range(len(self._schema))])
            self._rows = []
