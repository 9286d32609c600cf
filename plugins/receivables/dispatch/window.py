"""Send windows: the hours in which a letter may reach its customer, by the customer's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

SATURDAY = 6


@dataclass(frozen=True, slots=True)
class SendWindow:
    """From `opens` to `closes` on weekdays, as the clocks are in `time_zone`."""

    opens: time
    closes: time
    time_zone: str

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M} {self.time_zone}"

    @classmethod
    def of(cls, text: str) -> SendWindow:
        """The window that `str` wrote."""
        hours, time_zone = text.split(" ")
        opens, closes = (time.fromisoformat(hour) for hour in hours.split("-"))
        return cls(opens, closes, time_zone)

    def opens_at(self, now: datetime) -> datetime | None:
        """The next instant at which it opens; None if it is open now."""
        zone = ZoneInfo(self.time_zone)
        local = now.astimezone(zone)
        is_weekday = local.isoweekday() < SATURDAY
        if is_weekday and self.opens <= local.time() < self.closes:
            return None
        day = local.date()
        if not is_weekday or local.time() >= self.closes:
            day += timedelta(days=1)
        while day.isoweekday() >= SATURDAY:
            day += timedelta(days=1)
        return datetime.combine(day, self.opens, zone).astimezone(UTC)

    def was_missed(self, since: datetime, now: datetime) -> bool:
        """Whether what waited since an instant missed the whole window that closed last."""
        zone = ZoneInfo(self.time_zone)
        local = now.astimezone(zone)
        day = local.date() if local.time() >= self.closes else local.date() - timedelta(days=1)
        while day.isoweekday() >= SATURDAY:
            day -= timedelta(days=1)
        return since <= datetime.combine(day, self.opens, zone)


@cache
def is_time_zone(name: str | None) -> bool:
    """Whether a customer's time zone is one: what an ERP calls so may be anything."""
    return name in available_timezones()
