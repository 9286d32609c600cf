"""The views for the impatient: the same on both engines, of official nights only."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from company import DAY, Company
from receivables.publish import warehouse
from seller import Rows, query

EARLIER = DAY - timedelta(days=1)


def write(url: str, *rows: tuple[str, dict[str, Any]]) -> None:
    """Put rows into the warehouse's tables."""
    with warehouse.open_warehouse(url) as opened:
        for table, values in rows:
            marks = ", ".join("?" * len(values))
            opened.execute(
                f"insert into receivables.{table} ({', '.join(values)}) values ({marks})",
                list(values.values()),
            )


def night(day: date = DAY, entity: str = "E1", **values: Any) -> tuple[str, dict[str, Any]]:
    stated = {"is_restated": False, "status": "published", **values}
    return "night", {"as_of_date": day, "legal_entity_id": entity, **stated}


def item(
    table: str, invoice: str = "I1", day: date = DAY, entity: str = "E1", **values: Any
) -> tuple[str, dict[str, Any]]:
    key = {"as_of_date": day, "legal_entity_id": entity, "invoice_id": invoice, "instalment_no": 1}
    stated = {"is_restated": False} if table == "aging_snapshot" else {"is_sleeping": False}
    return table, {**key, "customer_id": "C1", "currency": "EUR", **stated, **values}


def test_a_view_has_the_columns_and_types_that_are_said(warehouse_url: str) -> None:
    write(warehouse_url)
    asked = "select table_name, column_name, data_type from information_schema.columns " \
            "where table_schema = 'receivables' order by table_name, ordinal_position"
    found: dict[str, dict[str, str]] = {name: {} for name in warehouse.views()}
    types: dict[str, set[str]] = {}
    for name, column, kind in query(warehouse_url, asked):
        if name in found:
            found[name][column] = kind
        else:
            [(said, _)] = [warehouse.tables()[name]["columns"][column]]
            types.setdefault(said, set()).add(kind)
    for name, view in warehouse.views().items():
        assert list(found[name]) == list(view["columns"]), name
        for column, (said, _) in view["columns"].items():
            assert found[name][column] in types[said], f"{name}.{column}"


AGING = [
    # night, its row | in v_aging_today | because
    ((night(), item("aging_snapshot")), True, "the newest night"),
    ((night(status="flagged"), item("aging_snapshot")), True, "a flagged night is published too"),
    ((night(EARLIER), item("aging_snapshot", day=EARLIER), night()), False, "it is settled by now"),
    ((night(EARLIER), item("aging_snapshot", day=EARLIER), night(entity="E2")), True,
     "another legal entity's newer night says nothing of this one"),
    ((night(EARLIER), item("aging_snapshot", day=EARLIER), night(is_restated=True)), True,
     "a restatement is no official night"),
    ((night(), item("aging_snapshot", is_restated=True)), False, "a restated row is not official"),
]


@pytest.mark.parametrize(("rows", "is_shown", "because"), AGING, ids=[row[-1] for row in AGING])
def test_aging_today(tmp_path: Any, rows: Any, is_shown: bool, because: str) -> None:
    url = f"duckdb:///{tmp_path / 'aging.duckdb'}"
    write(url, *rows)
    assert bool(query(url, "select * from receivables.v_aging_today")) == is_shown, because


def test_aging_at_month_end_is_that_of_the_last_night_of_a_month_that_is_over(
    warehouse_url: str,
) -> None:
    nights = [
        # night | its month's end, if it is that | because
        (date(2025, 2, 27), date(2025, 2, 28), "the last one of its month, a day early"),
        (date(2026, 1, 30), None, "another one of its month follows"),
        (date(2026, 1, 31), date(2026, 1, 31), "the last day of its month"),
        (date(2026, 2, 27), date(2026, 2, 28), "a month of 2026, not the one of 2025"),
        (date(2026, 3, 1), None, "its month is not over"),
    ]
    rows = [(night(day), item("aging_snapshot", day=day)) for day, *_ in nights]
    restated = date(2026, 3, 31)
    write(warehouse_url, *(put for pair in rows for put in pair), night(restated, is_restated=True),
          night(date(2026, 1, 31), "E2"), item("aging_snapshot", day=date(2026, 1, 31), entity="E2"))
    found = dict(query(warehouse_url, "select as_of_date, month_end_date from "
                                      "receivables.v_aging_month_end where legal_entity_id = 'E1'"))
    for day, month_end, because in nights:
        assert found.get(day) == month_end, because
    assert query(warehouse_url, "select as_of_date from receivables.v_aging_month_end "
                 "where legal_entity_id = 'E2'") == [(date(2026, 1, 31),)], "its last day is there"


def letter(status: str, cycle: str = "I1/1", **values: Any) -> tuple[str, dict[str, Any]]:
    return "notice", {
        "as_of_date": DAY, "legal_entity_id": "E1", "customer_id": "C1", "notice_id": cycle,
        "currency": "EUR", "cycle": cycle, "status": status, **values,
    }


def decided(outcome: str, reason_code: str, **values: Any) -> tuple[str, dict[str, Any]]:
    return item("decision", outcome=outcome, reason_code=reason_code, reason_text="as decided",
                **{"days_past_due": 30, **values})


DUE = decided("selected", "STEP_DUE")
FALLS_DUE = decided("selected", "STEP_DUE", invoice="I2", days_past_due=-7)
WHY = [
    # rows of the night | letter_status and words of I1, or nothing | because
    ((decided("blocked", "DISPUTED"),), (None, "as decided"), "the night's own reason"),
    ((decided("not_due", "NOT_DUE", days_past_due=-20),), (None, "as decided"),
     "that it is not due is a reason, too"),
    ((DUE, letter("sent")), None, "the letter went"),
    ((DUE, letter("not_drafted")), ("not_drafted", "A letter is due, and the night drafted none"),
     "decided, but the night was not released"),
    ((DUE, letter("drafted")), ("drafted", "The letter waits for a person"), "nobody approved"),
    ((DUE, letter("released")), ("released", "The letter waits to be sent"), "not sent yet"),
    ((DUE, letter("armed")), ("armed", "The letter is being sent"), "no answer yet"),
    ((DUE, letter("unknown")), ("unknown", "Nobody knows"), "no answer came"),
    ((DUE, letter("failed")), ("failed", "The mail server refused"), "a wrong address"),
    ((DUE, letter("expired")), ("expired", "The letter was not sent in time"), "it lay too long"),
    ((DUE, letter("withdrawn")), ("withdrawn", "The letter was taken back"), "paid meanwhile"),
    ((DUE, FALLS_DUE, letter("sent", "I2/1"), letter("failed")),
     ("failed", "The mail server refused"), "what went was the other letter, of what falls due"),
    ((DUE, FALLS_DUE, letter("failed", "I2/1"), letter("sent")), None,
     "what failed was the other letter, of what falls due"),
    ((DUE, letter("sent", currency="USD")), (None, "as decided"), "no letter asks for these euros"),
    ((DUE, letter("sent"), night(EARLIER), item("decision", day=EARLIER, outcome="blocked")), None,
     "an earlier night's reason is no reason any more"),
]


@pytest.mark.parametrize(("rows", "expected", "because"), WHY, ids=[row[-1] for row in WHY])
def test_why_an_item_got_no_letter(
    tmp_path: Any, rows: Any, expected: tuple[str | None, str] | None, because: str
) -> None:
    url = f"duckdb:///{tmp_path / 'why.duckdb'}"
    write(url, night(), *rows)
    _has_told(url, expected, because)


def _has_told(url: str, expected: tuple[str | None, str] | None, because: str) -> None:
    found = query(url, "select letter_status, because from receivables.v_why_not_contacted "
                       "where invoice_id = 'I1'")
    assert len(found) == (expected is not None), because
    if expected:
        [(status, words)] = found
        assert status == expected[0] and words.startswith(expected[1]), because


def test_postgresql_tells_the_same_of_them_all(postgres_database: str) -> None:
    url = postgres_database
    for rows, expected, because in WHY:
        write(url, night(), *rows)
        _has_told(url, expected, because)
        with warehouse.open_warehouse(url) as opened:
            for table in ("night", "decision", "notice"):
                opened.execute(f"delete from receivables.{table}")


def test_every_open_item_of_a_night_has_its_answer(published: Company) -> None:
    """Nothing was sent yet: every item is told once, with the words of its decision or letter."""
    url = f"duckdb:///{published.home / 'home' / 'warehouse.duckdb'}"
    items = "select invoice_id, instalment_no from receivables."
    told = query(url, f"{items}v_why_not_contacted order by all")
    assert told == query(url, f"{items}decision order by all") and len(told) == 8
    assert query(url, "select distinct letter_status, because from receivables.v_why_not_contacted "
                      "where outcome = 'selected'") == [("released", "The letter waits to be sent.")]
    assert query(url, "select count(*) from receivables.v_why_not_contacted "
                      "where invoice_number is null or because is null") == [(0,)]


SLEEPING = [
    # rows | sleeps | because
    ((night(), item("decision", is_sleeping=True)), True, "nobody spoke about it"),
    ((night(), item("decision")), False, "all is well"),
    ((night(EARLIER), item("decision", day=EARLIER, is_sleeping=True), night(), item("decision")),
     False, "somebody called yesterday"),
    ((night(), item("decision", is_sleeping=True), night(DAY + timedelta(days=1), is_restated=True)),
     True, "a restatement awakes nobody"),
]


@pytest.mark.parametrize(("rows", "sleeps", "because"), SLEEPING, ids=[r[-1] for r in SLEEPING])
def test_sleeping_items(tmp_path: Any, rows: Any, sleeps: bool, because: str) -> None:
    url = f"duckdb:///{tmp_path / 'sleeping.duckdb'}"
    write(url, *rows)
    assert bool(query(url, "select * from receivables.v_sleeping_items")) == sleeps, because


def _views(url: str) -> Rows:
    """The views, and which transaction made them."""
    if url.startswith("duckdb"):
        return query(url, "select view_name, view_oid from duckdb_views() "
                          "where schema_name = 'receivables' order by all")
    return query(url, "select relname, xmin::text from pg_class where relkind = 'v' "
                      "and relnamespace = 'receivables'::regnamespace order by 1")


def test_a_view_is_made_anew_only_when_its_text_has_changed(
    warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(warehouse_url)
    before = _views(warehouse_url)
    assert [name for name, _ in before] == sorted(warehouse.views())
    write(warehouse_url, night(), item("aging_snapshot"))
    assert _views(warehouse_url) == before, "who reads a view is not made to wait"
    older = {"v_aging_today": {"about": "", "columns": {"one": ["text", ""]}}}
    monkeypatch.setattr(warehouse, "views", lambda: older)
    monkeypatch.setattr("receivables.publish.view.statement", lambda _: "select 'x' as one")
    write(warehouse_url)
    assert query(warehouse_url, "select * from receivables.v_aging_today") == [("x",)]
    monkeypatch.undo()
    write(warehouse_url)
    assert query(warehouse_url, "select invoice_id from receivables.v_aging_today") == [("I1",)]


def test_two_nights_that_are_the_first_at_once_do_not_clash(postgres_database: str) -> None:
    failed: list[Exception] = []

    def publish() -> None:
        try:
            write(postgres_database)
        except Exception as clash:
            failed.append(clash)

    threads = [threading.Thread(target=publish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(_views(postgres_database)) == 4
