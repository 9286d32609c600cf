"""Policies, their exceptions, channels and reasons as the tables that the statements read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from receivables.select.channel import load_channels
from receivables.select.policy import Policy
from receivables.select.reason import load_reasons
from receivables.settings import Entity
from receivables.settings_policy import SCOPES
from receivables.sql import Session

TABLES = {
    "policy": "policy_name varchar, policy_version varchar, promise_grace_days integer, "
    "payment_advice_days integer, "
    "known_since_days integer, min_days_between_notices integer, contacts_max integer, "
    "contacts_max_days integer, sleeping_after_days integer, is_catching_up boolean, "
    "is_on_business_days_only boolean, is_busy_season boolean, reply_pause_days integer",
    "policy_step": "policy_name varchar, step_no integer, step varchar, channel varchar, "
    "taken_by varchar, due_reason_code varchar, recipients varchar, tone varchar, "
    "is_before_due boolean, days_past_due integer, business_days_past_due integer, "
    "days_after_previous integer, interest_mode varchar, lapses_after_days integer, "
    "min_days_since_last integer, approval_role varchar",
    "approval_limit": "policy_name varchar, step varchar, currency varchar, "
    "limit_amount decimal(18, 4)",
    "threshold": "policy_name varchar, step varchar, currency varchar, "
    "threshold_amount decimal(18, 4)",
    "contact_channel": "channel varchar, contact_event_channel varchar",
    "policy_exception": "exception_no integer, policy_name varchar, until_date date, "
    + ", ".join(f"{scope} varchar" for scope in SCOPES),
    "reason": "reason_code varchar, outcome varchar, reason_text varchar, "
    "explains_silence boolean",
    "hold_reason": "hold_reason varchar, reason_code varchar",
}


def write_policy_tables(
    sql: Session, entity: Entity, policies: Mapping[str, Policy], as_of_date: date
) -> None:
    """Make the tables known in which policy enters the statements, and what it applies to."""
    leaves_on = as_of_date + timedelta(days=1)
    rows: dict[str, list[tuple[object, ...]]] = {
        "policy": [_policy_row(policy, leaves_on) for policy in policies.values()],
        "policy_step": [row for policy in policies.values() for row in _step_rows(policy)],
        "approval_limit": [row for policy in policies.values() for row in _limit_rows(policy)],
        "threshold": [row for policy in policies.values() for row in _threshold_rows(policy)],
        "contact_channel": [
            (channel.channel, name)
            for channel in load_channels().values() if channel.taken_by == "person"
            for name in channel.contact_event_channels or (None,)
        ],
        "policy_exception": [
            (number, exception.policy, exception.until,
             *(exception.scopes.get(scope) for scope in SCOPES))
            for number, exception in enumerate(entity.policy_exceptions, start=1)
        ],
        "reason": [
            (reason.reason_code, reason.outcome, reason.text, reason.explains_silence)
            for reason in load_reasons()
        ],
        "hold_reason": [
            (hold_reason, reason.reason_code)
            for reason in load_reasons() for hold_reason in reason.hold_reasons
        ],
    }
    for name, columns in TABLES.items():
        sql.connection.execute(f"create or replace table {name} ({columns})")
        _insert(sql, name, rows[name])


def _policy_row(policy: Policy, leaves_on: date) -> tuple[object, ...]:
    return (
        policy.name, policy.version, policy.promise_grace_days,
        policy.payment_advice_days, policy.known_since_days,
        policy.min_days_between_notices, policy.contacts_max, policy.contacts_max_days,
        policy.sleeping_after_days, policy.is_catching_up, policy.is_on_business_days_only,
        policy.is_busy(leaves_on), policy.reply_pause_days,
    )


def _step_rows(policy: Policy) -> Iterable[tuple[object, ...]]:
    channels = load_channels()
    for number, step in enumerate(policy.steps, start=1):
        channel = channels[step.channel]
        yield (
            policy.name, number, step.step, step.channel, channel.taken_by, channel.reason_code,
            ",".join(step.recipients), step.tone, step.is_before_due, step.days_past_due,
            step.business_days_past_due, step.days_after_previous, step.interest,
            step.lapses_after_days, step.min_days_since_last,
            step.approval and step.approval.role,
        )


def _limit_rows(policy: Policy) -> Iterable[tuple[object, ...]]:
    for step in policy.steps:
        for currency, amount in (step.approval.above if step.approval else {}).items():
            yield policy.name, step.step, currency, amount


def _threshold_rows(policy: Policy) -> Iterable[tuple[object, ...]]:
    for step, thresholds in [(None, policy.thresholds),
                             *((step.step, step.thresholds) for step in policy.steps)]:
        for currency, amount in thresholds.items():
            yield policy.name, step, currency, amount


def _insert(sql: Session, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        sql.connection.executemany(f"insert into {table} values ({marks})", list(rows))
