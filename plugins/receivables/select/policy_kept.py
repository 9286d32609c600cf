"""The policies of a night, kept in its folder: whatever changes later, it can be decided again."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from receivables.lake import Night
from receivables.select import policy_file as installed
from receivables.select.policy import Policy
from receivables.select.policy_file import load_policy
from receivables.settings import Entity


def policy_names(entity: Entity) -> tuple[str, ...]:
    """The policies that a legal entity may decide by; the first is its own."""
    others = (exception.policy for exception in entity.policy_exceptions)
    return tuple(dict.fromkeys((entity.policy, *others)))


def installed_file(name: str) -> Path:
    """Where a policy is installed."""
    return installed.POLICIES / f"{name}.yaml"


def keep_policies(night: Night, names: Iterable[str]) -> None:
    """Copy policies as they are installed, byte for byte, into a night that is not published."""
    folder = _folder(night)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        partial = folder / f"{name}.partial"
        shutil.copyfile(installed_file(name), partial)
        partial.replace(folder / f"{name}.yaml")


def keep_policies_of(night: Night, original: Night) -> None:
    """Copy all the policies that another night of the same day kept."""
    if _folder(original).is_dir():
        shutil.copytree(_folder(original), _folder(night))


def kept_policies(night: Night, entity: Entity) -> dict[str, Policy]:
    """The legal entity's policies by name, its own first, as the night keeps them and as they are
    valid on its day; as they are installed, where the night keeps none of that name.

    Raises PolicyError as `load_policy` does.
    """
    files = {name: _folder(night) / f"{name}.yaml" for name in policy_names(entity)}
    return {
        name: load_policy(name, night.as_of_date, file if file.exists() else None)
        for name, file in files.items()
    }


def _folder(night: Night) -> Path:
    return night.folder / "policies"
