"""Reference rates as dated values, each with its source (`include/rates/<series>.csv`)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from receivables.balance.interest import Rate
from receivables.contract import INCLUDE
from receivables.errors import PolicyError

RATES = INCLUDE / "rates"
COLUMNS = ["valid_from", "valid_to", "percent", "status", "source", "note"]
STATUSES = ("FOUND", "DERIVED", "RECALLED")


@dataclass(frozen=True, slots=True)
class DatedRate:
    """One value of a series, in force from its first to its last day; None is not known.

    `status`: FOUND in a source, DERIVED from a found value, or RECALLED: no ground for a demand.
    """

    valid_from: date
    valid_to: date
    percent: Decimal | None
    status: str
    source: str
    note: str


def series_names(folder: Path = RATES) -> list[str]:
    """The series that there are."""
    return sorted(file.stem for file in folder.glob("*.csv"))


def load_series(name: str, folder: Path = RATES) -> tuple[DatedRate, ...]:
    """The values of a series by day, without gap or overlap.

    Raises PolicyError with every fault, by file and line.
    """
    file = folder / f"{name}.csv"
    try:
        with file.open(newline="", encoding="utf-8") as text:
            lines = list(csv.reader(text))
    except FileNotFoundError:
        raise PolicyError(
            f"{file}: no such series; there are {', '.join(series_names(folder))}"
        ) from None
    faults: list[str] = []
    if not lines or lines[0] != COLUMNS:
        raise PolicyError(f"{file}:1: the header must be {','.join(COLUMNS)}")
    rates: list[DatedRate] = []
    for number, line in enumerate(lines[1:], start=2):
        rate = _rate(line, f"{file}:{number}", faults)
        if rate and rates:
            _follows(rates[-1], rate, f"{file}:{number}", faults)
        if rate:
            rates.append(rate)
    if faults:
        raise PolicyError("\n".join(faults))
    return tuple(rates)


def known_rates(rates: tuple[DatedRate, ...]) -> list[Rate]:
    """The values that are known, for the engine."""
    return [
        Rate(
            rate.valid_from,
            rate.valid_to + timedelta(days=1),
            rate.percent,
            needs_confirmation=rate.status == "RECALLED",
        )
        for rate in rates
        if rate.percent is not None
    ]


def _rate(line: list[str], where: str, faults: list[str]) -> DatedRate | None:
    if len(line) != len(COLUMNS):
        faults.append(f"{where}: has {len(line)} values instead of {len(COLUMNS)}")
        return None
    row = dict(zip(COLUMNS, line, strict=True))
    try:
        first, last = date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"])
        percent = Decimal(row["percent"]) if row["percent"] else None
    except (ValueError, InvalidOperation):
        faults.append(f"{where}: valid_from and valid_to must be days, percent a decimal or empty")
        return None
    if first > last:
        faults.append(f"{where}: valid_from {first} is after valid_to {last}")
    if percent is not None and not percent.is_finite():
        faults.append(f"{where}: {percent} is no rate")
    if percent is not None and row["status"] not in STATUSES:
        faults.append(f"{where}: status {row['status']!r} is not one of {', '.join(STATUSES)}")
    if percent is not None and not row["source"].strip():
        faults.append(f"{where}: a value without a source; name where it was read")
    return DatedRate(first, last, percent, row["status"], row["source"], row["note"])


def _follows(earlier: DatedRate, later: DatedRate, where: str, faults: list[str]) -> None:
    next_day = earlier.valid_to + timedelta(days=1)
    if later.valid_from < next_day:
        faults.append(f"{where}: overlaps the value before it, which holds to {earlier.valid_to}")
    if later.valid_from > next_day:
        faults.append(
            f"{where}: nothing is said of {next_day} to {later.valid_from - timedelta(days=1)}; "
            "write a line with an empty percent where nobody knows"
        )
