"""The purge: which letters lose their text, and which must not yet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from company import DAY, Company, after
from ida import lead, story
from receivables.errors import SettingsError
from receivables.lake import Lake
from receivables.privacy.purge import PurgeReport, purge
from receivables.settings import Privacy
from receivables.sql import session
from seller import RELEASE


def purged(company: Company, now: datetime, **privacy: int) -> PurgeReport:
    run = company.run(settings={"privacy": privacy} if privacy else {})
    return purge(run.settings, resolve=run.resolve, now=now, progress=str)


def night_with(company: Company, day: date, *open_items: str) -> None:
    """A published night in which some items are open; of the rest nothing is asked here."""
    lake = Lake(company.home / "home")
    night = lake.open_official(
        lake.night(as_of_date=day, legal_entity_id="E1", known_at=after(day)))
    with session(lake.scratch) as sql:
        sql.connection.execute("create table open_item (invoice_id varchar, instalment_no integer, "
                               "customer_id varchar)")
        for item in open_items:
            sql.connection.execute("insert into open_item values (?, 1, 'C1')", [item])
        sql.write_table("open_item", night.file("open_item"))
    night.record(sealed=True)


def in_days(days: int) -> datetime:
    return after(DAY) + timedelta(days=days)


# I1 is paid on the third night; I2 stays open in the shipped story.
CASES = [
    # days since the letters left | open on the nights after so many days | gone, kept | because
    (89, {89: ["I2"]}, (0, 0), "their time is not over"),
    (95, {95: ["I2"]}, (1, 1), "I1 was paid long ago, I2 is open"),
    (95, {50: ["I1", "I2"], 95: ["I2"]}, (0, 2), "I1 was open again within the time"),
    (95, {95: []}, (1, 1), "I2 was open when the time began"),
    (200, {50: ["I2"], 100: [], 200: []}, (2, 0), "nothing was open for as long"),
    (95, {}, (1, 1), "the last nights that there are say the same"),
]


@pytest.fixture(scope="module")
def led(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Ida's company after nights that begin at the ledger: nothing here asks what was landed."""
    company = story(tmp_path_factory.mktemp("purged"))
    return lead(company, lambda day: company.quick_night(day, release=RELEASE))


@pytest.mark.parametrize(
    ("days", "nights", "expected", "because"), CASES, ids=[row[-1] for row in CASES]
)
def test_which_letters_lose_their_text(company, letters, days, nights, expected, because):
    for night, items in nights.items():
        night_with(company, DAY + timedelta(days=night), *items)
    report = purged(company, in_days(days))
    assert (report.letters, report.kept) == expected, because
    with letters._reading() as outbox:
        rows = outbox.exec_driver_sql("select message, body_sha256, amount_text, message_id, "
                                      "state from outbox").all()
    assert sum(row.message == b"" for row in rows) == expected[0]
    assert all(row.body_sha256 and row.amount_text and row.message_id for row in rows)
    assert {row.state for row in rows} == {"sent"}
    assert len(list((company.home / "home" / "mail").glob("*/*.eml"))) == 2 - expected[0]


def test_a_flagged_night_does_not_say_what_is_paid(company):
    """Receipts that came twice would show what is open as paid."""
    for day in (100, 200):
        night_with(company, DAY + timedelta(days=day))
        lake = Lake(company.home / "home")
        night = lake.official(as_of_date=DAY + timedelta(days=day), legal_entity_id="E1")
        night.flag.write_text('{"breakers": ["rows_twice"]}')
    assert purged(company, in_days(200)) == PurgeReport(letters=1, kept=1)


def test_a_second_purge_removes_nothing(company):
    assert purged(company, in_days(95)).letters == 1
    assert purged(company, in_days(95)).letters == 0


@pytest.mark.parametrize(
    ("days", "gone"), [(30, 1), (365, 0)], ids=["a shorter time", "a longer one"]
)
def test_the_time_is_a_setting(company, days, gone):
    assert purged(company, in_days(95), letter_days=days).letters == gone


def test_without_a_night_old_enough_nothing_is_removed(company, letters, tmp_path):
    lake = Lake(company.home / "home")
    for day in list(lake.nights.glob("*")):
        day.rename(tmp_path / day.name)
    night_with(company, DAY + timedelta(days=100))
    assert purged(company, in_days(100)) == PurgeReport(letters=0, kept=2)


@pytest.mark.parametrize(
    ("privacy", "fault"),
    [
        ({"letter_days": 0}, "privacy.letter_days: 0 must be a whole number of days from 1"),
        ({"letter_days": "ninety"}, "'ninety' must be a whole number"),
        ({"letter_days": True}, "True must be a whole number"),
        ({"letters": 3}, "privacy: letters: unknown key"),
    ],
)
def test_a_faulty_period_is_refused_with_its_fault(tmp_path, privacy, fault):
    with pytest.raises(SettingsError, match=fault):
        Company(tmp_path).settings(privacy=privacy)


def test_where_nothing_is_said_letters_are_kept_for_ninety_days(tmp_path: Path):
    assert Company(tmp_path).settings().privacy == Privacy(letter_days=90)
