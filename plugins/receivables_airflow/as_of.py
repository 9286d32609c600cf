"""Which business day a run of the nightly DAG is for, and which runs are for some business days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from receivables.errors import WrongUse
from receivables.settings import newest_closed_day


class DagRun(Protocol):
    """What is asked of Airflow's record of a run."""

    logical_date: datetime | None
    run_after: datetime


def as_of_date(dag_run: DagRun, params: Mapping[str, Any], time_zone: str) -> date:
    """The business day that a run is for.

    The parameter `as_of_date` if a person gave one; else the last day that was over in the
    company's time zone at the run's logical date, or, where a manual run has none, at the instant
    from which it was allowed to start. Never Airflow's `ds`: that is the day in UTC on which the
    run starts.

    Raises WrongUse if the parameter is no ISO date.
    """
    given = params.get("as_of_date")
    if given:
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise WrongUse(
                f"as_of_date {given!r} is no date; write one such as 2026-03-31"
            ) from None
    return newest_closed_day(dag_run.logical_date or dag_run.run_after, time_zone)


def logical_dates(first: date, last: date, time_zone: str) -> tuple[datetime, datetime]:
    """The first and the last instant between which the runs for some business days lie.

    The night of a day runs on the day after it, so the bounds are the first second and the last
    second of the company's days `first + 1` and `last + 1`.

    Raises WrongUse if the days are the wrong way round.
    """
    if last < first:
        raise WrongUse(f"the last day {last} is before the first day {first}")
    zone, day = ZoneInfo(time_zone), timedelta(days=1)
    return (
        datetime.combine(first + day, time(), zone),
        datetime.combine(last + day, time(23, 59, 59), zone),
    )
