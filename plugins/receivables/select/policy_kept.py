"""The policies of a night, kept in its folder: whatever changes later, it can be decided again."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from receivables.lake import Night
from receivables.select import policy as installed
from receivables.select.policy import Policy, load_policy
from receivables.settings import Entity


def policy_names(entity: Entity) -> tuple[str, ...]:
    """The policies that a legal entity may decide by; the first is its own."""
    return (entity.policy,)


def policy_file(name: str) -> Path:
    """Where a policy is installed."""
    return installed.POLICIES / f"{name}.yaml"


def keep_policies(night: Night, names: Iterable[str]) -> None:
    """Copy policies as they are installed, byte for byte, into a night that is not published."""
    folder = _folder(night)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        partial = folder / f"{name}.partial"
        shutil.copyfile(policy_file(name), partial)
        partial.replace(folder / f"{name}.yaml")


def keep_policies_of(night: Night, original: Night) -> None:
    """Copy all the policies that another night of the same day kept."""
    if _folder(original).is_dir():
        shutil.copytree(_folder(original), _folder(night))


def kept_policy(night: Night, name: str) -> Policy:
    """A policy as the night keeps it; as it is installed, if the night keeps none of that name.

    Raises PolicyError as `load_policy` does.
    """
    file = _folder(night) / f"{name}.yaml"
    return load_policy(name, file if file.exists() else None)


def _folder(night: Night) -> Path:
    return night.folder / "policies"
