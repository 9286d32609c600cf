"""Each breaker by itself: what it lets pass, where it trips, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from receivables.contract import tables
from receivables.errors import SettingsError
from receivables.limits import breakers, default_limits
from receivables.publish.breaker import (
    Verdict,
    breaker_names,
    check_breakers,
    read_business_days,
)
from receivables.sql import Session, session
from receivables.validate.column import TYPES
from seller import SETTINGS, seller

DAY = date(2026, 3, 31)
LIMITS = {**default_limits(), "notices_per_night_max": 2000, "final_step": "final_demand"}
NIGHTS = 10

# A sound night: a thousand items of a hundred euros, of which two hundred are overdue.
MEASURES = [
    ("receipts_age", "receipt", 0), ("receipts_of_the_day", "receipt", 40),
    ("open_total", "EUR", 100_000), ("open_items", "EUR", 1000), ("median_invoice", "EUR", 100),
    ("overdue_items", "open_item", 200), ("contacted_items", "open_item", 30),
    ("notices", "notice", 20), ("final_steps", "notice", 2),
    *(("rows", table, 2000) for table in tables()),
]
OTHER_TABLES = """
create table night as select date '2026-03-31' as as_of_date, date '2026-03-30' as earlier_date,
    false as open_amounts_from_source;
create table extract_age as select date '2026-03-31' as landed_on, date '2026-03-31' as known_on;
create table open_item as select 'I' || n as invoice_id, 1 as instalment_no, 'C1' as customer_id,
    'EUR' as currency, date '2026-04-10' as due_date, 100.00::decimal(18, 4) as open_amount
    from range(1000) numbers(n);
create table earlier_open_item as select * from open_item;
insert into invoice (invoice_id, invoice_number, customer_id, document_type, currency,
    posting_date, gross_amount) select 'I' || n, n, 'C1', 'invoice', 'EUR', date '2026-03-01', 100
    from range(4000) numbers(n);
create table earlier_invoice as select * from invoice;
insert into receipt (receipt_id, customer_id, currency, receipt_date, amount)
    select 'R' || n, 'C1', 'EUR', date '2026-03-30', 100 from range(3000) numbers(n);
create table earlier_receipt as select * from receipt;
create table notice as select 'N' || n as notice_id from range(20) numbers(n);
create table quarantine (source_table varchar, source_row bigint, row_key varchar);
create table reconciliation as select 'EUR' as currency, 'differs' as status, '' as because,
    100000.00 as subledger_amount, 100000.00 as ledger_amount;
"""


def measured(measure: str, value: float) -> str:
    return f"update breaker_measure set value = {value} where measure = '{measure}'"


def quarantined(table: str, rows: int) -> str:
    return f"insert into quarantine select '{table}', n, n from range({rows}) numbers(n)"


def due_earlier(items: int) -> str:
    return f"update open_item set due_date = due_date - 365 where invoice_id[2:]::int < {items}"


def undated(items: int) -> str:
    return f"update open_item set due_date = null where invoice_id[2:]::int < {items}"


def copied(documents: int) -> str:
    return ("insert into invoice by name select * replace ('D' || invoice_id as invoice_id) "
            f"from invoice where invoice_number::int < {documents}")


def revived(items: int) -> str:
    return f"delete from earlier_open_item where invoice_id[2:]::int < {items}"


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[Session]:
    """A sound night, and ten like it before."""
    with session(tmp_path) as sql:
        for name, table in tables().items():
            columns = ", ".join(f'"{c.name}" {TYPES[c.type]}' for c in table.columns)
            sql.connection.execute(f'create table "{name}" ({columns})')
        sql.connection.execute(OTHER_TABLES)
        read_business_days(sql, country="DE", since=DAY, until=DAY)
        columns = "measure varchar, subject varchar, value decimal(38, 4)"
        sql.connection.execute(f"create table breaker_measure ({columns})")
        sql.connection.execute(f"create table breaker_history (as_of_date date, {columns})")
        sql.connection.executemany("insert into breaker_measure values (?, ?, ?)", MEASURES)
        for ago in range(1, NIGHTS + 1):
            sql.connection.execute(
                "insert into breaker_history select ?, * from breaker_measure",
                [DAY - timedelta(days=ago)],
            )
        yield sql


def tripped(sql: Session) -> list[Verdict]:
    return [verdict for verdict in check_breakers(sql, LIMITS) if verdict.is_tripped]


EDGES = [
    # breaker | the last that passes | the first that trips | because
    ("extract_is_fresh", "update extract_age set landed_on = '2026-03-27'",
     "update extract_age set landed_on = '2026-03-26'", "a weekend is no age"),
    ("receipts_are_there", "select 1", "delete from receipt",
     "not one"),
    ("receipts_are_fresh", measured("receipts_age", 2), measured("receipts_age", 3),
     "two days without money happen"),
    ("receipts_keep_coming", measured("receipts_of_the_day", 10),
     measured("receipts_of_the_day", 9), "a quarter of forty"),
    ("receipts_never_fall", "delete from receipt where receipt_id in ('R1', 'R2', 'R3')",
     "delete from receipt where receipt_id in ('R1', 'R2', 'R3', 'R4')", "a thousandth"),
    ("paid_stays_paid", revived(6), revived(7), "a five-hundredth of three thousand settled"),
    ("open_total_is_steady", measured("open_total", 115_000), measured("open_total", 115_001),
     "15 % up"),
    ("open_total_is_steady", measured("open_total", 85_000), measured("open_total", 84_999),
     "15 % down"),
    ("overdue_is_steady", measured("overdue_items", 300), measured("overdue_items", 301),
     "half as many again"),
    ("median_invoice_is_steady", measured("median_invoice", 150), measured("median_invoice", 151),
     "half as large again"),
    ("median_invoice_is_steady", measured("median_invoice", 67), measured("median_invoice", 66),
     "or two thirds"),
    ("row_counts_hold", measured("rows", 1000), measured("rows", 999), "half of them"),
    ("duplicates_within_limit", copied(4), copied(5), "a thousandth, of four thousand"),
    ("quarantine_within_limit", quarantined("invoice", 105), quarantined("invoice", 106), "5 %"),
    ("quarantine_within_limit", quarantined("receipt", 20), quarantined("receipt", 21),
     "1 %, for money lowers debts"),
    ("due_dates_are_known", undated(50), undated(51), "5 %"),
    ("due_dates_stay", due_earlier(5), due_earlier(6), "half a per cent"),
    ("currency_mix_is_steady", "insert into breaker_measure values ('open_items', 'USD', 111)",
     "insert into breaker_measure values ('open_items', 'USD', 112)", "a tenth"),
    ("ledger_ties", "update reconciliation set ledger_amount = 102040",
     "update reconciliation set ledger_amount = 102041", "2 %"),
    ("contacted_share_within_limit", measured("contacted_items", 70),
     measured("contacted_items", 71), "35 % of two hundred"),
    ("notices_within_limit", "select 1", "insert into notice select 'M' || n from range(1981) m(n)",
     "the policy's own limit"),
    ("notices_as_usual", measured("notices", 40), measured("notices", 41), "twice the usual"),
    ("final_steps_as_usual", measured("final_steps", 4), measured("final_steps", 5), "twice two"),
]


@pytest.mark.parametrize("breaker, passes, trips, because", EDGES)
def test_a_breaker_trips_one_beyond_its_limit(
    sound: Session, breaker: str, passes: str, trips: str, because: str
) -> None:
    sound.connection.execute("begin")
    sound.connection.execute(passes)
    assert tripped(sound) == [], because
    sound.connection.execute("rollback")
    sound.connection.execute(trips)
    assert breaker in {verdict.check_id for verdict in tripped(sound)}, because


def test_every_breaker_is_shown_to_trip_and_is_described() -> None:
    assert {row[0] for row in EDGES} == set(breaker_names()) == set(breakers()) - {"history"}


def test_every_breaker_says_what_it_measured_and_its_limit(sound: Session) -> None:
    verdicts = check_breakers(sound, LIMITS)
    assert {verdict.check_id for verdict in verdicts} == set(breaker_names())
    for verdict in verdicts:
        assert verdict.outcome == "pass", verdict
        assert "trips" in verdict.finding or "allows" in verdict.finding, verdict


@pytest.mark.parametrize("measure, value", [("open_total", 111_000), ("open_total", 89_000)])
def test_what_moved_by_a_tenth_is_told_and_stops_nothing(
    sound: Session, measure: str, value: float
) -> None:
    sound.connection.execute(measured(measure, value))
    warned = [v.check_id for v in check_breakers(sound, LIMITS) if v.outcome == "warn"]
    assert warned == ["open_total_is_steady"]


def test_a_total_that_is_usual_may_move_far(sound: Session) -> None:
    """A month-end's invoices move it each month; a month ago it was there, too."""
    sound.connection.execute(
        "update breaker_history set value = 140000 where measure = 'open_total' "
        "and as_of_date = '2026-03-22'"
    )
    sound.connection.execute(measured("open_total", 146_900))
    assert tripped(sound) == []
    sound.connection.execute(measured("open_total", 147_100))
    assert {verdict.check_id for verdict in tripped(sound)} == {"open_total_is_steady"}


@pytest.mark.parametrize("nights, judges", [(4, False), (5, True)])
def test_nothing_is_usual_before_the_fifth_sound_night(
    sound: Session, nights: int, judges: bool
) -> None:
    sound.connection.execute(
        "delete from breaker_history where as_of_date < ?", [DAY - timedelta(days=nights)]
    )
    found = {verdict.check_id: verdict.outcome for verdict in tripped(sound)}
    assert found == {} if judges else found == dict.fromkeys([
        "contacted_share_within_limit", "final_steps_as_usual", "median_invoice_is_steady",
        "notices_as_usual", "overdue_is_steady", "receipts_are_fresh", "receipts_keep_coming",
    ], "no_history")


@pytest.mark.parametrize("damage", ["drop table notice", "drop table breaker_history; "
                                    "create table breaker_history as select null::date as "
                                    "as_of_date, '' as measure, '' as subject, 0 as value limit 0"])
def test_a_breaker_that_cannot_be_evaluated_has_tripped(sound: Session, damage: str) -> None:
    sound.connection.execute(damage)
    assert tripped(sound) != []


def test_with_few_items_chance_may_move_more(sound: Session) -> None:
    sound.connection.execute("update breaker_measure set value = 10 where measure = 'open_items'")
    sound.connection.execute("update breaker_history set value = 10 where measure = 'open_items'")
    sound.connection.execute(measured("open_total", 245_000))
    assert tripped(sound) == [], "10 are a hundredth of 1000, so ten times 15 %"
    sound.connection.execute(measured("open_total", 251_000))
    assert {verdict.check_id for verdict in tripped(sound)} == {"open_total_is_steady"}


@pytest.mark.parametrize("said, fault", [
    ({"open_total_stopp": 0.3}, "unknown key"),
    ({"open_total_stop": "30 %"}, "must be a number"),
    ({"history_nights_min": 0}, "nothing is usual without history"),
])
def test_a_limit_of_the_settings_is_a_number_that_there_is(
    tmp_path: Path, said: dict[str, object], fault: str
) -> None:
    with pytest.raises(SettingsError, match=fault):
        seller(tmp_path).settings(entity={**SETTINGS["entity"], "breakers": said})
