"""Time and peak memory of each stage of a night on a demonstration ERP of any size.

    python bench/night_by_stage.py --invoices 1000000

Each stage is a process of its own. The last column is the stage's time as a multiple of the time
that DuckDB needs, in the same run, merely to read and write the landed tables once: machines
differ, and that ratio hardly does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

STAGES = ("extract", "validate", "balance", "select", "publish")


def main() -> None:
    """Make the ERP, run the stages, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--directory", type=Path, help="keep everything here; default: temporary")
    arguments = parser.parse_args()
    directory = arguments.directory or Path(tempfile.mkdtemp(prefix="receivables-bench-"))
    day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    try:
        rows = run_all(directory, arguments.invoices, day)
    finally:
        if arguments.directory is None:
            shutil.rmtree(directory)
    unit = rows["read and write"][0]
    print(f"\n{arguments.invoices:,} invoices, night of {day}, {os.cpu_count()} cores")
    print(f"{'stage':<16}{'seconds':>9}{'peak MB':>9}{'ratio':>8}")
    for name, (seconds, megabytes) in rows.items():
        print(f"{name:<16}{seconds:>9.1f}{megabytes:>9.0f}{seconds / unit:>8.1f}")


def run_all(directory: Path, invoices: int, day: str) -> dict[str, tuple[float, float]]:
    """Seconds and peak megabytes by stage."""
    directory.mkdir(parents=True, exist_ok=True)
    erp, settings = directory / "erp", directory / "settings.yaml"
    write_settings(settings, erp)
    rows = {}
    if not erp.exists():
        rows["demo-erp"] = measured(
            command("demo-erp", str(erp), "--invoices", str(invoices), "--format", "parquet",
                    "--until", day)
        )
    rows["read and write"] = measured(
        [sys.executable, "-c", READ_AND_WRITE, str(erp), str(directory / "copy")]
    )
    shutil.rmtree(directory / "copy")
    for stage in STAGES:
        rows[stage] = measured(command(stage, "--as-of", day, "--settings", str(settings)))
    return rows


READ_AND_WRITE = """
import sys, duckdb, pathlib
source, target = map(pathlib.Path, sys.argv[1:])
target.mkdir()
for file in sorted(source.glob("*.parquet")):
    duckdb.execute(
        f"copy (select * from read_parquet('{file}')) to '{target / file.name}' "
        "(format parquet, compression zstd)"
    )
"""


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "receivables.cli", *words]


def measured(words: list[str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of one process (and its largest child)."""
    started = time.monotonic()
    process = subprocess.Popen(words)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"failed: {' '.join(words)}")
    return seconds, usage.ru_maxrss / 1024


def write_settings(file: Path, erp: Path) -> None:
    """Three legal entities, as in the demonstration."""
    entities = {"BR": "BRL", "DE": "EUR", "FR": "EUR"}
    rule = {"rule_id": "contract", "annual_percent": "9", "legal_basis": "contract"}
    body = {
        "home": "home",
        "time_zone": "America/Sao_Paulo",
        "sources": {
            "demo": {"kind": "files", "directory": str(erp), "entities": list(entities)}
        },
        "entities": {
            name: {"name": name, "country": name, "currency": currency, "interest_rule": rule}
            for name, currency in entities.items()
        },
    }
    file.write_text(yaml.safe_dump(body), encoding="utf-8")


if __name__ == "__main__":
    main()
