"""How long a reply pauses the letters: in business days of the customer's country and ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from receivables.sql import Session, session

HOLIDAY = date(2026, 4, 3)  # Good Friday
REPLIES = [
    # replied at | days | letter would leave on | kind | state | paused until | because
    ("2026-03-02 09:00", 3, "2026-03-05", "reply", "new", "2026-03-06", "Tuesday, Wednesday, Thursday"),
    ("2026-03-02 09:00", 3, "2026-03-06", "reply", "new", None, "the three days are over"),
    ("2026-03-06 09:00", 3, "2026-03-11", "reply", "new", "2026-03-12", "a weekend does not count"),
    ("2026-03-07 09:00", 3, "2026-03-11", "reply", "new", "2026-03-12", "a reply on a Saturday"),
    ("2026-04-01 09:00", 2, "2026-04-06", "reply", "new", "2026-04-07", "nor does a holiday"),
    ("2026-03-02 09:00", 0, "2026-03-02", "reply", "new", "2026-03-03", "the day itself, whatever is said"),
    ("2026-03-02 09:00", 0, "2026-03-03", "reply", "new", None, "no pause is wanted"),
    ("2026-03-02 09:00", 3, "2026-03-05", "reply", "confirmed", "2026-03-06", "read, and to be entered"),
    ("2026-03-02 09:00", 3, "2026-03-05", "reply", "dismissed", None, "nothing was in it"),
    ("2025-03-02 09:00", 3, "2026-03-05", "complaint", "new", "complaint", "until a person resolved it"),
    ("2020-03-02 09:00", 3, "2026-03-05", "complaint", "new", "complaint", "however long ago"),
    ("2026-03-02 09:00", 3, "2026-03-05", "complaint", "confirmed", None, "a person resolved it"),
]


@pytest.fixture(scope="module")
def sql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder: Path = tmp_path_factory.mktemp("pause")
    with session(folder) as opened:
        execute = opened.connection.execute
        execute("create table business_day (country varchar, day date, is_business_day boolean, number integer)")
        number = 0
        for offset in range(500):
            day = date(2025, 1, 1) + timedelta(days=offset)
            is_business_day = day.isoweekday() <= 5 and day != HOLIDAY
            number += is_business_day
            execute("insert into business_day values ('DE', ?, ?, ?)", [day, is_business_day, number])
        yield opened


@pytest.mark.parametrize(
    ("at", "days", "leaves_on", "kind", "state", "until", "because"), REPLIES,
    ids=[row[-1] for row in REPLIES],
)
def test_how_long_an_answer_holds_a_letter(
    sql: Session, at: str, days: int, leaves_on: str, kind: str, state: str, until: str | None,
    because: str,
) -> None:
    execute = sql.connection.execute
    execute("create or replace table inbound_message as select 'C1' as customer_id, "
            "$k as kind, $s as state, $a::timestamp as received_at", {"k": kind, "s": state, "a": at})
    execute("create or replace table customer_policy as select 'C1' as customer_id, "
            "'DE' as country, $d::integer as reply_pause_days", {"d": days})
    as_of_date = date.fromisoformat(leaves_on) - timedelta(days=1)
    rows = sql.rows("select/customer_reply", as_of_date=as_of_date)
    told = ["complaint" if row["is_complaining"] else str(row["pause_ends_on"]) for row in rows]
    assert told == ([] if until is None else [until]), because
