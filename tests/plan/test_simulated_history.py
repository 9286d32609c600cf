"""What the outbox would hold, had another policy decided since FROM: what is real stays real."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from receivables.select.outbox_past import TYPES
from receivables.sql import Session, session

FROM = date(2026, 3, 10)
NAMES = list(TYPES["notice_history"])


def on(day: int) -> date:
    return date(2026, 3, day)


# id | real night of it | its state, days until acted on | decided by real nights | simulated on |
#   then held as (night, state, acted on) | because
FATES = [
    ("OLD", 5, ("failed", 0), [5], None, (5, "failed", 5), "before FROM all is as it was"),
    ("BOTH", 11, ("unknown", 2), [11], 11, (11, "unknown", 13), "a real notice has its real fate"),
    ("LATER", 13, ("sent", 1), [13], 11, (11, "sent", 12), "sent otherwise, it takes as long"),
    ("BOUNCED", 12, ("failed", 1), [12], 14, (14, "failed", 15), "a bad address stays bad"),
    ("NEW", None, None, [], 12, (12, "sent", 13), "it leaves on the morning after"),
    ("REFUSED", None, None, [12], 12, None, "the real one was not drafted"),
    ("AGAIN", 13, ("sent", 1), [12, 13], 12, None, "it was drafted the night after, not that night"),
    ("SILENT", None, None, [], 15, None, "that night drafted none of its notices"),
    ("DROPPED", 11, ("sent", 1), [11], None, None, "the policy would not have written it"),
]
OTHERS = [("ELSE-12", 12), ("ELSE-14", 14)]  # nights that did draft; 15 did not


def row(notice_id: str, day: int, state: str | None = None, acted: int | None = None) -> list[object]:
    values: dict[str, object] = {
        "notice_id": notice_id, "customer_id": "C", "invoice_id": notice_id, "instalment_no": 1,
        "step": "reminder_1", "notice_step": "reminder_1", "cycle": f"{notice_id}/1",
        "generation": 0, "as_of_date": on(day), "state": state,
        "acted_on": None if acted is None else on(day) + timedelta(days=acted),
    }
    return [values[name] for name in NAMES]


def insert(sql: Session, table: str, rows: list[list[object]]) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in TYPES["notice_history"].items())
    sql.connection.execute(f"create table {table} ({columns})")
    sql.connection.executemany(f"insert into {table} values ({', '.join('?' * len(NAMES))})", rows)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str, int]]:
    folder: Path = tmp_path_factory.mktemp("history")
    with session(folder) as sql:
        insert(sql, "real_history", [
            *(row(name, day, *fate) for name, day, fate, *_ in FATES if fate and day),
            *(row(name, day, "sent", 1) for name, day in OTHERS),
        ])
        insert(sql, "real_notice", [
            *(row(name, day) for name, _, _, decided, *_ in FATES for day in decided),
            row("UNDRAFTED", 15),
        ])
        insert(sql, "simulated", [row(f[0], f[4]) for f in FATES if f[4]])
        sql.connection.execute(
            "create view simulated_item as select * exclude (state, acted_on) from simulated"
        )
        rows = sql.rows("plan/simulated_history", from_date=FROM)
    assert [list(each) for each in rows] == [NAMES] * len(rows)
    found = {r["notice_id"]: (r["as_of_date"].day, r["state"], r["acted_on"].day) for r in rows}
    assert len(found) == len(rows), "no notice twice"
    return found


@pytest.mark.parametrize("fate", FATES, ids=[fate[-1] for fate in FATES])
def test_what_became_of_a_notice_under_another_policy(
    held: dict[str, tuple[int, str, int]], fate: tuple[object, ...]
) -> None:
    *_, expected, because = fate
    assert held.get(str(fate[0])) == expected, because


def test_the_outbox_holds_nothing_else(held: dict[str, tuple[int, str, int]]) -> None:
    assert set(held) == {str(fate[0]) for fate in FATES if fate[-2]}
