"""Rows that PostgreSQL gives by COPY: as text at once, never as values of Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from select import POLLIN, poll

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn
from pyarrow import csv

from receivables.extract.difference import no_rows
from receivables.extract.text import naming, texts

# Types whose text in PostgreSQL is the canonical one, given that dates are written as ISO says.
PLAIN = frozenset(
    psycopg.adapters.types[name].oid
    for name in ("text", "varchar", "bpchar", "name", "int2", "int4", "int8", "numeric", "date",
                 "uuid")
)
TIMESTAMP, TIMESTAMPTZ = (
    psycopg.adapters.types[name].oid for name in ("timestamp", "timestamptz")
)


class CopiedRows:
    """The rows of a statement on a PostgreSQL connection, as Arrow's columns of text."""

    def __init__(
        self, snapshot: sa.Connection, text: str, parameters: tuple[object, ...] | None, batch: int
    ) -> None:
        """Asks for the columns; the rows come in batches of so many."""
        self._snapshot = snapshot
        self._connection: psycopg.Connection = snapshot.connection.driver_connection
        self._text, self._parameters, self._batch = text, parameters, batch
        with self._cursor() as cursor:
            cursor.execute(no_rows(text), parameters)
            described = cursor.description or []
        self.names = [column.name for column in described]
        self._types = [column.type_code for column in described]

    def batches(self) -> Iterator[list[pa.Array]]:
        """The columns as PostgreSQL writes them, as many rows at a time as were asked for."""
        copy = f"copy (\n{self._text}\n) to stdout (format csv)"
        with self._cursor() as cursor, cursor.copy(copy, self._parameters):
            for block in _blocks(self._connection.pgconn, self._batch):
                yield _columns(block, len(self.names))

    def text(self, at: int, column: pa.Array) -> pa.Array:
        """The canonical text of a column's values; raises NoText."""
        of_type = self._types[at]
        if of_type in PLAIN:
            return column
        if of_type in (TIMESTAMP, TIMESTAMPTZ):
            try:
                return _moments(column, has_zone=of_type == TIMESTAMPTZ)
            except pa.ArrowInvalid:  # such as a zone that is off by seconds
                pass
        with naming(self.names[at]):
            return self._by_driver(column, of_type)

    def _by_driver(self, column: pa.Array, of_type: int) -> pa.Array:
        """The text of a column's values as the driver reads them, each value once."""
        encoded = column.dictionary_encode()
        with self._cursor():
            load = Transformer(self._connection).get_loader(of_type, Format.TEXT).load
            values = [load(value.encode()) for value in encoded.dictionary.to_pylist()]
        return pa.array(texts(values), pa.string()).take(encoded.indices)

    @contextmanager
    def _cursor(self) -> Iterator[psycopg.Cursor]:
        """A cursor whose errors come as those of all databases do."""
        try:
            with self._connection.cursor() as cursor:
                yield cursor
        except psycopg.Error as failed:
            is_lost = self._connection.closed
            if is_lost:
                self._snapshot.invalidate()
            raise sa.exc.DBAPIError("copy", None, failed, connection_invalidated=is_lost) from None


def _blocks(server: PGconn, rows_max: int) -> Iterator[bytes]:
    """What a COPY under way sends, some rows at a time.

    Straight from libpq: the driver's own loop costs six times as much a row.
    """
    rows: list[bytes] = []
    waiting = poll()
    waiting.register(server.socket, POLLIN)
    while (came := server.get_copy_data(1))[0] >= 0:
        if came[0] == 0:  # nothing yet
            waiting.poll()
            server.consume_input()
            continue
        rows.append(bytes(came[1]))  # libpq's own buffers are dear to keep
        if len(rows) == rows_max:
            yield b"".join(rows)
            rows.clear()
    for result in list(iter(server.get_result, None)):
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result)
    if rows:
        yield b"".join(rows)


def _columns(block: bytes, count: int) -> list[pa.Array]:
    """The columns of lines as COPY writes them; an empty text is not NULL."""
    names = [str(number) for number in range(count)]
    table = csv.read_csv(
        pa.BufferReader(block),
        read_options=csv.ReadOptions(column_names=names, block_size=len(block) + 1),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=[""],
            strings_can_be_null=True, quoted_strings_can_be_null=False,
        ),
    )
    return [column.combine_chunks() for column in table.columns]


def _moments(column: pa.Array, *, has_zone: bool) -> pa.Array:
    """Instants in UTC, or local times, by the rules of `moment_text`."""
    read = column.cast(pa.timestamp("us", "UTC" if has_zone else None))
    text = pc.replace_substring(read.cast(pa.timestamp("us")).cast(pa.string()), " ", "T")
    text = pc.replace_substring(text, ".000000", "")
    if has_zone:
        return pc.binary_join_element_wise(text, "Z", "")
    return pc.if_else(pc.ends_with(text, "T00:00:00"), pc.utf8_slice_codeunits(text, 0, 10), text)
