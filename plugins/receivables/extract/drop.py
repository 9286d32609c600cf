"""What was dropped: the files of a directory, by the name under which a SELECT reads them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from receivables.errors import DataError, SettingsError

KINDS = (".csv", ".csv.gz", ".parquet", ".xlsx")


@dataclass(frozen=True, slots=True)
class Drop:
    """One file, or the parts of one table in a folder; all of one kind, in the order of names."""

    name: str
    kind: str
    files: tuple[Path, ...]

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of each file, with its name: the same fingerprint, the same bytes."""
        prints = []
        for file in self.files:
            with file.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            prints.append(f"{file.name} {digest}")
        return "\n".join(prints)


def drops(source: str, directory: Path) -> dict[str, Drop]:
    """The drops in a directory by name in small letters.

    Raises SettingsError if there is no such directory, DataError if two files claim one name.
    """
    if not directory.is_dir():
        raise SettingsError([f"sources.{source}.directory: {directory} is no folder; create it, or "
                             "correct the settings"])
    found: dict[str, Drop] = {}
    for entry in sorted(directory.iterdir()):
        drop = _drop(source, entry)
        if drop is None:
            continue
        if other := found.get(drop.name.lower()):
            raise DataError(f"source {source}: {other.files[0]} and {drop.files[0]} are both "
                            f"{drop.name}; remove one")
        found[drop.name.lower()] = drop
    return found


def _drop(source: str, entry: Path) -> Drop | None:
    if entry.name.startswith((".", "~$")):
        return None
    if not entry.is_dir():
        kind = _kind(entry)
        return Drop(entry.name[: -len(kind)], kind, (entry,)) if kind else None
    parts = [file for file in sorted(entry.iterdir())
             if _kind(file) and not file.name.startswith((".", "~$"))]
    kinds = {_kind(file).removesuffix(".gz") for file in parts}
    if len(kinds) > 1:
        raise DataError(f"source {source}: {entry} mixes {', '.join(sorted(kinds))} files; the "
                        "parts of one table must be of one kind")
    return Drop(entry.name, kinds.pop(), tuple(parts)) if parts else None


def _kind(file: Path) -> str:
    return next((kind for kind in KINDS if file.name.lower().endswith(kind)), "")


def hidden(error: Exception) -> str:
    """The first line of an engine's message without the values in it: they may be personal."""
    return re.sub(r"'[^']*'", "'…'", str(error).split("\n", 1)[0])
