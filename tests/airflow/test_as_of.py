"""Which business day a run is for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from airflow.sdk import CronTriggerTimetable
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import TimeRestriction
from receivables.errors import WrongUse
from receivables_airflow.as_of import as_of_date, logical_dates


@dataclass
class Run:
    logical_date: datetime | None
    run_after: datetime


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("logical_date", "run_after", "given", "time_zone", "expected", "because"),
    [
        ("2026-03-31 05:00", "2026-03-31 05:00", None, "America/Sao_Paulo", "2026-03-30",
         "two in the morning in São Paulo is the night of the day before"),
        ("2026-03-30 00:00", "2026-03-30 00:00", None, "Europe/Berlin", "2026-03-29",
         "two in the morning in Berlin in summer, although it is midnight in UTC"),
        ("2026-03-29 22:30", "2026-03-29 22:30", None, "Europe/Berlin", "2026-03-29",
         "half past midnight on the 30th in Berlin, although UTC still says the 29th"),
        ("2026-03-31 17:00", "2026-03-31 17:00", None, "Asia/Tokyo", "2026-03-31",
         "two in the morning on 1 April in Tokyo"),
        ("2026-03-29 01:00", "2026-03-29 01:00", None, "Europe/Berlin", "2026-03-28",
         "two o'clock does not exist on the day when the clocks go forward; three does"),
        ("2026-10-25 00:00", "2026-10-25 00:00", None, "Europe/Berlin", "2026-10-24",
         "the first two o'clock of the day when the clocks go back"),
        ("2026-10-25 01:00", "2026-10-25 01:00", None, "Europe/Berlin", "2026-10-24",
         "the second two o'clock of the day when the clocks go back"),
        ("2024-03-01 05:00", "2024-03-01 05:00", None, "America/Sao_Paulo", "2024-02-29",
         "a leap day has a night"),
        (None, "2026-03-31 05:00", None, "America/Sao_Paulo", "2026-03-30",
         "a manual run need not have a logical date; when it may start decides"),
        (None, "2026-03-31 02:00", None, "America/Sao_Paulo", "2026-03-29",
         "at eleven at night the day is not over"),
        ("2026-03-31 05:00", "2026-04-20 05:00", None, "America/Sao_Paulo", "2026-03-30",
         "a backfill runs late and is still for its own day"),
        ("2026-03-31 05:00", "2026-03-31 05:00", "2026-01-15", "America/Sao_Paulo", "2026-01-15",
         "a day that a person gave stands over all"),
        ("2026-03-31 05:00", "2026-03-31 05:00", "", "America/Sao_Paulo", "2026-03-30",
         "an empty field is no day"),
    ],
)
def test_the_business_day_of_a_run(logical_date, run_after, given, time_zone, expected, because):
    run = Run(logical_date and utc(logical_date), utc(run_after))
    found = as_of_date(run, {"as_of_date": given}, time_zone)
    assert found == date.fromisoformat(expected), because


def test_a_parameter_that_is_no_date_is_refused_with_an_example():
    run = Run(None, utc("2026-03-31 05:00"))
    with pytest.raises(WrongUse, match=r"'31/03/2026' is no date; write one such as 2026-03-31"):
        as_of_date(run, {"as_of_date": "31/03/2026"}, "Europe/Berlin")


@pytest.mark.parametrize(
    "time_zone", ["America/Sao_Paulo", "Europe/Berlin", "Asia/Tokyo", "Pacific/Auckland"]
)
@pytest.mark.parametrize(
    ("first", "last"), [("2026-03-01", "2026-04-30"), ("2026-09-15", "2026-11-15")]
)
def test_a_backfill_of_business_days_runs_each_of_them_once(first, last, time_zone):
    """Airflow's own timetable, over both changes of the clocks, gives every day and no other."""
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    start, end = logical_dates(first, last, time_zone)
    timetable = coerce_to_core_timetable(CronTriggerTimetable("0 2 * * *", timezone=time_zone))
    info, days = None, []
    while info := timetable.next_dagrun_info_v2(
        last_dagrun_info=info, restriction=TimeRestriction(start, end, catchup=True)
    ):
        days.append(as_of_date(Run(info.logical_date, info.run_after), {}, time_zone))
    assert days == [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_a_backfill_from_a_later_day_to_an_earlier_one_is_refused():
    with pytest.raises(WrongUse, match="2026-03-01 is before the first day 2026-03-31"):
        logical_dates(date(2026, 3, 31), date(2026, 3, 1), "Europe/Berlin")
