"""The select stage at millions of open items: its time, and ratios to the bare minimum.

    python bench/select_stage.py --items 1000000

It writes the ledger of bench/balance.py, four invoices for an open item, with a contact for every
customer and the last notice of half of the overdue items, and works out the balances once. Then,
each in a process of its own:

- `select`       the stage as the night runs it, on a night's folder
- `read`         DuckDB merely reads every column of the tables that the stage reads
- `read+write`   the same, and writes as much as the stage writes

`ratio` is the stage's time as a multiple of the row's: machines differ, and ratios hardly do.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from multiprocessing import Process
from pathlib import Path
from typing import Any

import balance as bench
from receivables import select as stage
from receivables.lake import Night
from receivables.sql import session

READ = ("open_item", "ledger/customer", "ledger/contact", "ledger/dispute", "earlier_notice")
CONTACT = """
select
    'P' || customer_id as contact_id, customer_id, legal_entity_id, 'accounts_payable' as role,
    'payable@' || lower(customer_id) || '.example' as email, true as is_active
from customer
"""
# Half of what is overdue was reminded of when it was three days late.
HISTORY = """
select
    md5(invoice_id) as notice_id, customer_id, invoice_id, instalment_no, 'reminder_1' as step,
    'reminder_1' as notice_step, invoice_id || '/' || instalment_no as cycle, 0 as generation,
    due_date + 3 as as_of_date, 'sent' as state, due_date + 4 as acted_on
from open_item
where days_past_due > 3 and hash(invoice_id) % 2 = 0
"""


def main() -> None:
    """Run one part, or every part, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--directory", type=Path, help="keep the night here; default: temporary")
    parser.add_argument("--part", choices=PARTS, help="run this part alone, on a night there")
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(PARTS[arguments.part](bench.night_in(arguments.directory))))
        return
    home = arguments.directory or Path(tempfile.mkdtemp(prefix="receivables-bench-"))
    try:
        night = bench.night_in(home)
        if not night.file("earlier_notice").exists():
            writing = Process(target=write_night, args=(night, arguments.items))
            writing.start()
            writing.join()
            assert writing.exitcode == 0, "the night could not be written"
        report(bench.measured_parts(__file__, PARTS, home))
    finally:
        if arguments.directory is None:
            shutil.rmtree(home)


def write_night(night: Night, items: int) -> None:
    """The night's folder as `balance` leaves it, and what the outbox would tell."""
    bench.write_ledger(night, items * 4)
    with session(night.folder / "scratch") as sql:
        sql.read("customer", night.file("ledger/customer"))
        sql.read("no_contact", night.file("ledger/contact"))
        sql.connection.execute(
            f"create table contact as from no_contact union all by name {CONTACT}"
        )
        sql.write_table("contact", night.file("ledger/contact"))
        sql.connection.execute("create table quarantine (customer_id varchar, "
                               "reason_code varchar, holds_dunning boolean)")
        sql.write_table("quarantine", night.file("quarantine"))
    bench.balance_part(night)
    with session(night.folder / "scratch") as sql:
        sql.read("open_item", night.file("open_item"))
        columns = ", ".join(
            f"cast({name} as {kind}) as {name}" for name, kind in stage.HISTORY_TYPES.items()
        )
        sql.connection.execute(f"create view history as select {columns} from ({HISTORY})")
        sql.write_table("history", night.file("earlier_notice"))


def select_part(night: Night) -> dict[str, Any]:
    """The stage; how many decisions it made."""
    said = bench.timed(lambda: stage.select(
        night, entity=bench.seller(), history=night.file("earlier_notice"),
        scratch=night.folder / "scratch", progress=lambda line: None,
    ))
    return said | {"items": night.manifest()["tables"]["decision"]["rows"]}


def read_part(night: Night) -> dict[str, Any]:
    """Every column of every row, read and thrown away."""
    def read() -> None:
        with session(night.folder / "scratch") as sql:
            for name in READ:
                sql.connection.execute(
                    f"create or replace table kept as from '{night.file(name)}'"
                )
    return bench.timed(read)


def read_and_write_part(night: Night) -> dict[str, Any]:
    """That, and the tables of the stage written once more."""
    def copy() -> None:
        read_part(night)
        with session(night.folder / "scratch") as sql:
            for name in stage.WRITTEN:
                made = f"create or replace view written as from '{night.file(name)}'"
                sql.connection.execute(made)
                sql.write_table("written", night.folder / "scratch" / f"{name}.parquet")
    return bench.timed(copy)


PARTS: dict[str, Callable[[Night], dict[str, Any]]] = {
    "select": select_part, "read": read_part, "read+write": read_and_write_part,
}


def report(said: dict[str, dict[str, Any]]) -> None:
    print(f"\n{said['select']['items']:,} open items, {os.cpu_count()} cores, "
          f"load {os.getloadavg()[0]:.0f}")
    print(f"{'':<12}{'seconds':>9}{'processor':>11}{'peak MB':>9}{'ratio':>8}{'of it':>8}")
    whole = said["select"]
    for name, row in said.items():
        print(f"{name:<12}{row['seconds']:>9.1f}{row['processor']:>11.1f}{row['megabytes']:>9.0f}"
              f"{whole['seconds'] / row['seconds']:>8.1f}"
              f"{whole['processor'] / row['processor']:>8.1f}")


if __name__ == "__main__":
    main()
