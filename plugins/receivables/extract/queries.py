"""The SELECTs of a source (`include/sql/extract/<folder>/<table>.sql`) and what they must give."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from receivables import contract
from receivables.errors import DataError, SettingsError
from receivables.settings import Source
from receivables.sql import SQL

# In the house's form of a statement: what it reads, its own CTEs, its remarks, where it begins.
READ = re.compile(r"\b(?:from|join)\s+(\w+)(?![\w.])")
OWN_CTE = re.compile(r"^(?:with )?(\w+) as \($", re.MULTILINE)
REMARK = re.compile(r"^ *--.*\n", re.MULTILINE)
BEGIN = re.compile(r"^(?:with\s+|(?=select))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Query:
    """The SELECT that gives one table of the contract from one source, with all its CTEs."""

    source: str
    table: contract.Table
    file: Path
    text: str
    required_columns: frozenset[str]

    @property
    def where(self) -> str:
        """How an error names this query."""
        return f"source {self.source}, table {self.table.name}, {self.file}"


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of one SELECT as text in a Parquet file, not yet landed.

    With `gone`, a file of row fingerprints, the rows are those that came since the extract before,
    and rows with those fingerprints went.
    """

    table: str
    file: Path
    columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    fingerprint: str
    gone: Path | None = None


def fingerprint(*origins: str) -> str:
    """One short text for where rows come from: a SELECT's text, what is known of what it read."""
    return hashlib.sha256("\n".join(origins).encode()).hexdigest()


def queries(source: Source) -> list[Query]:
    """The SELECTs of a source, in the contract's order.

    CTEs that several SELECTs of a folder read stand once, in its folder `cte/`. Raises
    SettingsError if a file names no table of the contract or a required table has none.
    """
    folder = SQL / "extract" / source.sql
    ctes = {file.stem: _text(file) for file in sorted((folder / "cte").glob("*.sql"))}
    files = {file.stem: file for file in sorted(folder.glob("*.sql"))}
    faults = [
        f"{files[name]}: {name} is no table of include/contract.yaml; rename or remove the file"
        for name in sorted(set(files) - set(contract.tables()))
    ]
    faults += [
        f"{folder}: {name}.sql is missing, and {name} is required of source {source.name}; "
        "write the SELECT"
        for name in required_tables(source)
        if name not in files
    ]
    if faults:
        raise SettingsError(faults)
    return [
        Query(
            source=source.name,
            table=table,
            file=files[name],
            text=with_ctes(_text(files[name]), ctes),
            required_columns=_required_columns(source, table),
        )
        for name, table in contract.tables().items()
        if name in files
    ]


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8").rstrip().removesuffix(";")


def with_ctes(text: str, ctes: Mapping[str, str]) -> str:
    """A SELECT that begins with those of the CTEs that it reads, and those that they read."""
    needed: dict[str, str] = {}

    def need(names: Iterable[str]) -> None:
        for name in names:
            if name in ctes and name not in needed:
                need(_read(ctes[name]))
                needed[name] = f"{name} as (\n{indent(ctes[name], '    ')}\n)"

    own = set(OWN_CTE.findall(text))
    need(name for name in _read(text) if name not in own)
    if not needed:
        return text
    shared = ",\n\n".join(needed.values()) + (",\n\n" if own else "\n\n")
    return BEGIN.sub(lambda _: f"with {shared}", text, count=1)


def _read(text: str) -> list[str]:
    return READ.findall(REMARK.sub("", text))


def required_tables(source: Source) -> list[str]:
    """The tables without which a source cannot be used, given where its open amounts are from."""
    settled = ("instalment",) if source.open_amounts == "from_source" else ("receipt", "allocation")
    return [
        name for name, table in contract.tables().items() if table.required or name in settled
    ]


def _required_columns(source: Source, table: contract.Table) -> frozenset[str]:
    required = {column.name for column in table.columns if column.required}
    if source.open_amounts == "from_source" and table.name == "instalment":
        required.add("open_amount")
    return frozenset(required)


def landed_columns(query: Query, names: Sequence[str], *, read_from: str) -> tuple[str, ...]:
    """The names under which a SELECT's columns are landed, in its order.

    A column of the contract gets the contract's spelling (databases and people vary capitals and
    blanks). Raises DataError if a required column is missing or two columns have one name.
    """
    spelling = {name.lower(): name for name in query.table.column_names}
    columns = tuple(spelling.get(name.strip().lower(), name.strip()) for name in names)
    missing = sorted(query.required_columns - set(columns))
    if missing:
        raise DataError(
            f"{query.where}: the required columns {', '.join(missing)} are missing in what was "
            f"read from {read_from}; add them there, or give them in the SELECT"
        )
    counted = Counter(name.lower() for name in columns)
    twice = sorted({name for name in columns if counted[name.lower()] > 1})
    if twice or counted["source_row"]:
        raise DataError(
            f"{query.where}: column {', '.join(twice) or 'source_row'} occurs more than once (the "
            f"row's number is landed as source_row); rename it in {read_from} or in the SELECT"
        )
    return columns


def missing_columns(query: Query, columns: Sequence[str]) -> tuple[str, ...]:
    """The optional columns of the contract that a SELECT does not give."""
    return tuple(name for name in query.table.column_names if name not in columns)
