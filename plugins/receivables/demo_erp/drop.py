"""Writing the demonstration ERP as a drop: one file a table and a README, whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from receivables import contract
from receivables.contract import Column
from receivables.demo_erp.database import FileFormat, Scale, built
from receivables.demo_erp.defect import Defect, Row, carriers, planted
from receivables.errors import WrongUse

README = "README.md"
MARKER = "<!-- Written by `receivables demo-erp`, which replaces this folder. -->"
FEWEST_CUSTOMERS = 10
FEWEST_INVOICES = 200


def write(
    directory: Path,
    *,
    until: date,
    seed: int = 7,
    customers: int = 120,
    invoices: int = 6000,
    file_format: FileFormat = "csv",
    progress: Callable[[str], None] = lambda line: None,
) -> dict[str, int]:
    """Write a demonstration ERP into `directory` and return the rows of each table.

    The same arguments give the same bytes. The data cover the two years up to and including
    `until`. Credit notes (about 3 %) come on top of `invoices`.
    Raises WrongUse if the directory holds anything but a demonstration ERP, or for a size below
    10 customers or 200 invoices; the directory is then as it was.
    """
    if customers < FEWEST_CUSTOMERS or invoices < FEWEST_INVOICES or seed < 0:
        raise WrongUse(
            f"a demonstration ERP needs {FEWEST_CUSTOMERS} customers, {FEWEST_INVOICES} invoices "
            f"and a seed from 0; got {customers}, {invoices} and {seed}"
        )
    scale = Scale(until=until, seed=seed, customers=customers, invoices=invoices)
    with _replaced(directory) as folder:
        database = folder / "build.duckdb"
        with built(database, scale, progress) as session:
            bystander = session.rows("demo_erp/prepare/bystander")[0]["customer_id"]
            defects = [
                defect for defect in planted(until, customer_id=bystander)
                if file_format == "csv" or not defect.is_text_only
            ]
            rows = {}
            for table in contract.tables().values():
                progress(f"writing {table.name}")
                carrying = carriers(until, customer_id=bystander).get(table.name, [])
                bad = [row for d in defects if d.table == table.name for row in d.rows]
                _plant(session.connection, table, carrying + bad)
                target = folder / f"{table.name}.{file_format}"
                rows[table.name] = _copy(session.connection, table, target)
        database.unlink()
        readme = _readme(scale, file_format, rows, defects)
        (folder / README).write_text(readme, encoding="utf-8")
    return rows


def _plant(
    connection: duckdb.DuckDBPyConnection, table: contract.Table, rows: Sequence[Row]
) -> None:
    names = table.column_names
    columns = ", ".join(f"{name} varchar" for name in names)
    connection.execute(f"create table bad_{table.name} ({columns})")
    places = ", ".join("?" for _ in names)
    for row in rows:
        values = [row.get(name) for name in names]
        connection.execute(f"insert into bad_{table.name} values ({places})", values)


def _copy(connection: duckdb.DuckDBPyConnection, table: contract.Table, target: Path) -> int:
    """Write good and planted rows: text in a CSV file, typed columns in a Parquet file."""
    view = connection.table(table.name)
    types = dict(zip(view.columns, map(str, view.types), strict=True))
    if target.suffix == ".csv":
        good = [_text(column) for column in table.columns]
        bad = list(table.column_names)
        options = "format csv, header"
    else:
        types |= {c.name: "timestamptz" for c in table.columns if c.type == "timestamp"}
        good = bad = [f"cast({n} as {types[n]}) as {n}" for n in table.column_names]
        options = "format parquet, compression zstd"
        # Several threads cut row groups where they happen to meet: other bytes for the same rows.
        connection.execute("set threads = 1")
    quoted = str(target).replace("'", "''")
    copied = connection.execute(
        f"copy (select {', '.join(good)} from {table.name} "
        f"union all select {', '.join(bad)} from bad_{table.name}) to '{quoted}' ({options})"
    ).fetchone()
    return int(copied[0]) if copied else 0


def _text(column: Column) -> str:
    if column.type == "timestamp":
        return f"strftime({column.name}, '%Y-%m-%dT%H:%M:%SZ') as {column.name}"
    return f"cast({column.name} as varchar) as {column.name}"


@contextmanager
def _replaced(directory: Path) -> Iterator[Path]:
    """A folder to write into, which takes the directory's place only when all is written."""
    directory = directory.absolute()
    _refuse_foreign(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    try:
        folder = partial / "new"
        folder.mkdir()
        yield folder
        _refuse_foreign(directory)
        if directory.exists():
            directory.rename(partial / "old")
        folder.rename(directory)
    finally:
        shutil.rmtree(partial)


def _refuse_foreign(directory: Path) -> None:
    if not directory.exists():
        return
    if not directory.is_dir():
        raise WrongUse(f"{directory} is a file; name a folder for the demonstration ERP")
    ours = {README} | {f"{t}.{f}" for t in contract.tables() for f in ("csv", "parquet")}
    found = {path.name for path in directory.iterdir()}
    readme = directory / README
    is_demo = readme.is_file() and MARKER in readme.read_text(encoding="utf-8", errors="replace")
    if found and (not is_demo or found - ours):
        raise WrongUse(
            f"{directory} holds files that `receivables demo-erp` did not write; "
            "name an empty or new folder, or remove them"
        )


def _readme(
    scale: Scale, file_format: FileFormat, rows: dict[str, int], defects: list[Defect]
) -> str:
    counts = "\n".join(f"| {table} | {count} |" for table, count in rows.items())
    bad = "\n".join(f"| {d.table} | {d.key} | {d.about} |" for d in defects)
    return f"""{MARKER}
# Demonstration ERP

Made up from seed {scale.seed}: {scale.invoices} invoices and debit notes of {scale.customers}
customers over the two years up to and including {scale.until}, as {file_format} files in the drop
format (`include/contract.yaml`). No name, address or number belongs to anybody.

| table | rows |
|---|---|
{counts}

## Planted bad rows

They stand last in their files. The border must catch each; none is in the ledger's balances.
The cancelled invoice INV00000000 is good and is there only for its bad instalment.

| table | key | defect |
|---|---|---|
{bad}
"""
