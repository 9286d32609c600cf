"""Replay: rebuild a past night from what was known then, and compare it table by table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from receivables import rule_book
from receivables.balance import balance
from receivables.errors import DataError
from receivables.lake import Extract, Night, content_hash
from receivables.run import Run, extract_known_at, night_of
from receivables.select import select
from receivables.select.outbox_past import OutboxPast
from receivables.select.policy_kept import keep_policies_of, kept_policies
from receivables.settings import Source
from receivables.settings_kept import KeptSettings, kept_settings
from receivables.sql import session
from receivables.validate import validate


@dataclass(frozen=True, slots=True)
class Replay:
    """A rebuilt night beside the one that was published; `differences` names what is not equal.

    `erased`: how many erasures overwrote something in the night since it was published.
    """

    night: Night
    tables: int
    differences: tuple[str, ...]
    erased: int = 0


def replay(run: Run, legal_entity_id: str, progress: Callable[[str], None]) -> Replay:
    """Rebuild the night in a folder of its own and compare content hashes; nothing else changes.

    Raises DataError if the night was never published.
    """
    original = night_of(run, legal_entity_id)
    if not original.is_sealed:
        raise DataError(
            f"{run.as_of_date} {legal_entity_id}: the night was never published; "
            f"run `receivables night --as-of {run.as_of_date}` first"
        )
    with run.lake.room("replay") as folder:
        book = original.manifest().get("rule_book")
        if book is not None and not rule_book.is_installed(book):
            return _replay_by(book, run, original, folder)
        rebuilt = replace(original, folder=folder)
        keep_policies_of(rebuilt, original)
        kept = kept_settings(original, run.settings)
        source = kept.source(run.settings)
        rebuild(
            rebuilt, kept=kept, source=source,
            extract=extract_known_at(run, source, original.known_at),
            past=OutboxPast.kept(original), scratch=run.lake.scratch, progress=progress,
        )
        return _compare(run, original, rebuilt)


def _replay_by(book: str, run: Run, original: Night, folder: Path) -> Replay:
    """The same in a process of its own, in which the texts of then are the installed ones.

    Raises DataError if they are gone, or if the night cannot be rebuilt by them.
    """
    rule_book.lay_out(run.lake, book, folder / "include")
    command = [
        sys.executable, "-m", "receivables.cli", "replay", run.as_of_date.isoformat(), "--json",
        "--entity", original.legal_entity_id, "--settings", str(run.settings.file.resolve()),
    ]
    child = subprocess.run(  # noqa: S603 — our own interpreter, and no shell
        command, env={**os.environ, "RECEIVABLES_INCLUDE": str(folder / "include")},
        stdout=subprocess.PIPE, check=False,
    )
    if not child.stdout:
        raise DataError(
            f"{run.as_of_date} {original.legal_entity_id}: cannot be rebuilt by the texts of then "
            f"(rule book {book}); why is said above"
        )
    done = json.loads(child.stdout)[original.legal_entity_id]
    return Replay(original, done["tables"], tuple(done["differences"]), done["erased"])


def rebuild(
    night: Night, *, kept: KeptSettings, source: Source, extract: Extract, past: OutboxPast,
    scratch: Path, progress: Callable[[str], None],
) -> None:
    """Work out a night's ledger, balances and decisions by the policies that its folder keeps."""
    entity = kept.entity
    policy = kept_policies(night, entity)[entity.policy]
    validate(night, extract=extract, source=source, scratch=scratch, progress=progress)
    balance(
        night, entity=entity, source=source, reporting_currency=kept.reporting_currency,
        known_since_days=policy.known_since_days,
        residual_claim_days=policy.residual_claim_days, scratch=scratch, progress=progress,
    )
    select(night, entity=entity, past=past, scratch=scratch, progress=progress)


def _compare(run: Run, original: Night, rebuilt: Night) -> Replay:
    """What differs: a table as rebuilt, a file that is no longer what was sealed, the policy."""
    before, after = original.manifest(), rebuilt.manifest()
    names = sorted(set(before["tables"]) | set(after["tables"]))
    with session(run.lake.scratch) as sql:
        kept = {
            name: content_hash(sql, original.file(name))
            for name in names
            if original.file(name).exists()
        }
    differences = [
        name
        for name in names
        if not before["tables"].get(name) == after["tables"].get(name) == kept.get(name)
    ]
    if before["policy_version"] != after["policy_version"]:
        differences.append(f"policy ({before['policy_version']}, now {after['policy_version']})")
    erasures = {json.dumps([told["contact_ids"], told["salesperson_of"]])
                for told in before.get("erased", ())}
    return Replay(
        night=original, tables=len(names), differences=tuple(differences), erased=len(erasures)
    )
