"""Reading which dunning policies apply to whom, and who approves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from receivables.contract import INCLUDE
from receivables.settings import PolicyException

if TYPE_CHECKING:
    from receivables.settings_file import Reader

POLICIES = INCLUDE / "policies"
SCOPES = ("customer_id", "country", "segment", "abc_class", "risk_class")


def policy_name(reader: Reader, raw: object, key: str) -> str:
    """The name of a file of include/policies; what it says is judged where it is worked with."""
    name = str(raw)
    if not (POLICIES / f"{name}.yaml").is_file():
        reader.fault(key, f"include/policies/{name}.yaml does not exist")
    return name


def policy_exceptions(reader: Reader, raw: object, key: str) -> tuple[PolicyException, ...]:
    """Whom another policy is for, in the order in which they are tried."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        reader.fault(key, "must be a list of exceptions")
        return ()
    return tuple(
        _exception(reader, body, f"{key}[{number}]") for number, body in enumerate(raw, start=1)
    )


def approvers(reader: Reader, raw: object) -> dict[str, tuple[str, ...]]:
    """Who may say yes or no to what waits, by role."""
    found = {}
    for role, users in (reader.mapping(raw, "approvers") if raw is not None else {}).items():
        key = f"approvers.{reader.identifier(role, 'approvers')}"
        if not isinstance(users, list) or not users:
            reader.fault(key, "must list at least one user of Airflow, such as [ana]")
            continue
        found[str(role)] = tuple(reader.identifier(user, key) for user in users)
    return found


def _exception(reader: Reader, raw: object, key: str) -> PolicyException:
    body = reader.mapping(raw, key, {*SCOPES, "policy", "until", "because"})
    scopes = {scope: str(body[scope]) for scope in SCOPES if scope in body}
    if not scopes:
        reader.fault(key, f"must name one or more of {', '.join(SCOPES)}")
    until = body.get("until")
    if until is not None and type(until) is not date:
        reader.fault(f"{key}.until", f"{until!r} must be a day such as 2026-12-31")
        until = None
    return PolicyException(
        scopes=scopes,
        policy=policy_name(reader, body.get("policy", "standard"), f"{key}.policy"),
        until=until,
        because=reader.text(body, "because", key),
    )
