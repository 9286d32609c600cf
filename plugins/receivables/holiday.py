"""Holidays by country (`include/calendars/<calendar>.csv`): committed tables, not a library's word.

The library `holidays` changes its mind from version to version; a night that ran must not. So
`make calendars` writes what the pinned version says, and only the tables are read at night.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from receivables.contract import INCLUDE
from receivables.errors import PolicyError

CALENDARS = INCLUDE / "calendars"
COLUMNS = ["day", "name"]
SPAN = re.compile(r"^#.*\b(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)\b")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The holidays of a country; nothing is known before the first day or after the last."""

    name: str
    file: Path
    first_day: date
    last_day: date
    holidays: tuple[date, ...]

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """The holidays from a day to a day; raises PolicyError past the calendar's last day."""
        if last > self.last_day:
            raise PolicyError(
                f"{self.file}: holidays are known to {self.last_day}, and those to {last} are "
                "needed; move last_day in calendars.yaml beside it, and run `make calendars`"
            )
        return tuple(day for day in self.holidays if first <= day <= last)


def calendar_names(folder: Path = CALENDARS) -> list[str]:
    """The calendars that there are."""
    return sorted(file.stem for file in folder.glob("*.csv"))


def holidays_of(country: str) -> frozenset[date]:
    """The holidays of a country or calendar; none where there is no calendar of that name."""
    name = country.lower()
    return frozenset(load_calendar(name).holidays if name in calendar_names() else ())


def load_calendar(name: str, folder: Path = CALENDARS) -> Calendar:
    """A calendar; raises PolicyError with every fault, by file and line."""
    file = folder / f"{name}.csv"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise PolicyError(
            f"{file}: no such calendar; there are {', '.join(calendar_names(folder))}"
        ) from None
    span = SPAN.search(lines[0]) if lines else None
    if not span or lines[1:2] != [",".join(COLUMNS)]:
        raise PolicyError(
            f"{file}:1: must begin with a comment that says from when to when (2014-01-01 to "
            f"2040-12-31) all holidays are there, and the header {','.join(COLUMNS)}"
        )
    faults: list[str] = []
    days: list[date] = []
    for number, line in enumerate(csv.reader(lines[2:]), start=3):
        try:
            days.append(date.fromisoformat(line[0]))
        except (ValueError, IndexError):
            faults.append(f"{file}:{number}: must begin with a day such as 2026-10-03")
    if faults:
        raise PolicyError("\n".join(faults))
    first, last = map(date.fromisoformat, span.groups())
    return Calendar(name, file, first, last, tuple(days))

