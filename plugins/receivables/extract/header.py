"""The header of a dropped file: the names of its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from receivables.errors import DataError


def header(file: Path, names: Sequence[str]) -> tuple[str, ...]:
    """Column names without the blanks around them; a nameless one is called by its position.

    Raises DataError if there is none, or if two are the same but for capitals.
    """
    columns = tuple(name.strip() or f"column_{at}" for at, name in enumerate(names, start=1))
    if not any(name.strip() for name in names):
        raise DataError(f"{file}: has no header; its first line must name the columns")
    counted = Counter(name.lower() for name in columns)
    twice = sorted({name for name in columns if counted[name.lower()] > 1})
    if twice:
        raise DataError(f"{file}: column {', '.join(twice)} occurs more than once in the header; "
                        "rename or remove one")
    return columns
