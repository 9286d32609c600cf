"""Sources to land in tests, and what became of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from receivables.connections import Connection
from receivables.extract import land
from receivables.lake import Extract, Lake
from receivables.landed import read_landed
from receivables.settings import Source
from receivables.sql import Session
from sqlalchemy.engine import make_url

FIRST_NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)

CUSTOMERS = "customer_id,legal_entity_id,name,country\nC1,DE,Muster GmbH,DE\n"
INVOICES = (
    "invoice_id,legal_entity_id,customer_id,invoice_number,document_type,issue_date,posting_date,"
    "currency,gross_amount\n"
    "I1,DE,C1,2026-1,invoice,2026-01-01,2026-01-01,EUR,100.00\n"
)
RECEIPTS = "receipt_id,legal_entity_id,customer_id,receipt_date,currency,amount\n"
ALLOCATIONS = (
    "allocation_id,legal_entity_id,invoice_id,source_type,source_id,allocation_date,amount\n"
)


def no_connection(connection_id: str) -> Connection:
    raise AssertionError(f"files need no connection, but {connection_id} was asked for")


def table(extract: Extract, name: str) -> list[dict[str, Any]]:
    """The landed rows of a table in their order."""
    with duckdb.connect() as engine:
        assert read_landed(Session(engine), extract, name, "landed_table"), f"{name} is not landed"
        relation = engine.table("landed_table").order("source_row")
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def below(folder: Path) -> list[str]:
    """Every file below a folder but the lock."""
    return sorted(
        str(file.relative_to(folder)) for file in folder.rglob("*")
        if file.is_file() and file.name != ".lock"
    )


@dataclass
class Drops:
    """A directory of dropped files, read by the SELECTs of `contract` unless others are written."""

    directory: Path
    lake: Lake
    said: list[str] = field(default_factory=list)
    sql: str = "contract"
    open_amounts: Any = "from_allocations"

    def __post_init__(self) -> None:
        self.write("customer.csv", CUSTOMERS)
        self.write("invoice.csv", INVOICES)
        self.write("receipt.csv", RECEIPTS)
        self.write("allocation.csv", ALLOCATIONS)

    def write(self, name: str, content: str | bytes) -> Path:
        file = self.directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def replace(self, name: str, content: str | bytes) -> Path:
        """Drop a table in another form than CSV."""
        (self.directory / f"{Path(name).parts[0].split('.')[0]}.csv").unlink()
        return self.write(name, content)

    def select(self, name: str, text: str) -> None:
        """Write a SELECT of a SQL folder of its own, beside those of the contract it needs."""
        folder = self.directory.with_name("sql")
        if self.sql == "contract":
            folder.mkdir()
            for table_name in ("customer", "invoice", "receipt", "allocation"):
                (folder / f"{table_name}.sql").write_text(f"select * from {table_name}")
            self.sql = str(folder)
        (folder / f"{name}.sql").write_text(text)

    @property
    def source(self) -> Source:
        return Source(
            name="erp", kind="files", connection=None, directory=self.directory, sql=self.sql,
            entities=("DE",), open_amounts=self.open_amounts,
        )

    @property
    def landing(self) -> Path:
        return self.lake.landing / "erp"

    def land(self, *, night: int = 0, progress: Callable[[str], None] | None = None) -> Extract:
        return land(
            self.source, lake=self.lake, known_at=FIRST_NIGHT + timedelta(days=night),
            resolve=no_connection, progress=progress or self.said.append,
        )


def sql_source(folder: Path, **selects: str) -> Source:
    """A source of kind `sql`; tables without a SELECT of their own give one plain row, or none."""
    folder.mkdir(exist_ok=True)
    for name, text in (PLAIN_SELECTS | selects).items():
        (folder / f"{name}.sql").write_text(text)
    return Source(
        name="erp", kind="sql", connection="erp", directory=None, sql=str(folder),
        entities=("DE",), open_amounts="from_allocations",
    )


PLAIN_SELECTS = {
    "customer": "select 'C1' as customer_id, 'DE' as legal_entity_id, 'Muster GmbH' as name, "
                "'DE' as country",
    "invoice": "select 'I1' as invoice_id, 'DE' as legal_entity_id, 'C1' as customer_id, "
               "'2026-1' as invoice_number, 'invoice' as document_type, '2026-01-01' as "
               "issue_date, '2026-01-01' as posting_date, 'EUR' as currency, 100 as gross_amount",
    "receipt": "select 'R1' as receipt_id, 'DE' as legal_entity_id, 'C1' as customer_id, "
               "'2026-01-01' as receipt_date, 'EUR' as currency, 1 as amount",
    "allocation": "select 'A1' as allocation_id, 'DE' as legal_entity_id, 'I1' as invoice_id, "
                  "'receipt' as source_type, 'R1' as source_id, '2026-01-01' as allocation_date, "
                  "1 as amount",
}


def resolver(url: str) -> Callable[[str], Connection]:
    """Resolves every id to the database of a SQLAlchemy URL, as Airflow would describe it."""
    parsed = make_url(url)
    kind = {"postgresql": "postgres", "mysql": "mysql", "sqlite": "sqlite"}[
        parsed.get_backend_name()
    ]
    return lambda connection_id: Connection(
        id=connection_id, kind=kind, host=parsed.host, port=parsed.port, login=parsed.username,
        password=parsed.password, schema=parsed.database,
    )


def description(extract: Extract) -> dict[str, Any]:
    """What the lake's file says of an extract."""
    content = json.loads((extract.folder / f"{extract.extract_id}.json").read_text())
    assert content == extract.content
    return dict(content)
