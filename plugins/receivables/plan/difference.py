"""The plan: what another policy would decide about the newest night's book, as a difference."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from receivables.errors import DataError, WrongUse
from receivables.lake import Night, instant_name
from receivables.plan.rehearsal import rehearse
from receivables.run import Run
from receivables.select.policy import Policy
from receivables.select.policy_file import load_policy, load_versions
from receivables.select.policy_kept import kept_policies, policy_names
from receivables.select.policy_linter import lint_policy
from receivables.settings import Settings
from receivables.sql import Session, session

HASH_DIGITS = 16
COMPARED = ("decision", "notice", "notice_item")
# The same sums and counts for every legal entity, and over all of them, by these keys.
SUMMED = {"claims": ("currency",), "workload": ("kind", "role")}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a policy would change, as it is printed as JSON: sorted, amounts as text."""

    content: dict[str, Any]

    @property
    def hash(self) -> str:
        """Equal for the same policy, the same book and the same differences."""
        text = json.dumps(
            self.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
        )
        return hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]

    @property
    def is_empty(self) -> bool:
        """Whether no decision and no notice would be another one."""
        return not any(
            entity["decisions"] or entity["contacts"]
            for entity in self.content["entities"].values()
        )


def candidate(file: Path, name: str | None, settings: Settings) -> Policy:
    """The newest version in a file, under the name of the policy that it stands in for: the file's,
    unless `name` says another.

    Raises PolicyError with every fault of the file, WrongUse if no legal entity uses that name.
    """
    if not file.is_file():
        raise WrongUse(f"--policy {file}: no such file")
    name = name or file.stem
    in_use = {each: e for e, entity in settings.entities.items() for each in policy_names(entity)}
    if name not in in_use:
        raise WrongUse(
            f"no legal entity of {settings.file} uses a policy {name!r}; say which one the file "
            f"stands in for: --name {' or '.join(sorted(in_use))}"
        )
    return max(load_versions(name, file), key=lambda version: version.valid_from)


def users(
    settings: Settings, policy: Policy, *, only: Sequence[str] | None = None
) -> list[str]:
    """The legal entities that use a policy of that name, or `only` some of them.

    Raises WrongUse if one of those uses another.
    """
    found = [e for e, entity in settings.entities.items() if policy.name in policy_names(entity)]
    for e in only or ():
        if e not in found:
            raise WrongUse(f"--entity {e}: does not use {policy.name}; {', '.join(found)} do")
    return [e for e in found if not only or e in only]


def plan(
    run: Run, policy: Policy, legal_entity_ids: Sequence[str], *, as_of_date: date | None
) -> Plan:
    """Decide each legal entity's newest published night (or that of a day) twice: under the
    policies as they are installed, and with this one in place of the one of its name.

    Raises DataError if there is no such night.
    """
    nights = [_night(run, e, as_of_date) for e in legal_entity_ids]
    entities = {night.legal_entity_id: _compare(run, night, policy) for night in nights}
    return Plan(plain({
        "policy": {
            "name": policy.name,
            "version": policy.version,
            "valid_from": policy.valid_from,
            "installed_version": _installed_version(policy, nights),
        },
        "findings": lint_policy(policy),
        "entities": entities,
        "total": _total(list(entities.values())),
    }))


def compare(sql: Session) -> dict[str, Any]:
    """What differs between the decisions and notices known as `before_…` and as `after_…`."""
    return {
        "contacts": sql.rows("plan/contact_change"),
        "claims": sql.rows("plan/claim"),
        "workload": sql.rows("plan/workload"),
        "decisions": sql.rows("plan/decision_change"),
    }


def _installed_version(policy: Policy, nights: Sequence[Night]) -> str:
    """What is valid on the newest of the nights."""
    return load_policy(policy.name, max(night.as_of_date for night in nights)).version


def _night(run: Run, legal_entity_id: str, as_of_date: date | None) -> Night:
    if as_of_date is None:
        night = run.lake.newest_official(legal_entity_id)
    else:
        night = run.lake.official(as_of_date=as_of_date, legal_entity_id=legal_entity_id)
    if night is None or not night.is_sealed:
        which = "" if as_of_date is None else f" of {as_of_date}"
        raise DataError(f"{legal_entity_id}: no night{which} is published; run `receivables night`")
    return night


def _compare(run: Run, night: Night, policy: Policy) -> dict[str, Any]:
    entity = run.entity(night.legal_entity_id)
    installed = {name: load_policy(name, night.as_of_date) for name in policy_names(entity)}
    kept = kept_policies(night, entity)[entity.policy]
    sides = {"before": installed, "after": {**installed, policy.name: policy}}
    with run.lake.room("rehearsal") as room, session(run.lake.scratch) as sql:
        for side, policies in sides.items():
            rehearsed = rehearse(
                run, night, kept=kept, policies=policies,
                history=night.file("notice_history"), folder=room / side,
            )
            for table in COMPARED:
                sql.read(f"{side}_{table}", rehearsed.file(table))
        items = sql.connection.table("after_decision").shape[0]
        run.progress(f"{night.legal_entity_id}: {items} open items of {night.as_of_date} decided")
        return {"book": _book(night), "items": items, **compare(sql)}


def _book(night: Night) -> dict[str, Any]:
    """What the night knew, by the hashes in its manifest: not what it decided."""
    manifest = night.manifest()
    known = (
        "ledger/", "quarantine", "notice_history", "suppressed_contact", "inbound_message",
        "open_item",
    )
    return {
        "as_of_date": str(night.as_of_date),
        "known_at": instant_name(night.known_at),
        "input_hash": manifest["input_hash"],
        "tables": {
            name: entry["content_hash"]
            for name, entry in manifest["tables"].items()
            if name.startswith(known)
        },
    }


def _total(entities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts of changes, and sums by currency and by kind of work, over the legal entities."""
    changes = Counter(row["change"] for entity in entities for row in entity["contacts"])
    sums = {
        part: added(keys, [row for entity in entities for row in entity[part]])
        for part, keys in SUMMED.items()
    }
    return {"contacts": dict(sorted(changes.items())), **sums}


def added(keys: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the same keys added up."""
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        values = {name: value for name, value in row.items() if name not in keys}
        group = tuple(row[key] for key in keys)
        known = sums.setdefault(group, dict.fromkeys(values, 0))
        for name, value in values.items():
            known[name] += value
    return [{**dict(zip(keys, group, strict=True)), **sums[group]} for group in sorted(sums)]


def plain(content: dict[str, Any]) -> dict[str, Any]:
    """As it is read back from JSON: amounts and dates are text."""
    read_back: dict[str, Any] = json.loads(json.dumps(content, default=str))
    return read_back
