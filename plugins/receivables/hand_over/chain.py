"""The hash chain of a dossier (`chain.json`): what was changed, removed, added or reordered shows.

    hash(n) = SHA-256 of the canonical JSON [n, file, sha256, previous]; previous = hash(n - 1)
    previous of the first = SHA-256 of the canonical JSON of what the dossier is `about`

The PDF is the last entry. It cannot name its own hash, so it prints that of the entry before: the
`data_head`, which covers everything else. `head` covers the PDF, too. Whoever rewrites the files
and the whole chain goes unnoticed, unless the head was noted elsewhere when the dossier was built.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from receivables.errors import WrongUse

CHAIN = "chain.json"
# Two levels of plain names: nothing that a dossier says can lead out of its folder.
PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)?")
KEYS = {"n", "file", "sha256", "previous", "hash"}


def first_link(about: Mapping[str, Any]) -> str:
    """What the first entry has as its previous hash: it binds the chain to its case."""
    return _digest(about)


def link(n: int, file: str, content: bytes, previous: str) -> dict[str, Any]:
    """The entry of one file."""
    sha256 = hashlib.sha256(content).hexdigest()
    return {
        "n": n, "file": file, "sha256": sha256, "previous": previous,
        "hash": _digest([n, file, sha256, previous]),
    }


def verify(folder: Path, *, head: str | None = None) -> str | None:
    """The first thing that is not as it was when the dossier was built, in words; None if all is.

    `head`: the head that was noted then; without it a chain that was rewritten whole goes
    unnoticed. Raises WrongUse if the folder is no dossier.
    """
    file = folder / CHAIN
    if not file.is_file() or file.is_symlink():
        raise WrongUse(f"{folder}: no dossier, for it has no {CHAIN}")
    try:
        chain = json.loads(file.read_bytes())
        about, entries, named_head = chain["about"], chain["entries"], chain["head"]
        names = [entry["file"] for entry in entries]
        whole = (
            set(chain) == {"about", "data_head", "head", "entries"}
            and chain["data_head"] == entries[-2]["hash"]
            and all(set(entry) == KEYS for entry in entries)
            and all(isinstance(name, str) and PLAIN_NAME.fullmatch(name) for name in names)
        )
    except (ValueError, KeyError, TypeError, IndexError):
        whole = False
    if not whole or len(set(names)) != len(names):
        return f"{CHAIN}: changed: it is not as `receivables dossier build` writes it"
    faults = _faults(folder, about, entries, named_head)
    fault = next(faults, None)
    if fault is None and head is not None and head != named_head:
        return f"{CHAIN}: rewritten: its head is not the one that was noted"
    return fault


def _faults(
    folder: Path, about: Any, entries: Sequence[Mapping[str, Any]], head: str
) -> Iterator[str]:
    previous = first_link(about)
    present = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()
    }
    strangers = [name for name in present if name not in {e["file"] for e in entries} | {CHAIN}]
    if entries[0]["n"] == 1 and entries[0]["previous"] != previous:
        yield f"{CHAIN}: changed: what it says the dossier is about is not what it was built for"
    for n, entry in enumerate(entries, start=1):
        name = entry["file"]
        yield from _file_fault(name, entry["sha256"], present, strangers)
        if entry["n"] != n:
            yield f"{name}: reordered: entry {entry['n']} stands in place {n} of {CHAIN}"
        if entry["previous"] != previous or entry["hash"] != _digest(
            [n, name, entry["sha256"], previous]
        ):
            yield f"{name}: its entry in {CHAIN} was changed, or one before it was removed or added"
        previous = entry["hash"]
    for name in strangers:
        yield f"{name}: added: it is not in {CHAIN}"
    if head != previous:
        yield f"{CHAIN}: its end was cut off or changed: the head is not that of the last entry"


def _file_fault(
    name: str, sha256: str, present: Mapping[str, Path], strangers: Sequence[str]
) -> Iterator[str]:
    if name not in present:
        renamed = [s for s in strangers if _sha256(present[s]) == sha256]
        yield f"{name}: {'renamed to ' + renamed[0] if renamed else 'removed'}"
    elif _sha256(present[name]) != sha256:
        yield f"{name}: changed"


def _sha256(file: Path) -> str:
    """The hash of a plain file; a link is none, whatever it leads to."""
    if file.is_symlink() or not file.is_file():
        return ""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
