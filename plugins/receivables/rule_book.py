"""The rule book: the texts that nights decide by, each version kept once, to decide by it again.

    <home>/lake/rule_books/<id>/policies/… rules/… rates/… calendars/… and so on, as in `include/`
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from receivables.contract import INCLUDE
from receivables.errors import DataError
from receivables.lake import Lake

# What people write and change. Statements and templates come with the code: they are its version.
TEXTS = (
    "aging_buckets.yaml", "calendars", "customer_classes.yaml", "expectations", "policies",
    "rates", "rules",
)


def keep(lake: Lake) -> str:
    """Keep the rule book as it is installed, if it is not kept yet; its id."""
    book = _id(INCLUDE)
    folder = _folder(lake, book)
    if not folder.exists():
        partial = folder.with_name(f"{book}.{os.getpid()}.partial")
        for name, file in _files(INCLUDE).items():
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, partial / name)
        try:
            partial.rename(folder)
        except OSError:  # another process was first, with the same texts
            shutil.rmtree(partial)
    return book


def is_installed(book: str) -> bool:
    """Whether the rule book is the one that is installed."""
    return book == _id(INCLUDE)


def lay_out(lake: Lake, book: str, include: Path) -> None:
    """Make an include folder of a kept rule book and of all else that is installed.

    Raises DataError if the book is gone, or is not what it was: what was decided by it cannot be
    decided again.
    """
    kept = _folder(lake, book)
    if not kept.exists() or _id(kept) != book:
        raise DataError(
            f"{kept}: these texts are gone or were changed; bring them back from a backup, for "
            "the nights that were decided by them cannot be rebuilt without"
        )
    include.mkdir()
    for entry in INCLUDE.iterdir():
        if entry.name not in TEXTS:
            (include / entry.name).symlink_to(entry)
    for name in TEXTS:
        (include / name).symlink_to(kept / name)


def _folder(lake: Lake, book: str) -> Path:
    return lake.home / "lake" / "rule_books" / book


def _files(include: Path) -> dict[str, Path]:
    """The texts of an include folder by their name in it."""
    found = [include / name for name in TEXTS]
    files = [file for top in found for file in ([top] if top.is_file() else top.rglob("*"))]
    named = {file.relative_to(include).as_posix(): file for file in files if file.is_file()}
    return dict(sorted(named.items()))


def _id(include: Path) -> str:
    whole = hashlib.sha256()
    for name, file in _files(include).items():
        whole.update(f"{name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:32]
