"""Reference rates as dated values, each with its source (`include/rates/<series>.csv`)."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from receivables.balance.interest import Rate
from receivables.contract import INCLUDE
from receivables.errors import PolicyError

RATES = INCLUDE / "rates"
COLUMNS = ["valid_from", "valid_to", "percent", "status", "source", "second_source", "note"]
STATUSES = ("FOUND", "DERIVED", "RECALLED")


@dataclass(frozen=True, slots=True)
class DatedRate:
    """One value of a series, in force from its first to its last day; None is not known.

    `status`: FOUND in a source, DERIVED from a found value, or RECALLED: no ground for a demand.
    `second_source`: where the value was read, or worked out, independently of `source`; else empty.
    """

    valid_from: date
    valid_to: date
    percent: Decimal | None
    status: str
    source: str
    second_source: str
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
        rate = read_rate(line, f"{file}:{number}", faults)
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


def write_series(series: Mapping[str, Sequence[DatedRate]], folder: Path = RATES) -> None:
    """Write series to their files, each whole or not at all, once all of them could be written."""
    partials = {folder / f"{name}.csv.{os.getpid()}.partial": name for name in series}
    try:
        for partial, name in partials.items():
            with partial.open("w", newline="", encoding="utf-8") as text:
                lines = csv.writer(text, lineterminator="\n")
                lines.writerow(COLUMNS)
                lines.writerows(map(_line, series[name]))
        for partial, name in partials.items():
            partial.replace(folder / f"{name}.csv")
    finally:
        for partial in partials:
            partial.unlink(missing_ok=True)


def _line(rate: DatedRate) -> list[str]:
    percent = "" if rate.percent is None else f"{rate.percent:f}"
    days = [rate.valid_from.isoformat(), rate.valid_to.isoformat()]
    return [*days, percent, rate.status, rate.source, rate.second_source, rate.note]


def read_rate(line: list[str], where: str, faults: list[str]) -> DatedRate | None:
    """A line of a series; what is wrong with it goes to `faults`, after `where`."""
    if len(line) != len(COLUMNS):
        faults.append(f"{where}: has {len(line)} values instead of {len(COLUMNS)}")
        return None
    row = dict(zip(COLUMNS, line, strict=True))
    try:
        first, last = _day(row["valid_from"]), _day(row["valid_to"])
        percent = _percent(row["percent"]) if row["percent"] else None
    except ValueError:
        faults.append(f"{where}: valid_from and valid_to must be days, percent a decimal or empty")
        return None
    if first > last:
        faults.append(f"{where}: valid_from {first} is after valid_to {last}")
    if percent is not None and row["status"] not in STATUSES:
        faults.append(f"{where}: status {row['status']!r} is not one of {', '.join(STATUSES)}")
    if percent is not None and not row["source"].strip():
        faults.append(f"{where}: a value without a source; name where it was read")
    if row["second_source"] and row["second_source"] == row["source"]:
        faults.append(f"{where}: second_source is the source again; leave it empty")
    texts = (row[name] for name in ("status", "source", "second_source", "note"))
    return DatedRate(first, last, percent, *texts)


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError
    return date.fromisoformat(text)


def _percent(text: str) -> Decimal:
    if not re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,12})?", text):  # 1_5 is a Decimal, and 1E5
        raise ValueError
    return Decimal(text)


def _follows(earlier: DatedRate, later: DatedRate, where: str, faults: list[str]) -> None:
    next_day = earlier.valid_to + timedelta(days=1)
    if later.valid_from < next_day:
        faults.append(f"{where}: overlaps the value before it, which holds to {earlier.valid_to}")
    if later.valid_from > next_day:
        faults.append(
            f"{where}: nothing is said of {next_day} to {later.valid_from - timedelta(days=1)}; "
            "write a line with an empty percent where nobody knows"
        )
