"""The days on which customers and we both work, as a table that the statements read."""

from __future__ import annotations

from datetime import date, timedelta

from receivables.holiday import calendar_names, load_calendar
from receivables.settings import Entity
from receivables.sql import Session

# Far enough back for a step that is so many business days after a due date; and a bit ahead.
DAYS_KNOWN, DAYS_AHEAD = timedelta(days=400), timedelta(days=60)


def write_business_days(sql: Session, entity: Entity, as_of_date: date) -> None:
    """Make `business_day` known for the country of every customer.

    A country without a calendar, and days past the end of one, have weekends only.
    """
    first_day, last_day = as_of_date - DAYS_KNOWN, as_of_date + DAYS_AHEAD
    known = set(calendar_names())
    countries = [row["country"] for row in sql.rows("select/country")]
    calendars: list[tuple[str | None, str]] = [
        (country, country.lower()) for country in countries if country.lower() in known
    ]
    if entity.calendar:  # ours have no country: they are everybody's
        calendars.append((None, entity.calendar))
    holidays = [
        (country, day)
        for country, name in calendars
        for day in load_calendar(name).holidays if first_day <= day <= last_day
    ]
    sql.connection.execute(
        "create or replace table holiday as "
        "select unnest($countries::varchar[]) as country, unnest($days::date[]) as day",
        {"countries": [row[0] for row in holidays], "days": [row[1] for row in holidays]},
    )
    sql.create("business_day", "select/business_day", first_day=first_day, last_day=last_day)
