"""The extract stage on a PostgreSQL database at millions of invoices: speed, memory, and ratios.

    python bench/extract.py --invoices 1000000 10000000

PostgreSQL runs on this machine: the one that RECEIVABLES_TEST_POSTGRES_URL names, else the one at
127.0.0.1:5432, with a login that may create databases. For every size a database of an ERP is
made there (about 600 MB a million invoices) and dropped at the end: 1.5 receipts, each allocated,
for an invoice, a customer for fifty. Then, each in a process of its own:

- `copy`           COPY (the same SELECTs) TO, into files of text: what reading alone costs
- `whole`          `receivables extract`, every table whole
- `fingerprinted`  the same as the first night of an incremental source
- `1 % changed`    its second night: 1 % of the rows of every table are others, new or gone

`ratio` is the part's seconds as a multiple of those of `copy`; machines differ, and ratios hardly
do. `processor` are the seconds of the part's own process, `server` those of PostgreSQL for it,
which say more on a busy machine. `spill` is the most that lay in the scratch folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import yaml
from sqlalchemy.engine import URL, make_url

SERVER = "postgresql://root@127.0.0.1:5432/postgres"
DAY = datetime.now(UTC).date() - timedelta(days=9)

MADE = [
    """
    create unlogged table customer as
    select i as id, 'Customer ' || i as name, 'DE' as country, 30 as terms, true as is_active,
        timestamptz '2026-01-01 00:00Z' + i * interval '7.123456 s' as write_date
    from generate_series(0, {invoices} / 50) as i
    """,
    """
    create unlogged table invoice as
    select i as id, 'R-2026-' || i as number,
        i * 7919::bigint % ({invoices} / 50 + 1) as partner_id,
        date '2023-01-01' + (i * 31::bigint % 1100)::int as posted, 'posted' as state,
        (1000 + i * 104729::bigint % 5000000) * 0.01 as amount,
        case when i % 3 = 0 then 'Goods as of order ' || i / 3 end as note,
        timestamp '2026-01-01 00:00' + i * interval '0.123456 s' as write_date
    from generate_series(1, {invoices}) as i
    """,
    """
    create unlogged table payment as
    select i as id, i * 7919::bigint % ({invoices} / 50 + 1) as partner_id,
        date '2023-02-01' + (i * 31::bigint % 1100)::int as paid,
        (1000 + i * 104729::bigint % 2500000) * 0.01 as amount, 'Payment for R-2026-' || i as note
    from generate_series(1, {invoices} * 3 / 2) as i
    """,
    """
    create unlogged table reconcile as
    select id, 1 + id % {invoices} as move_id, id as payment_id, paid, amount from payment
    """,
]

SELECTS = {
    "customer": """
        select id as customer_id, 'DE' as legal_entity_id, name, country,
            terms as payment_terms_days, is_active, write_date as updated_at
        from customer""",
    "invoice": """
        select id as invoice_id, 'DE' as legal_entity_id, partner_id as customer_id,
            number as invoice_number, 'invoice' as document_type, posted as issue_date,
            posted as posting_date, 'EUR' as currency, amount as gross_amount, state as status,
            note as description, write_date at time zone 'UTC' as updated_at
        from invoice""",
    "receipt": """
        select id as receipt_id, 'DE' as legal_entity_id, partner_id as customer_id,
            paid as receipt_date, 'EUR' as currency, amount, note as reference
        from payment""",
    "allocation": """
        select id as allocation_id, 'DE' as legal_entity_id, move_id as invoice_id,
            'receipt' as source_type, payment_id as source_id, paid as allocation_date, amount
        from reconcile""",
}

# Half a per cent of the rows have another value, and half another key: one is gone, one is new.
CHANGED = {
    "customer": "terms = terms + 1",
    "invoice": "amount = amount + 1",
    "payment": "amount = amount + 1",
    "reconcile": "amount = amount + 1",
}


class Cost(NamedTuple):
    """What a part cost: seconds of three clocks, and megabytes at most."""

    seconds: float
    processor: float
    server: float
    peak: float
    spill: float


def main() -> None:
    """Make a database of every size, run the parts, print a table; or be the part `copy`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--invoices", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--directory", type=Path, help="write here; default: a temporary folder")
    parser.add_argument("--copy", metavar="DATABASE", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    home = arguments.directory or Path(tempfile.mkdtemp(prefix="receivables-bench-"))
    if arguments.copy:
        copy(server(arguments.copy), home)
        return
    try:
        for invoices in arguments.invoices:
            with erp(invoices) as database:
                report(invoices, run_parts(database, home / str(invoices)))
            shutil.rmtree(home / str(invoices))
    finally:
        if arguments.directory is None:
            shutil.rmtree(home)


def server(database: str = "postgres") -> URL:
    """A database on the server that tests use."""
    named = make_url(os.environ.get("RECEIVABLES_TEST_POSTGRES_URL", SERVER))
    return named.set(drivername="postgresql", database=database)


def run_sql(database: URL, *statements: str) -> None:
    with psycopg.connect(database.render_as_string(False), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@contextmanager
def erp(invoices: int) -> Iterator[URL]:
    """A database of an ERP, dropped at the end."""
    name = f"receivables_bench_extract_{os.getpid()}"
    run_sql(server(), f"create database {name}")
    try:
        made = [statement.format(invoices=invoices) for statement in MADE]
        run_sql(server(name), *made, "vacuum analyze")
        yield server(name)
    finally:
        run_sql(server(), f"drop database {name} with (force)")


def run_parts(database: URL, directory: Path) -> dict[str, Cost]:
    """What each part cost; every part leaves its files in its own folder."""
    costs = {}
    words = [sys.executable, __file__, "--copy", str(database.database), "--directory"]
    costs["copy"] = measured([*words, str(directory / "copy")], database, directory / "copy")
    shutil.rmtree(directory / "copy")
    for part, incremental in (("whole", False), ("fingerprinted", True)):
        home = directory / part
        write_settings(home, incremental=incremental)
        costs[part] = measured(extract(home, DAY), database, home)
    shutil.rmtree(directory / "whole")
    run_sql(database, *(
        f"update {table} set {column} where id % 200 = 7; "
        f"update {table} set id = id + 2000000000 where id % 200 = 8"
        for table, column in CHANGED.items()
    ))
    costs["1 % changed"] = measured(extract(home, DAY + timedelta(days=1)), database, home)
    return costs


def copy(database: URL, folder: Path) -> None:
    """The same rows as text, as fast as they come."""
    folder.mkdir(parents=True)
    with psycopg.connect(database.render_as_string(False)) as connection:
        for table, select in SELECTS.items():
            with (
                (folder / f"{table}.txt").open("wb") as file,
                connection.cursor().copy(f"copy ({select}) to stdout") as rows,
            ):
                for block in rows:
                    file.write(block)


def extract(home: Path, day: date) -> list[str]:
    """The product's own command."""
    return [sys.executable, "-m", "receivables.cli", "extract", "--as-of", day.isoformat(),
            "--settings", str(home / "settings.yaml")]


def write_settings(home: Path, *, incremental: bool) -> None:
    """One legal entity, and the SELECTs that read it."""
    (home / "sql").mkdir(parents=True)
    for table, select in SELECTS.items():
        (home / "sql" / f"{table}.sql").write_text(select)
    rule = {"rule_id": "contract", "annual_percent": "9", "legal_basis": "contract"}
    entity = {"name": "DE", "country": "DE", "currency": "EUR", "interest_rule": rule}
    source = {"kind": "sql", "connection": "erp", "sql": str(home / "sql"), "entities": ["DE"],
              "incremental": incremental}
    settings = {"home": "home", "time_zone": "Europe/Berlin", "sources": {"erp": source},
                "entities": {"DE": entity}}
    (home / "settings.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def measured(words: list[str], database: URL, home: Path) -> Cost:
    """What a process cost, and the server's for it; both are looked at four times a second."""
    erp = database.set(drivername="postgres").render_as_string(False)
    started, spill, backends = time.monotonic(), 0, dict[str, int]()
    process = subprocess.Popen(words, env=os.environ | {"AIRFLOW_CONN_ERP": erp})
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        spill = max(spill, size(home / "home" / "scratch"))
        backends |= server_ticks(str(database.database))
        time.sleep(0.25)
    seconds, (_, status, usage) = time.monotonic() - started, ended
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"failed: {' '.join(words)}")
    return Cost(
        seconds, usage.ru_utime + usage.ru_stime,
        sum(backends.values()) / os.sysconf("SC_CLK_TCK"), usage.ru_maxrss / 1024, spill / 2**20,
    )


def size(folder: Path) -> int:
    """Bytes below a folder in which files come and go."""
    return sum(
        (Path(path) / name).stat().st_size
        for path, _, names in os.walk(folder) for name in names if (Path(path) / name).exists()
    )


def server_ticks(database: str) -> dict[str, int]:
    """Processor time so far of the server's processes for a database, which name it."""
    ticks = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            if words.startswith(b"postgres: ") and database.encode() in words:
                of = (process / "stat").read_text().rpartition(")")[2].split()
                ticks[process.name] = int(of[11]) + int(of[12])
        except OSError:  # it ended
            continue
    return ticks


def report(invoices: int, costs: dict[str, Cost]) -> None:
    rows = invoices // 50 + 1 + 4 * invoices
    print(f"\n{invoices:,} invoices, {rows:,} rows, {os.cpu_count()} cores, "
          f"load {os.getloadavg()[0]:.0f}")
    print(f"{'part':<14}{'seconds':>9}{'rows/s':>11}{'ratio':>7}{'processor':>11}{'server':>8}"
          f"{'peak MB':>9}{'spill MB':>10}")
    for part, cost in costs.items():
        ratio = cost.seconds / costs["copy"].seconds
        print(f"{part:<14}{cost.seconds:>9.1f}{rows / cost.seconds:>11,.0f}{ratio:>7.2f}"
              f"{cost.processor:>11.1f}{cost.server:>8.1f}{cost.peak:>9.0f}{cost.spill:>10.0f}",
              flush=True)


if __name__ == "__main__":
    main()
