"""Holidays: what the tables say, and what they do to a due date."""

from __future__ import annotations

from datetime import date

import pytest
from receivables.balance.rule_file import RULES, load_rules
from receivables.errors import PolicyError
from receivables.holiday import CALENDARS, calendar_names, load_calendar
from receivables.holiday_table import calendar_tables
from test_balance import balanced, read
from test_named_rule import company_with, named


def test_the_tables_are_what_the_pinned_library_says():
    written = {
        name: (CALENDARS / f"{name}.csv").read_text(encoding="utf-8") for name in calendar_names()
    }
    assert written == dict(calendar_tables()), "run `make calendars`, and read the difference"


HOLIDAYS = [
    # calendar, day | is a holiday | because
    ("de", "2026-10-03", True, "the day of German unity"),
    ("de", "2026-05-25", True, "Whit Monday"),
    ("de", "2017-10-31", True, "in that one year for all Länder"),
    ("de", "2026-10-31", False, "a holiday of some Länder only"),
    ("at", "2026-10-26", True, "the national day of Austria"),
    ("ch", "2026-08-01", True, "the national day of Switzerland"),
    ("br", "2026-11-20", True, "national since 2024"),
    ("br", "2023-11-20", False, "and not before"),
    ("ru", "2026-03-09", True, "8 March fell on a Sunday"),
    ("ru", "2025-12-31", True, "transferred from a Sunday in January"),
]


@pytest.mark.parametrize(
    ("calendar", "day", "is_holiday", "because"), HOLIDAYS, ids=[row[-1] for row in HOLIDAYS]
)
def test_a_day_is_a_holiday_of_its_country(calendar, day, is_holiday, because):
    assert (date.fromisoformat(day) in load_calendar(calendar).holidays) == is_holiday, because


MOVED = [
    # rule, due | first day of interest | because
    ("de_b2b", "2025-10-02", "2025-10-03", "a Thursday before a holiday stays"),
    ("de_b2b", "2025-10-03", "2025-10-07", "Friday 3 October moves over the weekend to Monday"),
    ("de_b2b", "2023-10-03", "2023-10-05", "Tuesday 3 October moves to Wednesday"),
    ("de_b2b", "2026-05-25", "2026-05-27", "Whit Monday moves to Tuesday"),
    ("de_b2b", "2026-05-23", "2026-05-27", "the Saturday before Whit Monday moves to Tuesday"),
    ("de_b2b", "2025-12-25", "2025-12-30", "two holidays and a weekend"),
    ("ru_395", "2025-12-31", "2026-01-13", "the Russian new year's holidays"),
    ("de_b2b_act_act", "2026-05-25", "2026-05-26", "a rule that moves nothing has no calendar"),
]


@pytest.mark.parametrize(("rule", "due", "first", "because"), MOVED, ids=[row[-1] for row in MOVED])
def test_a_due_date_on_a_holiday_starts_default_a_business_day_later(
    tmp_path, rule, due, first, because
):
    company = company_with(tmp_path, ("I1", "10000", due))
    night = balanced(company, rule=named(rule), day=date(2026, 6, 30))
    [(found,)] = read(night, "interest_segment", "cast(min(from_date) as varchar)")
    assert found == first, because


def test_only_the_holidays_near_the_days_asked_for_are_handed_over():
    [version] = load_rules()["de_b2b"].versions
    rule = version.rule_between(date(2026, 5, 1), date(2026, 5, 31))
    assert rule.holidays == (date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25))
    assert version.rule.holidays == ()


def test_past_the_last_day_of_a_calendar_the_night_stops_and_says_what_to_do():
    [version] = load_rules()["de_b2b"].versions
    assert version.rule_between(date(2040, 12, 1), date(2040, 12, 31)).holidays
    with pytest.raises(PolicyError, match=r"de\.csv: .* to 2040-12-31, .*`make calendars`"):
        version.rule_between(date(2040, 12, 1), date(2041, 1, 1))


REFUSED = [
    # what is written instead of what | says | because
    ("calendar: de", "calendar: dee", "'dee' is no calendar", "a calendar nobody has"),
    ("following", "none", "belongs to a rule whose start.business_day is following", "no effect"),
    ("2014-07-29", "2013-07-29", "de begins on 2014-01-01", "holidays before it are not known"),
]


@pytest.mark.parametrize(("old", "new", "says", "because"), REFUSED, ids=[r[-1] for r in REFUSED])
def test_a_calendar_that_cannot_serve_is_refused_with_file_and_line(
    tmp_path, old, new, says, because
):
    text = (RULES / "de.yaml").read_text(encoding="utf-8")
    start = text.index("de_b2b:")
    changed = text[:start] + text[start:].replace(old, new, 1)
    (tmp_path / "de.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_rules(tmp_path)
    [fault] = [line for line in str(refused.value).splitlines() if "calendar" in line]
    assert says in fault and f"de.yaml:{_line(changed, 'calendar: ')}: " in fault, because


def _line(text: str, start: str) -> int:
    return next(
        number for number, line in enumerate(text.splitlines(), 1) if line.strip().startswith(start)
    )


BROKEN = [
    # the table | line | says | because
    ("# by hand, 2026-01-01 to 2026-12-31\nday,name\n2026-01-01,New Year\n3.10.2026,Unity\n", 4,
     "must begin with a day", "days are written one way"),
    ("# by hand, 2026-01-01 to 2026-12-31\n2026-01-01,New Year\n", 1, "the header day,name",
     "columns have names"),
    ("# by hand\nday,name\n2026-01-01,New Year\n", 1, "says from when to when",
     "a day without a holiday is not a day that nobody knows of"),
]


@pytest.mark.parametrize(
    ("table", "line", "says", "because"), BROKEN, ids=[row[-1] for row in BROKEN]
)
def test_a_broken_table_is_refused_with_file_and_line(tmp_path, table, line, says, because):
    (tmp_path / "de.csv").write_text(table)
    with pytest.raises(PolicyError) as refused:
        load_calendar("de", tmp_path)
    assert f"de.csv:{line}: " in str(refused.value) and says in str(refused.value), because


def test_an_unknown_calendar_is_refused_with_those_that_there_are():
    with pytest.raises(PolicyError, match=r"zz\.csv: no such calendar; there are at, be, br, ca"):
        load_calendar("zz")
