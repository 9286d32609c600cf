"""Installing a policy: as it was planned, on the book that it was planned on, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from receivables.errors import SettingsError, WrongUse
from receivables.lake import alone_in, read_json, write_json
from receivables.plan.difference import Plan, plan, users
from receivables.run import Run
from receivables.select.policy import Policy
from receivables.select.policy_file import load_versions
from receivables.select.policy_kept import installed_file
from receivables.yaml_text import read_all_yaml


def keep_plan(run: Run, made: Plan) -> None:
    """Keep a plan by its hash, so that `apply` can say what has changed since."""
    write_json(_kept(run, made.hash), made.content)


def apply(run: Run, policy: Policy, file: Path, *, planned: str) -> dict[str, str]:
    """Install a policy if its plan, made afresh on the newest nights, is what was `planned`.

    Gives what was installed where, and who decided it. Raises WrongUse, saying what has changed
    since the plan, if it is another one, and SettingsError if the policies cannot be written.
    """
    with alone_in(run.settings.home / "plans"):
        if policy.version in _versions(policy.name):
            raise WrongUse(f"{policy.version} is installed already; there is nothing to apply")
        fresh = plan(run, policy, users(run.settings, policy), as_of_date=None)
        if fresh.hash != planned:
            changes = "\n".join(f"  {change}" for change in _changes(run, fresh, planned))
            raise WrongUse(
                f"not installed: the plan is not {planned} (now {fresh.hash}):\n{changes}\n"
                f"make a new plan and read it: receivables plan --policy {file}"
            )
        _install(policy, file)
    *_, decided = read_all_yaml(file.read_text(encoding="utf-8"))
    return {
        "installed": policy.version,
        "valid_from": str(policy.valid_from),
        "file": str(installed_file(policy.name)),
        "decided_by": str(decided["decided_by"]),
        "decided_on": str(decided["decided_on"]),
    }


def _install(policy: Policy, file: Path) -> None:
    """Write the version after the installed ones, check what was written, and change the names."""
    target = installed_file(policy.name)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(_with_version(policy, file))
        written = _versions(policy.name, partial)
        if list(written) != [*_versions(policy.name), policy.version]:
            raise WrongUse(f"{file} was changed while it was planned; nothing was installed")
        partial.replace(target)
    except OSError as refused:
        raise SettingsError([
            f"{target}: cannot be written here ({refused.strerror}); bring {file} there as "
            f"{target.name} where this installation is built, and deploy it"
        ]) from refused
    finally:
        with suppress(OSError):
            partial.unlink()


def _with_version(policy: Policy, file: Path) -> bytes:
    """The installed versions and the new one: the file itself, if it holds them all.

    Raises WrongUse if the file leaves an installed version out, or the new one is not the newest.
    """
    known, given = _versions(policy.name), _versions(policy.name, file)
    if policy.valid_from <= max(known.values()):
        raise WrongUse(
            f"{file}: valid_from {policy.valid_from} is not after {max(known.values())}, when the "
            "installed version begins; give the new one a later day"
        )
    if list(given)[: len(known)] == list(known):
        return file.read_bytes()
    if len(given) > 1:
        raise WrongUse(
            f"{file}: leaves out or changes a version that is installed; add the new one after "
            "those that are, or give it alone"
        )
    before = installed_file(policy.name).read_text(encoding="utf-8").rstrip()
    return f"{before}\n---\n{file.read_text(encoding='utf-8')}".encode()


def _versions(name: str, file: Path | None = None) -> dict[str, date]:
    """The versions in a file, the installed one if none is named, and the day each begins."""
    return {policy.version: policy.valid_from for policy in load_versions(name, file)}


def _kept(run: Run, hash_: str) -> Path:
    return run.settings.home / "plans" / f"{hash_}.json"


def _changes(run: Run, fresh: Plan, planned: str) -> Iterator[str]:
    """What is not as it was planned."""
    if not planned.isalnum() or not _kept(run, planned).exists():
        yield f"no plan {planned} was made in {run.settings.home}"
        return
    then, now = read_json(_kept(run, planned)), fresh.content
    for key, what in (("version", "the file"), ("installed_version", "the installed policy")):
        if then["policy"][key] != now["policy"][key]:
            yield f"{what}: {then['policy'][key]} was planned with, and now it is " \
                  f"{now['policy'][key]}"
    if set(then["entities"]) != set(now["entities"]):
        yield (f"the plan is of {', '.join(then['entities'])}; the policy is used by "
               f"{', '.join(now['entities'])}")
    for e in now["entities"].keys() & then["entities"].keys():
        yield from _book_changes(e, then["entities"][e]["book"], now["entities"][e]["book"])
    if then["policy"] == now["policy"] and _books(then) == _books(now):
        yield "the decisions: the program, the settings or the linter's limits were changed"


def _book_changes(e: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for key in ("as_of_date", "known_at"):
        if then[key] != now[key]:
            yield f"the book of {e}: the night of {then['as_of_date']}, known at " \
                  f"{then['known_at']}, was planned on; the newest is that of " \
                  f"{now['as_of_date']}, known at {now['known_at']}"
            return
    if then != now:
        names = then["tables"].keys() | now["tables"].keys()
        other = sorted(n for n in names if then["tables"].get(n) != now["tables"].get(n))
        yield f"the book of {e}: other rows in {', '.join(other) or 'the extract'}"


def _books(content: Mapping[str, Any]) -> dict[str, Any]:
    return {e: part["book"] for e, part in content["entities"].items()}
