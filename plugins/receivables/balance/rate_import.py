"""Adding values with their source to the reference series of an installation."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from receivables.balance.rate import (
    COLUMNS,
    RATES,
    DatedRate,
    load_series,
    read_rate,
    series_names,
    write_series,
)
from receivables.errors import WrongUse

HEADER = ["series", *COLUMNS]
EVIDENCE = ("RECALLED", "DERIVED", "FOUND")  # the better one last
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewRate:
    """A value to be added, and where it stands in the file that brings it."""

    series: str
    rate: DatedRate
    where: str


def import_rates(file: Path, folder: Path = RATES) -> list[str]:
    """Add the values of a CSV file to their series, all of them or none; what was done, by line.

    A known value is never changed: the same value from another source becomes its second source, a
    different one is refused. Raises WrongUse with every fault, by file and line.
    """
    faults: list[str] = []
    news = _read(file, folder, faults)
    series = {name: load_series(name, folder) for name in {new.series for new in news}}
    changed: dict[str, Sequence[DatedRate]] = {}
    done: list[str] = []
    for new in news:
        before = changed.get(new.series, series[new.series])
        after = _with(before, new, faults, done)
        if after != list(before):
            changed[new.series] = after
    if faults:
        raise WrongUse("\n".join([*faults, "nothing was imported"]))
    write_series(changed, folder)
    return done


def _read(file: Path, folder: Path, faults: list[str]) -> list[NewRate]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as text:
            lines = list(csv.reader(text))
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise WrongUse(f"{file}: cannot be read as CSV in UTF-8: {wrong}") from wrong
    if not lines or lines[0] != HEADER:
        raise WrongUse(f"{file}:1: the header must be {','.join(HEADER)}")
    if len(lines) == 1:
        raise WrongUse(f"{file}:2: there is no value below the header")
    known = series_names(folder)
    news = []
    for number, line in enumerate(lines[1:], start=2):
        where = f"{file}:{number}"
        if line[:1] and line[0] not in known:
            faults.append(f"{where}: {line[0]!r} is no series of {folder}; there are "
                          f"{', '.join(known)}")
        rate = read_rate(line[1:], where, faults)
        if rate is None or rate.valid_from > rate.valid_to or line[0] not in known:
            continue
        _check(rate, where, faults)
        news.append(NewRate(line[0], rate, where))
    return news


def _check(rate: DatedRate, where: str, faults: list[str]) -> None:
    if rate.percent is None:
        faults.append(f"{where}: percent is empty; a line without a value adds nothing")
    elif rate.status == "RECALLED":
        faults.append(f"{where}: status RECALLED; only what was FOUND in a source, or DERIVED "
                      "from one, can be imported")


def _with(
    rates: Sequence[DatedRate], new: NewRate, faults: list[str], done: list[str]
) -> list[DatedRate]:
    """The series with a value in it: by day, without gap or overlap."""
    value, result = new.rate, list[DatedRate]()
    for rate in rates:
        first, last = max(rate.valid_from, value.valid_from), min(rate.valid_to, value.valid_to)
        if first > last:
            result.append(rate)
            continue
        if rate.percent is not None and rate.percent != value.percent:
            faults.append(_differs(rate, new))
        merged = _merged(rate, value)
        done.append(f"{new.series} {first} to {last}: {value.percent} {_said(rate, merged)}")
        result += [rate] if merged == rate else _cut(rate, replace(
            merged, valid_from=first, valid_to=last
        ))
    return _outside(result, new, done)


def _merged(rate: DatedRate, value: DatedRate) -> DatedRate:
    """A line of the series, once it knows of an equal value from elsewhere."""
    if rate.percent is None or rate.status == "RECALLED":
        return value
    if value.source in (rate.source, rate.second_source):
        return rate
    if EVIDENCE.index(value.status) > EVIDENCE.index(rate.status):
        return replace(value, percent=rate.percent, second_source=rate.source, note=rate.note)
    return rate if rate.second_source else replace(rate, second_source=value.source)


def _said(rate: DatedRate, merged: DatedRate) -> str:
    if rate.percent is None:
        return f"added, from {merged.source}"
    if merged == rate:
        return "known already"
    if rate.status == "RECALLED":
        return f"no longer RECALLED but {merged.status}, from {merged.source}"
    if merged.status != rate.status:
        return f"now {merged.status}, from {merged.source}"
    return f"second source, {merged.second_source}"


def _differs(rate: DatedRate, new: NewRate) -> str:
    return (
        f"{new.where}: {new.series} is {rate.percent} from {rate.valid_from} to {rate.valid_to} "
        f"({rate.status}: {rate.source}), and not {new.rate.percent} ({new.rate.source}); find out "
        "which is right; if it is the new one, empty the percent of the old line first and say why "
        "in its note"
    )


def _cut(rate: DatedRate, middle: DatedRate) -> Iterable[DatedRate]:
    """A line, with another in the place of some of its days."""
    if rate.valid_from < middle.valid_from:
        yield replace(rate, valid_to=middle.valid_from - ONE_DAY)
    yield middle
    if middle.valid_to < rate.valid_to:
        yield replace(rate, valid_from=middle.valid_to + ONE_DAY)


def _outside(rates: list[DatedRate], new: NewRate, done: list[str]) -> list[DatedRate]:
    """Add what lies before or after all lines; days in between are said to be unknown."""
    value, first, last = new.rate, rates[0].valid_from, rates[-1].valid_to
    if value.valid_from < first:
        early = replace(value, valid_to=min(value.valid_to, first - ONE_DAY))
        rates = [early, *_unknown(early.valid_to + ONE_DAY, first - ONE_DAY), *rates]
        done.append(f"{new.series} {early.valid_from} to {early.valid_to}: {value.percent} "
                    f"added, from {value.source}")
    if value.valid_to > last:
        late = replace(value, valid_from=max(value.valid_from, last + ONE_DAY))
        rates = [*rates, *_unknown(last + ONE_DAY, late.valid_from - ONE_DAY), late]
        done.append(f"{new.series} {late.valid_from} to {late.valid_to}: {value.percent} "
                    f"added, from {value.source}")
    return rates


def _unknown(first: date, last: date) -> list[DatedRate]:
    return [DatedRate(first, last, None, "", "", "", "not known")] if first <= last else []
