"""Just before letters leave: who paid, disputes, promised or is held since is not written to."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from company import DAY, Company, after
from debtors import EVENTS, FEW, Event, happen, write_database
from receivables import night
from receivables.dispatch.dispatcher import DispatchReport
from receivables.errors import DataError
from receivables.lake import Lake
from receivables.last_look import Reading
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


@dataclass(frozen=True)
class Looked:
    """A run of the dispatcher after everything happened; `before`: the files of the lake until it.
    """

    company: Company
    report: DispatchReport
    said: list[str]
    before: set[Path]


@pytest.fixture(
    scope="module", params=["files", pytest.param("database", marks=pytest.mark.slow)]
)
def looked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Looked:
    """Everything happened, each letter was due, and the dispatcher ran."""
    is_database = request.param == "database"
    drafted = request.getfixturevalue("drafted_from_database" if is_database else "drafted")
    company = copied(drafted, tmp_path_factory.mktemp("looked"))
    before = {*company.home.rglob("lake/**/*.*")}
    happen(company)
    if is_database:
        write_database(company, request.getfixturevalue("erp_url"))
    else:
        company.write_erp()
    said: list[str] = []
    report = dispatch(company, source=DATABASE if is_database else FILES, said=said)
    return Looked(company, report, said, before)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.because)
def test_what_happened_since_the_night_stops_the_letter_and_nothing_else_does(
    looked: Looked, event: Event
) -> None:
    company, report = looked.company, looked.report
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


def test_a_look_leaves_no_trace_in_the_lake(looked: Looked) -> None:
    assert {*looked.company.home.rglob("lake/**/*.*")} == looked.before
    assert list(Lake(looked.company.home / "home").scratch.glob("last-look-*")) == []


def test_nobody_is_named_in_what_is_told_of_a_look(looked: Looked) -> None:
    assert f"of {LETTERS} letters that wait" in "\n".join(looked.said)
    assert "@" not in "\n".join(looked.said)


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
    assert (report.sent, report.withdrawn, report.left) == (0, 0, len(FEW)), because
    assert "E1: no last look: " in (report.stopped_because or ""), what
    assert sent_to(company) == set()


def test_a_source_that_does_not_answer_lets_letters_wait_until_it_does(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with monkeypatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_ERP", "postgres://root@127.0.0.1:1/nobody_is_there")
        report = dispatch(company, source=DATABASE, said=said)
    assert (report.sent, report.put_off, report.left) == (0, len(FEW), len(FEW))
    assert "does not answer" in (report.stopped_because or "")
    assert sum("no last look" in line for line in said) == 1, "asked once, not once a letter"
    assert outbox(company, "select distinct state, attempt_count from outbox") == [("released", 0)]
    later = dispatch(company, NINE + timedelta(minutes=30))
    assert (later.sent, later.stopped_because) == (len(FEW), None)


def test_a_run_looks_again_when_its_look_is_old_and_not_for_each_letter(company: Company) -> None:
    said: list[str] = []
    assert dispatch(company, minutes=5, said=said, tick=timedelta(seconds=10)).sent == len(FEW)
    looks = {line.split("last look ")[1].split(",")[0] for line in said if "last look" in line}
    assert 3 <= len(looks) <= len(FEW) / 3


# minutes since it was begun, minutes that it may be old, minutes that it took, serves, because
READINGS = [
    (9, 10, 0, True, "it is young enough"),
    (10, 10, 0, False, "it is not"),
    (15, 10, 8, True, "else a slow source were read for every letter"),
    (16, 10, 8, False, "half of the time is for reading, and half for letters"),
]


@pytest.mark.parametrize("age, max_age, cost, serves, because", READINGS)
def test_how_long_what_was_read_serves(
    age: int, max_age: int, cost: int, serves: bool, because: str
) -> None:
    reading = Reading(NINE, DataError("any"), Lake(Path()), cost=timedelta(minutes=cost))
    now, may_be_old = NINE + timedelta(minutes=age), timedelta(minutes=max_age)
    assert reading.serves(now, max_age=may_be_old) is serves, because


def test_payments_that_come_while_letters_leave_are_seen_by_the_next_look(
    company: Company,
) -> None:
    def pay_when_some_are_sent(line: str) -> None:
        """The second look is said before the next letter leaves; all have paid by then."""
        if "last look" in line and not said:
            for customer in FEW:
                company.payment(f"I-{customer}", "100.00", NINE.date())
            company.write_erp()
        said.append(line)

    said: list[str] = []
    report = dispatch(
        company, minutes=5, said=Telling(pay_when_some_are_sent), tick=timedelta(seconds=10)
    )
    assert report.sent > 0 and report.withdrawn > 0
    assert report.sent + report.withdrawn == len(FEW)
    assert Counter(reply.partition(";")[0] for (reply,) in outbox(
        company, "select reply from delivery_event where state_to = 'withdrawn'"
    )) == {"PAID": report.withdrawn}


class Telling(list[str]):
    """Lines of progress that somebody hears at once."""

    def __init__(self, hear: Callable[[str], None]) -> None:
        super().__init__()
        self.append = hear  # type: ignore[method-assign]


def test_letters_leave_on_what_the_night_knew_where_the_settings_say_so(company: Company) -> None:
    for customer in FEW:
        company.payment(f"I-{customer}", "100.00", NINE.date())
    company.write_erp()
    assert dispatch(company, minutes=False).sent == len(FEW)


# harm to a letter, because
HARMS = [
    ("update outbox_item set amount = '99.99'", "the items sum to less than the letter says"),
    ("update outbox_item set currency = 'USD'", "it is another currency"),
    ("update outbox_item set amount = '100.000001'", "no cent is that small"),
    ("update outbox set amount_text = 'EUR 999.00'", "the text does not say what is recorded"),
    ("update outbox set amount_text = '€100.00'", "no currency is named"),
    ("delete from outbox_item", "it asks for nothing"),
]


def test_a_letter_goes_only_with_the_amounts_of_its_items(company: Company) -> None:
    harmed = {}
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as connection:
        for (harm, because), customer in zip(HARMS, FEW, strict=False):
            harmed[customer] = because
            connection.execute(
                f"{harm} where notice_id = (select notice_id from outbox where customer_id = ?)",
                [customer],
            )
        connection.commit()
    report = dispatch(company)
    assert {because for customer, because in harmed.items() if customer in sent_to(company)} == set()
    assert (report.sent, report.withdrawn) == (len(FEW) - len(HARMS), len(HARMS))
    assert set(outbox(
        company, "select reply from delivery_event where state_to = 'withdrawn'"
    )) == {("the message asks for other amounts than its items",)}
