"""Who may draft: every lock has to agree; and letters that a newer night would not write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from company import DAY, ENTITY, Company, after
from receivables import night
from receivables.publish.report import PublishReport
from seller import NEXT_DAY, RELEASE, SETTINGS, content, copied, query, seller

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def undrafted(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The seller's first night, published and accepted, and not released."""
    company = seller(tmp_path_factory.mktemp("undrafted"))
    assert company.quick_night(settings=SETTINGS).drafted == 0
    night.accept(company.run(settings=SETTINGS), ENTITY, because=RELEASE)
    return company


def letters(company: Company) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as connection:
        return connection.execute(
            "select customer_id, step, state, as_of_date, generation, release_reason from outbox "
            "order by customer_id, as_of_date"
        ).fetchall()


@pytest.mark.parametrize("release, now, time_zones, refusal, because", [
    ("schedule", NOON, ("UTC", "UTC"), "", "the schedule's own night"),
    ("Ann: the machine was down", NOON, ("UTC", "UTC"), "", "a person says why"),
    (None, NOON, ("UTC", "UTC"), "neither the schedule nor a person", "nobody released it"),
    ("schedule", NOON + timedelta(days=1), ("UTC", "UTC"), "only the newest closed day",
     "a cleared run of an old day has run type scheduled too"),
    ("schedule", datetime(2026, 4, 1, 23, tzinfo=UTC), ("UTC", "Asia/Tokyo"), "",
     "it is 2 April in Tokyo, but still 1 April for the company"),
    ("schedule", datetime(2026, 4, 1, 1, tzinfo=UTC), ("America/Sao_Paulo", "UTC"), "",
     "the company's day is not over yet, the legal entity's is"),
    ("schedule", datetime(2026, 4, 2, 1, tzinfo=UTC), ("America/Sao_Paulo", "UTC"), "",
     "the company's newest closed day is still 31 March"),
    ("schedule", datetime(2026, 4, 2, 4, tzinfo=UTC), ("America/Sao_Paulo", "UTC"),
     "only the newest closed day", "over for both"),
])
def test_who_may_draft(
    undrafted: Company,
    tmp_path: Path,
    release: str | None,
    now: datetime,
    time_zones: tuple[str, str],
    refusal: str,
    because: str,
) -> None:
    company = copied(undrafted, tmp_path)
    of_the_company, of_the_entity = time_zones
    run = company.run(release=release, now=now, settings={
        "time_zone": of_the_company,
        "entity": {**SETTINGS["entity"], "time_zone": of_the_entity},
    })
    report = night.publish(run, ENTITY)
    assert report.not_drafted_because.startswith(refusal), because
    assert bool(refusal) == bool(report.not_drafted_because)
    assert report.drafted == (0 if refusal else report.notices) == len(letters(company))
    if not refusal:
        assert {row[5] for row in letters(company)} == {f"{release}; accepted: {RELEASE}"}


def test_drafting_again_drafts_nothing(company: Company) -> None:
    before = letters(company)
    report = company.quick_night(settings=SETTINGS, release=RELEASE)
    assert (report.drafted, report.drafted_before) == (0, 6)
    assert letters(company) == before


def test_a_letter_that_cannot_be_written_stops_no_other_and_is_counted(tmp_path: Path) -> None:
    company = seller(tmp_path)
    company.rows["contact"][0]["email"] = "nobody@example.com\r\nBcc: all@example.com"
    report = company.quick_night(settings=SETTINGS, release=RELEASE)
    assert (report.notices, report.drafted, report.refused) == (6, 5, 1)
    assert ", 1 refused" in report.sentence


# customer, what becomes of the letter that waits, because
EVENTS = [
    ("PAYS", "withdrawn", "it is paid"),
    ("PAYS-A-PART", "withdrawn", "the letter asks for too much"),
    ("DISPUTES", "withdrawn", "it is contested"),
    ("PROMISES", "withdrawn", "payment was promised"),
    ("IS-HELD", "withdrawn", "a person asked us to wait"),
    ("HAS-CREDIT", "withdrawn", "a credit lowers what may be asked for"),
    ("SLEEPS", "released", "the letter still says what is so"),
    ("BUYS", "released", "what is not due yet changes nothing"),
]


@pytest.fixture(scope="module")
def overtaken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Company, PublishReport]:
    """A letter to each customer waited while something happened; then came the next night."""
    company = Company(tmp_path_factory.mktemp("overtaken"))
    for customer_id, *_ in EVENTS:
        company.customer(customer_id)
        company.invoice(f"I-{customer_id}", "100.00", "2026-03-01", customer_id)
    company.invoice("I-OLD", "1.00", "2026-01-01", "SLEEPS")
    company.payment("I-OLD", "1.00", "2026-01-01")
    assert next_night(company, DAY).drafted == len(EVENTS)
    day = {"promised_on": str(NEXT_DAY), "due_on": "2026-04-20"}
    company.payment("I-PAYS", "100.00", NEXT_DAY)
    company.payment("I-PAYS-A-PART", "60.00", NEXT_DAY)
    company.add("dispute", invoice_id="I-DISPUTES", opened_on=str(NEXT_DAY))
    company.add("promise", customer_id="PROMISES", amount="100.00", **day)
    company.add("hold", customer_id="IS-HELD", held_from=str(NEXT_DAY), held_until="2026-04-20")
    company.add(
        "receipt", customer_id="HAS-CREDIT", amount="1.00", receipt_date=str(NEXT_DAY)
    )
    company.invoice("I-NEW", "20.00", "2026-05-01", "BUYS")
    return company, next_night(company, NEXT_DAY)


def next_night(company: Company, day: date, **values: Any) -> PublishReport:
    return company.quick_night(day, settings=SETTINGS, release=RELEASE, **values)


@pytest.mark.parametrize("customer_id, state, because", EVENTS)
def test_a_letter_that_still_waits_is_taken_back_if_the_next_night_would_not_write_it(
    overtaken: tuple[Company, PublishReport], customer_id: str, state: str, because: str
) -> None:
    company, report = overtaken
    assert report.withdrawn == sum(state == "withdrawn" for _, state, _ in EVENTS)
    assert {row[2] for row in letters(company) if row[0] == customer_id} == {state}, because
    url = f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}"
    told = f"select distinct status from receivables.notice where customer_id = '{customer_id}'"
    assert query(url, told) == [(state,)], "finance is told"


def test_a_letter_taken_back_is_written_afresh_by_the_night_after(
    overtaken: tuple[Company, PublishReport], tmp_path: Path
) -> None:
    company = copied(overtaken[0], tmp_path)
    report = next_night(company, NEXT_DAY + timedelta(days=5))  # the first business day after Easter
    assert (report.drafted, report.withdrawn) == (2, 0)
    for customer_id in ("PAYS-A-PART", "HAS-CREDIT"):
        assert [row[1:5] for row in letters(company) if row[0] == customer_id] == [
            ("reminder_1", "withdrawn", "2026-03-31", 0),
            ("reminder_1", "released", "2026-04-06", 1),
        ]


def test_a_night_that_is_rebuilt_days_later_takes_no_letter_back(company: Company) -> None:
    company.payment("I1", "100.00", NEXT_DAY)
    report = next_night(company, NEXT_DAY, now=after(NEXT_DAY) + timedelta(days=3))
    assert report.withdrawn == 0
    assert {row[2] for row in letters(company)} == {"released"}


def test_finance_is_told_of_drafts_at_once(company: Company) -> None:
    url = f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}"
    rows = query(url, "select status, drafted_at, message_id from receivables.notice")
    assert {row[0] for row in rows} == {"released"}
    assert {row[1] for row in rows} == {after(DAY).replace(tzinfo=None)}
    assert all(message_id for _, _, message_id in rows)
    assert len(content(url)["notice"]) == 6
