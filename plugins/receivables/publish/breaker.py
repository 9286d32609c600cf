"""Breakers: a night that is too strange to write to anybody. Each is a statement with limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb

from receivables.errors import PolicyError
from receivables.holiday import holidays_of
from receivables.lake import Extract, Lake, Night, named_instant, read_json, write_json
from receivables.limits import default_limits
from receivables.select.policy import Policy
from receivables.settings import Entity
from receivables.sql import SQL, Session, asked_for, statement

PASS, WARN, STOP, NO_HISTORY = "pass", "warn", "stop", "no_history"

# Longer than anybody waits for a receipt without asking.
BUSINESS_DAYS_KNOWN = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one breaker says about one subject: the finding tells what was measured, and the limit.

    `outcome`: pass, warn, stop, or no_history, which forbids as much as stop does.
    """

    check_id: str
    subject: str
    outcome: str
    finding: str

    @property
    def is_tripped(self) -> bool:
        return self.outcome in (STOP, NO_HISTORY)


def limits_of(entity: Entity, policy: Policy) -> dict[str, object]:
    """What the breakers' statements may ask for, for one legal entity."""
    emails = [step.step for step in policy.steps if step.channel == "email"]
    return {
        **default_limits(), **entity.breakers,
        "notices_per_night_max": policy.notices_per_night_max,
        "final_step": emails[-1] if emails else "",
    }


def read_business_days(sql: Session, *, country: str, until: date, since: date) -> None:
    """Make `business_day` known: weekdays less the holidays of the country's calendar, if any."""
    holidays = sorted(holidays_of(country))
    sql.connection.execute("create or replace table holiday (day date)")
    if holidays:
        sql.connection.execute("insert into holiday select unnest($days::date[])",
                               {"days": holidays})
    sql.create("business_day", "publish/business_day",
               first_day=since - BUSINESS_DAYS_KNOWN, last_day=until)


def read_extract_age(sql: Session, lake: Lake, night: Night, *, country: str) -> None:
    """Make known since when the source's rows are as they were extracted for the night."""
    manifest = night.manifest()
    sql.connection.execute("create or replace table extract_age (landed_on date, known_on date)")
    known_on = night.known_at.astimezone(UTC).date()
    if "extract_id" in manifest:
        extracts = lake.extracts(manifest["source"])
        landed_on = _unchanged_since(extracts, manifest["extract_id"])
        sql.connection.execute("insert into extract_age values (?, ?)", [landed_on, known_on])
    read_business_days(
        sql, country=country, until=max(known_on, night.as_of_date),
        since=min(known_on, night.as_of_date),
    )


def _unchanged_since(extracts: Sequence[Extract], extract_id: str) -> date:
    """The day on which the very rows of an extract were landed first, without a break since."""
    known = [extract for extract in extracts if extract.extract_id <= extract_id]
    first = extract_id
    for extract in reversed(known):
        if extract.content["input_hash"] != known[-1].content["input_hash"]:
            break
        first = extract.extract_id
    return named_instant(first).date()


def read_history(sql: Session, nights: Iterable[Night]) -> None:
    """Make known what earlier nights measured; one that measured nothing is no history."""
    sql.connection.execute(
        "create or replace table breaker_history "
        "(as_of_date date, measure varchar, subject varchar, value decimal(38, 4))"
    )
    for night in nights:
        file = night.file("publish/breaker_measure")
        if file.exists():
            sql.connection.execute(
                "insert into breaker_history select ?, measure, subject, value "
                "from read_parquet(?)", [night.as_of_date, str(file)],
            )


def check_breakers(sql: Session, limits: Mapping[str, object]) -> list[Verdict]:
    """What every statement of `include/sql/publish/breaker` says; each says at least one thing.

    The statements read `breaker_trend`, which this makes of `breaker_measure` and
    `breaker_history`. A breaker that cannot be evaluated has tripped.
    """
    sql.create("breaker_trend", "publish/breaker_trend")
    return [
        verdict
        for name in breaker_names()
        for verdict in verdicts(sql, name, limits)
    ]


def breaker_names() -> list[str]:
    """The breakers that there are."""
    return sorted(path.stem for path in (SQL / "publish" / "breaker").glob("*.sql"))


def verdicts(sql: Session, name: str, limits: Mapping[str, object]) -> list[Verdict]:
    """What one breaker says; that it cannot say anything has tripped it."""
    try:
        rows = sql.rows(f"publish/breaker/{name}", **asked_for(f"publish/breaker/{name}", limits))
    except (duckdb.Error, PolicyError) as broken:
        reason = str(broken).splitlines()[0]
        return [Verdict(name, "breaker", STOP, f"could not be evaluated: {reason}")]
    if not rows:
        return [Verdict(name, "breaker", STOP, "could not be evaluated: nothing to measure")]
    return [
        Verdict(name, row["subject"], row["outcome"] or STOP,
                row["finding"] or "could not be evaluated: something it needs is not known")
        for row in rows
    ]


def sentence(check_id: str) -> str:
    """What it means that a breaker tripped, in its statement's own words."""
    return statement(f"publish/breaker/{check_id}").splitlines()[0].removeprefix("-- ")


def accepted_breakers(night: Night) -> dict[str, str]:
    """The breakers that a person found to have tripped for no harm, with the reason."""
    if not night.acceptance.exists():
        return {}
    accepted = read_json(night.acceptance)
    return {name: entry["because"] for name, entry in accepted.items()}


def accept_breakers(
    night: Night, breakers: Iterable[str], *, because: str, now: datetime
) -> None:
    """Record that a person answers for a night in spite of its breakers, and why."""
    before = read_json(night.acceptance) if night.acceptance.exists() else {}
    entry = {"because": because, "accepted_at": now.isoformat()}
    write_json(night.acceptance, {**before, **dict.fromkeys(breakers, entry)})
