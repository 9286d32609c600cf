"""Writes the tables of `include/calendars/` as the pinned library says: `make calendars`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import holidays

from receivables.holiday import CALENDARS, COLUMNS
from receivables.yaml_text import read_yaml


def calendar_tables(folder: Path = CALENDARS) -> Iterator[tuple[str, str]]:
    """Each calendar that `calendars.yaml` declares, and the text of its table by the library."""
    declared = read_yaml((folder / "calendars.yaml").read_text(encoding="utf-8"))
    for name, body in declared["calendars"].items():
        first, last = declared["first_day"], body.get("last_day", declared["last_day"])
        days = dict(holidays.country_holidays(
            body["country"], subdiv=body.get("subdivision"), language="en_US",
            categories=tuple(body["categories"]), years=range(first.year, last.year + 1),
        ))
        days.update(body.get("also", {}))
        text = io.StringIO()
        text.write(
            f"# holidays {holidays.__version__}, country {body['country']}, "
            f"subdivision {body.get('subdivision', 'none')}, "
            f"categories {' '.join(body['categories'])}, {first} to {last}; `make calendars`\n"
        )
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(COLUMNS)
        lines.writerows((day, days[day]) for day in sorted(days) if first <= day <= last)
        yield name, text.getvalue()


def main(folder: Path = CALENDARS) -> None:
    """Write every calendar's table."""
    for name, text in calendar_tables(folder):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
