"""Replay: rebuild a past night from what was known then, and compare it table by table."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from receivables.balance import balance
from receivables.errors import DataError
from receivables.lake import Night, content_hash
from receivables.run import Run, extract_known_at, night_of
from receivables.select import select
from receivables.select.policy_kept import keep_policies_of, kept_policies
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
    run.lake.scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="replay-", dir=run.lake.scratch))
    try:
        rebuilt = replace(original, folder=folder)
        _rebuild(run, original, rebuilt, progress)
        return _compare(run, original, rebuilt)
    finally:
        shutil.rmtree(folder)


def _rebuild(
    run: Run, original: Night, rebuilt: Night, progress: Callable[[str], None]
) -> None:
    entity = run.entity(original.legal_entity_id)
    source = run.settings.source_of(original.legal_entity_id)
    keep_policies_of(rebuilt, original)
    policy = kept_policies(rebuilt, entity)[entity.policy]
    scratch = run.lake.scratch
    validate(
        rebuilt, extract=extract_known_at(run, source, original.known_at), source=source,
        scratch=scratch, progress=progress,
    )
    balance(
        rebuilt, entity=entity, source=source,
        reporting_currency=run.settings.reporting_currency,
        known_since_days=policy.known_since_days,
        residual_claim_days=policy.residual_claim_days, scratch=scratch, progress=progress,
    )
    select(
        rebuilt, entity=entity, history=original.file("notice_history"), scratch=scratch,
        progress=progress,
    )


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
