"""Just before letters leave: who paid, disputes, promised or is held since is not written to."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from company import DAY, ENTITY, Company, after
from debtors import EVENTS, contact_of, happen, write_database
from receivables import night
from receivables.dispatch.dispatcher import DispatchReport
from receivables.lake import Lake
from seller import copied, query

NINE = after(DAY) + timedelta(hours=7)
FILES: dict[str, Any] = {}
DATABASE = {"kind": "sql", "connection": "erp", "incremental": True}
LETTERS = sum(event.debtors for event in EVENTS)
STOPPED = sum(event.debtors for event in EVENTS if event.reason)


def dispatch(
    company: Company, now: datetime = NINE, *, source: dict[str, Any] = FILES, minutes: Any = 10,
    said: list[str] | None = None, tick: timedelta = timedelta(0),
) -> DispatchReport:
    """A run of the dispatcher; its clock goes on by `tick` whenever it is read."""
    run = company.run(settings={"source": source, "mail": {"last_look_minutes": minutes}})
    reads = iter(range(10_000_000))
    return night.dispatch(
        run.settings, resolve=run.resolve, now=lambda: now + next(reads) * tick,
        progress=(said if said is not None else []).append,
    )


def outbox(company: Company, text: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as connection:
        return connection.execute(text).fetchall()


def sent_to(company: Company) -> set[str]:
    """Whose letters reached the sink, by the message itself and not by what the outbox says."""
    mails = (company.home / "home" / "mail").rglob("*.eml")
    sent = {mail.stem for mail in mails}
    return {customer for customer, notice_id
            in outbox(company, "select customer_id, notice_id from outbox") if notice_id in sent}


@pytest.fixture(scope="module", params=["files", "database"])
def looked(
    request: pytest.FixtureRequest, drafted: Company, erp_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Company, DispatchReport, set[Path]]:
    """Everything happened, each letter was due, and the dispatcher ran."""
    company = copied(drafted, tmp_path_factory.mktemp("looked"))
    before = {*company.home.rglob("lake/**/*.*")}
    happen(company)
    if request.param == "files":
        company.write_erp()
        return company, dispatch(company), before
    write_database(company, erp_url)
    try:
        return company, dispatch(company, source=DATABASE), before
    finally:
        write_database(drafted, erp_url)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.because)
def test_what_happened_since_the_night_stops_the_letter_and_nothing_else_does(
    looked: tuple[Company, DispatchReport, set[Path]], event: Any
) -> None:
    company, report, _ = looked
    assert (report.sent, report.withdrawn) == (LETTERS - STOPPED, STOPPED), report
    mine = set(event.customers())
    assert sent_to(company) & mine == (set() if event.reason else mine), event.because
    told = outbox(company, "select outbox.customer_id, state_to, reply from delivery_event "
                           "inner join outbox using (notice_id) where state_to in "
                           "('sent', 'withdrawn')")
    reasons = {(state, (reply or "").partition(";")[0]) for customer, state, reply in told
               if customer in mine and (event.reason or state == "withdrawn")}
    assert reasons == ({("withdrawn", event.reason)} if event.reason else set())
    status = "withdrawn" if event.reason else "sent"
    url = f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}"
    rows = query(url, "select customer_id, status, status_reason from receivables.notice")
    assert {(row[1], (row[2] or "").partition(";")[0]) for row in rows if row[0] in mine} == {
        (status, event.reason or "")
    }, "finance is told"


def test_a_look_leaves_no_trace_in_the_lake(
    looked: tuple[Company, DispatchReport, set[Path]]
) -> None:
    company, _, before = looked
    assert {*company.home.rglob("lake/**/*.*")} == before
    assert list(Lake(company.home / "home").scratch.glob("last-look-*")) == []


# what is wrong with the ERP, how, because
UNBELIEVABLE = [
    ("receipt.csv is being replaced", lambda erp: (erp / "receipt.csv").unlink(),
     "a required table is not there"),
    ("no receipts", lambda erp: keep_lines(erp / "receipt.csv", 1), "people do not unpay"),
    ("half an export", lambda erp: keep_lines(erp / "invoice.csv", 100),
     "an invoice that is missing is not paid"),
    ("allocations lost", lambda erp: keep_lines(erp / "allocation.csv", 12),
     "what was paid is open again"),
]


def keep_lines(file: Path, count: int) -> None:
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:count]))


@pytest.mark.parametrize("what, harm, because", UNBELIEVABLE)
def test_what_cannot_be_believed_lets_all_letters_wait_and_withdraws_none(
    company: Company, what: str, harm: Any, because: str
) -> None:
    harm(company.erp)
    report = dispatch(company)
    assert (report.sent, report.withdrawn, report.left) == (0, 0, LETTERS), because
    assert "E1: no last look: " in (report.stopped_because or ""), what
    assert sent_to(company) == set()


def test_a_source_that_does_not_answer_lets_letters_wait_until_it_does(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = "postgres://root@127.0.0.1:1/nobody_is_there"
    with monkeypatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_ERP", down)
        said: list[str] = []
        report = dispatch(company, source=DATABASE, said=said)
    assert (report.sent, report.put_off, report.left) == (0, LETTERS, LETTERS)
    assert "does not answer" in (report.stopped_because or "")
    assert sum("no last look" in line for line in said) == 1, "asked once, not once a letter"
    assert outbox(company, "select distinct state, attempt_count from outbox") == [("released", 0)]
    later = dispatch(company, NINE + timedelta(minutes=30))
    assert (later.sent, later.stopped_because) == (LETTERS, None)


def test_a_run_looks_again_when_its_look_is_old_and_not_for_each_letter(company: Company) -> None:
    said: list[str] = []
    report = dispatch(company, minutes=60, said=said, tick=timedelta(seconds=2))
    looks = {line.split("last look ")[1].split(",")[0] for line in said if "last look" in line}
    assert report.sent == LETTERS
    assert 3 <= len(looks) <= LETTERS / 10, looks


def test_payments_that_come_while_letters_leave_are_seen_by_the_next_look(
    company: Company,
) -> None:
    class Payers(list[str]):
        """Says of nothing; when the first hundred are sent, all of the others pay."""

        def append(self, line: str) -> None:
            super().append(line)
            if line == "100 sent so far":
                for customer in all_customers():
                    company.payment(f"I-{customer}", "100.00", NINE.date())
                company.write_erp()

    said = Payers()
    report = dispatch(company, minutes=20, said=said, tick=timedelta(seconds=2))
    assert report.sent + report.withdrawn == LETTERS
    assert 100 <= report.sent < 200, "no more than those of the look before"
    assert Counter(reply.partition(";")[0] for (reply,) in outbox(
        company, "select reply from delivery_event where state_to = 'withdrawn'"
    )) == {"PAID": report.withdrawn}


def all_customers() -> list[str]:
    return [customer for event in EVENTS for customer in event.customers()]


def test_letters_leave_on_what_the_night_knew_where_the_settings_say_so(company: Company) -> None:
    happen(company)
    company.write_erp()
    assert dispatch(company, minutes=False).sent == LETTERS


@pytest.mark.parametrize("statement, because", [
    ("update outbox_item set amount = '99.99'", "the items sum to less than the letter says"),
    ("update outbox_item set currency = 'USD'", "it is another currency"),
    ("update outbox_item set amount = '100.000001'", "no cent is that small"),
    ("update outbox set amount_text = 'EUR 999.00'", "the text does not say what is recorded"),
    ("update outbox set amount_text = '€100.00'", "no currency is named"),
    ("delete from outbox_item", "it asks for nothing"),
])
def test_a_letter_goes_only_with_the_amounts_of_its_items(
    company: Company, statement: str, because: str
) -> None:
    [(kept,)] = outbox(company, "select notice_id from outbox order by notice_id limit 1")
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as connection:
        connection.execute(f"{statement} where notice_id = '{kept}'")
        connection.commit()
    report = dispatch(company)
    assert (report.sent, report.withdrawn) == (LETTERS - 1, 1), because
    assert outbox(company, "select reply from delivery_event where state_to = 'withdrawn'") == [
        ("the message asks for other amounts than its items",)
    ]


def test_addresses_are_in_no_line_that_is_told(company: Company) -> None:
    said: list[str] = []
    contact_of(company, "SLEEPS-0").update(email="somebody.else@buyer.example")
    company.write_erp()
    report = dispatch(company, said=said)
    assert report.withdrawn == 1
    assert "@" not in "\n".join(said)
    assert ENTITY in "\n".join(said)
