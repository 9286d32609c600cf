"""The canonical text of a value: what landing holds, whatever the source's types are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID

# Trimmed off both ends of every value: ERPs pad with blanks, spreadsheets with no-break spaces.
WHITESPACE = " \t\n\r\v\f\u00a0\u2007\u202f\ufeff"

class NoText(Exception):
    """A value that has no canonical text; says why and what to do, not what the value is."""


def texts(values: Iterable[object]) -> list[str | None]:
    """The canonical text of each value: ISO dates, plain decimals, `true` and `false`.

    Raises NoText for bytes.
    """
    column = list(values)
    kinds = set(map(type, column))
    if len(kinds) == 1 and type(None) not in kinds:
        return list(map(_converter(*kinds), column))
    return [None if value is None else _converter(type(value))(value) for value in column]


@contextmanager
def naming(column: str) -> Iterator[None]:
    """Says in a NoText which column it is about."""
    try:
        yield
    except NoText as refused:
        raise NoText(f"column {column}: {refused}") from None


def number_text(value: float) -> str:
    """A float as its shortest plain decimal: no exponent, no `.0`."""
    text = repr(value)
    return format(Decimal(text), "f").removesuffix(".0") if value - value == 0 else text


def moment_text(value: datetime) -> str:
    """An instant in UTC with a `Z`; a local time without one; midnight without a zone is a date."""
    if value.tzinfo is not None:
        return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    return value.date().isoformat() if value.time() == time() else value.isoformat()


@cache
def _converter(kind: type) -> Callable[..., str]:
    return next((CONVERTERS[base] for base in kind.__mro__ if base in CONVERTERS), _refused)


def _refused(value: object) -> str:
    raise NoText(f"values of type {type(value).__name__} have no text; cast them in the SELECT "
                 "or leave the column out")


def _document(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


CONVERTERS: dict[type, Callable[..., str]] = {
    str: str,
    bool: lambda value: "true" if value else "false",
    int: str,
    Decimal: lambda value: format(value, "f"),
    float: number_text,
    datetime: moment_text,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: str,
    UUID: str,
    dict: _document,
    list: _document,
}
