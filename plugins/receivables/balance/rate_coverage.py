"""How far the reference rates reach, and which rules will run out of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from receivables.balance.rate import RATES, DatedRate, known_rates, load_series
from receivables.balance.rule import Rule
from receivables.balance.rule_file import NamedRule, RuleVersion
from receivables.lake import Night
from receivables.sql import Session

NOTICE = timedelta(days=30)
ONE_DAY = timedelta(days=1)

Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far what some rules need is known, as seen from a day.

    `subject`: a series or a calendar. `last_day`: the last day that the rules can be computed for;
    None if not even the day itself can. `known_to`: the last day of which anything is known.
    """

    check_id: str
    reason_code: str
    subject: str
    rule_ids: tuple[str, ...]
    as_of_date: date
    last_day: date | None
    known_to: date | None

    @property
    def days_left(self) -> int:
        """How many days after the day are served; -1 if the day itself is not."""
        return -1 if self.last_day is None else (self.last_day - self.as_of_date).days

    @property
    def runs_out(self) -> bool:
        """Whether it runs out within thirty days."""
        return self.days_left < NOTICE.days

    @property
    def sentence(self) -> str:
        """What is known until when, for whom, and what to do."""
        rules = ", ".join(self.rule_ids)
        known = f"{self.subject}, known to {self.known_to}, "
        if self.last_day is None:
            known += f"has no value for {rules} on {self.as_of_date}"
        else:
            known += f"serves {rules} until {self.last_day}"
        return f"{known}; {REMEDIES[self.check_id]}" if self.runs_out else known


RATE, CALENDAR = "reference_rate_runs_out", "holiday_calendar_runs_out"
REMEDIES = {
    RATE: "past its last value interest is not known and the letter is held: add the next value "
          "with its source (receivables rates import FILE)",
    CALENDAR: "past its last day the night stops: move last_day in include/calendars/"
              "calendars.yaml and run `make calendars`",
}


def running_out(
    rules: Iterable[NamedRule], as_of_date: date, rates: Path = RATES
) -> list[Reach]:
    """How far each series and each calendar of the rules reaches, by its name.

    A rule that fixes its rate by half-years needs the reference of the fixing day only, so one
    series can serve one rule longer than another: the shortest counts.
    """
    found: list[Reach] = []
    versions = [version for rule in rules for version in rule.versions]
    for series in sorted({version.series for version in versions if version.series}):
        users = [version for version in versions if version.series == series]
        stretches = known_stretches(load_series(series, rates))
        lasts = [_last_day_served(version.rule, stretches, as_of_date) for version in users]
        known_to = stretches[-1][1] if stretches else None
        found.append(Reach(
            RATE, "RATE_RUNS_OUT", series, _rule_ids(users), as_of_date, _shortest(lasts), known_to
        ))
    calendars = {version.calendar.name: version.calendar for version in versions
                 if version.calendar}
    for name, calendar in sorted(calendars.items()):
        users = [version for version in versions if version.calendar == calendar]
        end = calendar.last_day
        found.append(Reach(
            CALENDAR, "CALENDAR_RUNS_OUT", name, _rule_ids(users), as_of_date,
            end if as_of_date <= end else None, end,
        ))
    return found


def write_balance_result(
    sql: Session, night: Night, rules: Iterable[NamedRule], rates: Path = RATES
) -> None:
    """The night's file `balance_result`: a check for each series and calendar of its rules.

    `publish` adds it to `check_result`. It is not part of the night's fingerprint: a value that is
    imported later lets a rebuilt night warn of less, and compute the same.
    """
    sql.connection.execute(
        "create or replace table balance_result (as_of_date date, legal_entity_id varchar, "
        "stage varchar, check_id varchar, subject varchar, outcome varchar, rows_checked bigint, "
        "rows_failed bigint, reason_code varchar, because varchar)"
    )
    for reach in running_out(rules, night.as_of_date, rates):
        sql.connection.execute(
            "insert into balance_result values (?, ?, 'balance', ?, ?, ?, null, ?, ?, ?)",
            [
                night.as_of_date, night.legal_entity_id, reach.check_id, reach.subject,
                "warn" if reach.runs_out else "pass", int(reach.runs_out), reach.reason_code,
                reach.sentence,
            ],
        )
    sql.write_table("balance_result", night.file("balance_result"))


def known_stretches(rates: tuple[DatedRate, ...]) -> list[Span]:
    """The spans of days, each as long as can be, on which the engine knows the reference."""
    return _joined((rate.from_day, rate.until_day - ONE_DAY) for rate in known_rates(rates))


def unknown_stretches(rates: Iterable[DatedRate]) -> list[Span]:
    """The spans of days between the first and the last line of which nobody knows the reference."""
    return _joined((rate.valid_from, rate.valid_to) for rate in rates if rate.percent is None)


def _joined(days: Iterable[Span]) -> list[Span]:
    spans: list[Span] = []
    for first, last in days:
        if spans and spans[-1][1] + ONE_DAY == first:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


def _last_day_served(rule: Rule, stretches: Sequence[Span], day: date) -> date | None:
    """The last day, from a day on without a break, whose reference is known."""
    served: date | None = None
    while stretch := _holding(stretches, _lookup_day(rule, day, stretches)):
        served = _period_end(rule, day) or stretch[1]
        if served == date.max:
            break
        day = served + ONE_DAY
    return served


def _holding(stretches: Sequence[Span], day: date) -> Span | None:
    return next((span for span in stretches if span[0] <= day <= span[1]), None)


def _lookup_day(rule: Rule, day: date, stretches: Sequence[Span]) -> date:
    """The day whose reference is taken, as `include/sql/interest/rule_day.sql` says."""
    if rule.fixing.startswith("halfyear"):
        first = day.replace(month=1 if day.month < 7 else 7, day=1)
        return first - ONE_DAY if rule.snapshot == "day_before" else first
    if rule.fixing == "month" and stretches:
        return min(day, max(day.replace(day=1), stretches[0][0]))
    return day


def _period_end(rule: Rule, day: date) -> date | None:
    """The last day that shares a day's reference; None where each day has its own."""
    if rule.fixing.startswith("halfyear"):
        return day.replace(month=6, day=30) if day.month < 7 else day.replace(month=12, day=31)
    if rule.fixing == "month":
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY
    return None


def _rule_ids(versions: Iterable[RuleVersion]) -> tuple[str, ...]:
    return tuple(sorted({version.rule_id for version in versions}))


def _shortest(lasts: Sequence[date | None]) -> date | None:
    known = [last for last in lasts if last is not None]
    return min(known) if len(known) == len(lasts) else None
