"""A rehearsal: a night's book decided once more, under other policies, in a folder of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from receivables.balance import balance
from receivables.lake import Night
from receivables.run import Run
from receivables.select import select
from receivables.select.outbox_past import OutboxPast
from receivables.select.policy import Policy

# What a night works out before it decides, and a rehearsal therefore takes as it is.
BOOK = ("manifest.json", "ledger", "validate", "policies")


def rehearse(
    run: Run, night: Night, *, kept: Policy, policies: Mapping[str, Policy], history: Path,
    folder: Path,
) -> Night:
    """Decide the night's book under `policies` after a `history`; the night stays as it is.

    What is owed is worked out anew only if the legal entity's policy says otherwise than the one
    that the night `kept` what counts as owed.
    """
    entity = run.entity(night.legal_entity_id)
    rehearsed = replace(night, folder=folder)
    _lend_book(night, rehearsed)
    own = policies[entity.policy]
    if _says_what_is_owed(own) != _says_what_is_owed(kept):
        balance(
            rehearsed, entity=entity, source=run.settings.source_of(night.legal_entity_id),
            reporting_currency=run.settings.reporting_currency,
            known_since_days=own.known_since_days, residual_claim_days=own.residual_claim_days,
            scratch=run.lake.scratch, progress=_silent,
        )
    select(
        rehearsed, entity=entity, past=OutboxPast.kept(night, notices=history),
        scratch=run.lake.scratch, progress=_silent, policies=policies,
    )
    return rehearsed


def _says_what_is_owed(policy: Policy) -> tuple[int, int]:
    return policy.known_since_days, policy.residual_claim_days


def _lend_book(night: Night, rehearsed: Night) -> None:
    """Links instead of copies: a stage replaces a file whole, and thereby its link alone."""
    rehearsed.folder.mkdir(parents=True)
    tables = [file.name for file in night.folder.glob("*.parquet")]
    for name in (*BOOK, *tables):
        if (night.folder / name).exists():
            (rehearsed.folder / name).symlink_to((night.folder / name).resolve())


def _silent(_line: str) -> None:
    """A rehearsal is no night: it has nothing to say of its stages."""
