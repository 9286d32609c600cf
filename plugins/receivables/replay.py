"""Replay: rebuild a past night from what was known then, and compare it table by table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from receivables.balance import balance
from receivables.dispatch.notice import NoticeItem
from receivables.errors import DataError
from receivables.lake import Extract, Lake, Night, content_hash
from receivables.run import Run, extract_known_at, night_of
from receivables.select import select
from receivables.select.policy_kept import keep_policies_of, kept_policies
from receivables.settings import Settings
from receivables.sql import session
from receivables.validate import validate


@dataclass(frozen=True, slots=True)
class Replay:
    """A rebuilt night beside the one that was published; `differences` names what is not equal."""

    night: Night
    tables: int
    differences: tuple[str, ...]


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
        rebuilt = replace(original, folder=folder)
        keep_policies_of(rebuilt, original)
        source = run.settings.source_of(legal_entity_id)
        rebuild(
            rebuilt, settings=run.settings,
            extract=extract_known_at(run, source, original.known_at),
            history=original.file("notice_history"), progress=progress,
        )
        return _compare(run, original, rebuilt)


def rebuild(
    night: Night, *, settings: Settings, extract: Extract, history: Sequence[NoticeItem] | Path,
    progress: Callable[[str], None],
) -> None:
    """Work out a night's ledger, balances and decisions by the policies that its folder keeps.

    `history`: as `select` takes it.
    """
    entity = settings.entities[night.legal_entity_id]
    source = settings.source_of(night.legal_entity_id)
    policy = kept_policies(night, entity)[entity.policy]
    scratch = Lake(settings.home).scratch
    validate(night, extract=extract, source=source, scratch=scratch, progress=progress)
    balance(
        night, entity=entity, source=source, reporting_currency=settings.reporting_currency,
        known_since_days=policy.known_since_days,
        residual_claim_days=policy.residual_claim_days, scratch=scratch, progress=progress,
    )
    select(night, entity=entity, history=history, scratch=scratch, progress=progress)


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
    return Replay(night=original, tables=len(names), differences=tuple(differences))
