"""`receivables demo-erp DIR`: the arguments, and what is said while it runs."""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path

from receivables.demo_erp.drop import write

INVOICES_A_CUSTOMER = 200
CUSTOMERS = 120


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `receivables demo-erp`."""
    parser.description = (
        "Write two years of a made-up company's receivables as files in the drop format: three "
        "legal entities, customers who pay on time, late or never, and a few planted bad rows "
        "that validation must catch (README.md in the folder lists them). The same arguments give "
        "the same bytes."
    )
    parser.add_argument(
        "directory", type=Path, metavar="DIR",
        help="folder to write; replaced as a whole if it holds an earlier demonstration ERP, "
             "refused if it holds anything else",
    )
    parser.add_argument(
        "--invoices", type=int, default=6000, metavar="N",
        help="invoices and debit notes, at least 200; credit notes come on top "
             "(default %(default)s; ten million take a few minutes: use --format parquet)",
    )
    parser.add_argument(
        "--customers", type=int, metavar="M",
        help="customers, at least 10 (default 120, or one for every 200 invoices if that is more)",
    )
    parser.add_argument(
        "--seed", type=int, default=7,
        help="another seed gives another company of the same kind (default %(default)s)",
    )
    parser.add_argument(
        "--until", type=date.fromisoformat, metavar="DAY",
        help="last day of the data, YYYY-MM-DD; only due dates, promises and holds lie after it "
             "(default yesterday, the newest closed day)",
    )
    parser.add_argument(
        "--format", choices=("csv", "parquet"), default="csv", dest="file_format",
        help="csv can be read and edited by hand; parquet is smaller and typed, so three planted "
             "defects that only text can carry are left out (default %(default)s)",
    )


def run(arguments: argparse.Namespace, *, today: date) -> int:
    """Write the demonstration ERP and print the rows of each table; `today` sets the default day.

    Raises WrongUse as `write` does.
    """
    rows = write(
        arguments.directory,
        until=arguments.until or today - timedelta(days=1),
        seed=arguments.seed,
        customers=arguments.customers or max(CUSTOMERS, arguments.invoices // INVOICES_A_CUSTOMER),
        invoices=arguments.invoices,
        file_format=arguments.file_format,
        progress=lambda line: print(line, file=sys.stderr, flush=True),
    )
    for table, count in rows.items():
        print(f"{table:<22}{count:>12,}")
    print(f"written to {arguments.directory}")
    return 0
