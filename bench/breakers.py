"""False alarms of the breakers, and what they block, on made-up companies of four sizes.

    python bench/breakers.py --seed 11

Every night's tables are made directly, and judged by the very statements that judge a real night.
Then the same nights are spoilt, one incident at a time. The tables printed are those of
docs/decisions/0010-breakers-are-calibrated.md.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import repeat
from pathlib import Path

from receivables.contract import tables
from receivables.holiday import load_calendar
from receivables.limits import default_limits
from receivables.publish.breaker import Verdict, check_breakers, read_business_days
from receivables.sql import Session, asked_for, session
from receivables.validate.column import TYPES

COUNTRY = "de"
FIRST_NIGHT = date(2025, 1, 7)
HISTORY_NIGHTS = int(default_limits()["history_nights"])
WARM_UP_DAYS = 200          # so that the oldest debts of the first night are as old as they become
TERMS_DAYS = 30
MONTH_END_FACTOR = 4
STEPS = ((1, "pre_due_notice", -7), (2, "reminder_1", 3), (3, "reminder_2", 10),
         (4, "demand", 30), (5, "final_demand", 60))
# Share of the invoices, and the days after the due date in which they are paid.
PAYERS = ((0.55, -6, 2), (0.30, 3, 15), (0.12, 15, 60), (0.03, 60, 120))


@dataclass(frozen=True, slots=True)
class Company:
    """So many invoices a business day, in shares of currencies."""

    name: str
    invoices_a_day: int
    currencies: dict[str, float]


COMPANIES = (
    Company("20 a day", 20, {"EUR": 1}),
    Company("60 a day", 60, {"EUR": 0.9, "USD": 0.1}),
    Company("120 a day", 120, {"BRL": 0.7, "USD": 0.2, "EUR": 0.1}),
    Company("200 a day", 200, {"EUR": 0.6, "GBP": 0.25, "USD": 0.1, "JPY": 0.05}),
)

# What is wrong, and how the tables of a sound night are spoilt; `$day` is the night's.
NO_RECEIPTS = ("delete from receipt where {lost}", "delete from allocation where {lost}")
INCIDENTS = {
    "receipts empty": "true",
    "half of the receipts lost": "number % 2 = 0",
    "a tenth of the receipts lost": "number % 10 = 3",
    "receipts of the last three days missing": "receipt_date > $day::date - 3",
    "amounts × 100": "amount",
    "open invoices doubled": "doubled",
    "due dates a year early": "due",
}


def world(company: Company, days: int, seed: int, folder: Path) -> Path:
    """Every invoice that the company ever writes, and when it is paid, in a file."""
    draw = random.Random(f"{company.name} {seed}" if seed else company.name)
    first = FIRST_NIGHT - timedelta(days=WARM_UP_DAYS)
    calendar = [first + timedelta(days=n) for n in range(WARM_UP_DAYS + days)]
    holidays = set(load_calendar(COUNTRY).holidays)

    def is_open(day: date) -> bool:
        return day.isoweekday() <= 5 and day not in holidays

    # Ascending, so the last business day of each month stands.
    month_ends = {(day.year, day.month): day
                  for day in (first + timedelta(days=n) for n in range(WARM_UP_DAYS + days + 31))
                  if is_open(day)}
    file = folder / f"{company.invoices_a_day}.csv"
    number = 0
    with file.open("w", newline="") as opened:
        out = csv.writer(opened)
        out.writerow(["number", "customer_id", "currency", "amount", "posted_on", "due_on",
                      "paid_on"])
        for day in filter(is_open, calendar):
            season = 1 + 0.3 * math.sin(2 * math.pi * day.timetuple().tm_yday / 365)
            mean = company.invoices_a_day * season * draw.uniform(0.7, 1.3)
            is_month_end = day == month_ends[day.year, day.month]
            for _ in range(round(mean * (MONTH_END_FACTOR if is_month_end else 1))):
                number += 1
                due = day + timedelta(days=TERMS_DAYS)
                [(_, soonest, latest)] = draw.choices(PAYERS, [share for share, _, _ in PAYERS])
                paid = due + timedelta(days=draw.randint(soonest, latest))
                while not is_open(paid):
                    paid += timedelta(days=1)
                customer = int(draw.paretovariate(1.1)) % (8 * company.invoices_a_day)
                out.writerow([
                    number, f"C{customer}",
                    draw.choices(list(company.currencies), list(company.currencies.values()))[0],
                    round(draw.lognormvariate(6, 1.1), 2), day, due, paid,
                ])
    return file


def prepare(sql: Session, file: Path, last: date) -> None:
    """The world, its business days, and empty tables for what it does not have."""
    sql.connection.execute("set threads = 1")
    sql.connection.execute(
        "create table world as select number, customer_id, currency, "
        "amount::decimal(18, 4) as amount, posted_on, due_on, paid_on from read_csv(?)",
        [str(file)],
    )
    sql.connection.execute("create table step (step_no integer, step varchar, days integer)")
    sql.connection.executemany("insert into step values (?, ?, ?)", STEPS)
    for name, table in tables().items():
        columns = ", ".join(f'"{c.name}" {TYPES[c.type]}' for c in table.columns)
        sql.connection.execute(f'create table "{name}" ({columns})')
    sql.connection.execute(
        "insert into customer (customer_id) select distinct customer_id from world"
    )
    sql.connection.execute(
        "create table quarantine (source_table varchar, source_row bigint, row_key varchar)"
    )
    sql.connection.execute(
        "create table breaker_history "
        "(as_of_date date, measure varchar, subject varchar, value decimal(38, 4))"
    )
    read_business_days(sql, country=COUNTRY, since=FIRST_NIGHT, until=last)


def lay_out(sql: Session, day: date, incident: str | None) -> None:
    """The tables of a night, as a whole night would have left them."""
    run = sql.connection.execute
    for prefix, as_of in (("earlier_", day - timedelta(days=1)), ("", day)):
        ledger(sql, prefix, as_of)
    run("create or replace table night as select $d::date as as_of_date, "
        "$d::date - 1 as earlier_date, false as open_amounts_from_source", {"d": day})
    run("create or replace table extract_age as select $d::date as landed_on, $d::date as known_on",
        {"d": day})
    run("delete from ledger_balance")
    if (day + timedelta(days=1)).day == 1:
        run("insert into ledger_balance (balance_date, currency, amount) "
            "select $d::date, currency, sum(open_amount) from open_item group by currency",
            {"d": day})
    if incident:
        spoil(sql, day, incident)
    notices(sql, day)
    run("create or replace table aging_by_customer as select customer_id, currency, "
        "sum(open_amount) as net_amount from open_item group by all")
    name = "publish/reconciliation"
    entity = {"as_of_date": day, "legal_entity_id": "E1"}
    sql.create("reconciliation", name, **asked_for(name, {**default_limits(), **entity}))


def ledger(sql: Session, prefix: str, day: date) -> None:
    """Documents, receipts and open items as of a day."""
    for name, query in {
        "invoice": "select number, 'I' || number as invoice_id, customer_id, "
        "'invoice' as document_type, number::varchar as invoice_number, posted_on as issue_date, "
        "posted_on as posting_date, null::date as cancelled_on, currency, amount as gross_amount, "
        "due_on as due_date, 'posted' as status from world where posted_on <= $d",
        "receipt": "select number, 'R' || number as receipt_id, customer_id, "
        "paid_on as receipt_date, currency, amount from world where paid_on <= $d",
        "allocation": "select number, 'A' || number as allocation_id, 'I' || number as invoice_id,"
        " 'receipt' as source_type, paid_on as receipt_date, paid_on as allocation_date, "
        "null::date as reversed_on, amount from world where paid_on <= $d",
        "open_item": open_items("paid_on <= $d"),
    }.items():
        sql.connection.execute(
            f"create or replace table {prefix}{name} as {query}", {"d": day}
        )


def open_items(paid: str) -> str:
    """The invoices that are not paid; `paid` says which are."""
    return (
        "select number, 'I' || number as invoice_id, 1 as instalment_no, customer_id, currency, "
        "'invoice' as document_type, due_on as due_date, $d::date - due_on as days_past_due, "
        "amount as open_amount, paid_on from world "
        f"where posted_on <= $d and not ({paid})"
    )


def spoil(sql: Session, day: date, incident: str) -> None:
    """Do to the tables what the incident does."""
    run, how = sql.connection.execute, INCIDENTS[incident]
    if how == "amount":
        run("update invoice set gross_amount = gross_amount * 100")
        run("update receipt set amount = amount * 100")
        run("update open_item set open_amount = open_amount * 100")
    elif how == "doubled":
        run("insert into invoice by name select * replace ('D' || invoice_id as invoice_id) "
            "from invoice where invoice_id in (select invoice_id from open_item)")
        run("insert into open_item by name select * replace ('D' || invoice_id as invoice_id) "
            "from open_item")
    elif how == "due":
        run("update invoice set due_date = due_date - 365")
        run("update open_item set due_date = due_date - 365, days_past_due = days_past_due + 365")
    else:
        lost = how.replace("$day", f"'{day}'")
        for statement in NO_RECEIPTS:
            run(statement.format(lost=lost))
        spoilt = lost.replace("receipt_date", "paid_on")
        run("create or replace table open_item as "
            + open_items(f"paid_on <= $d and not ({spoilt})"), {"d": day})


def notices(sql: Session, day: date) -> None:
    """Each item climbs to its next step, one a night, from where the nights before left it."""
    sql.connection.execute(
        """
        create or replace table notice_item as
        with sent as (
            select
                open_item.*,
                (
                    select count(*) from step
                    where step.days <= least(
                        $d::date - 1 - world.due_on, world.paid_on - world.due_on - 1
                    )
                ) as sent_steps,
            from open_item inner join world on open_item.number = world.number
        )
        select sent.*, step.step_no, step.step,
        from sent inner join step on step.step_no = sent.sent_steps + 1
        where sent.days_past_due >= step.days
        """,
        {"d": day},
    )
    sql.connection.execute(
        "create or replace table notice as select customer_id || (days_past_due > 0) "
        "as notice_id, customer_id, arg_max(step, step_no) as step from notice_item group by all"
    )


def judge(sql: Session, limits: dict[str, object]) -> list[Verdict]:
    """What the breakers say of the tables."""
    sql.create("breaker_measure", "publish/breaker_measure",
               **asked_for("publish/breaker_measure", limits))
    return check_breakers(sql, limits)


def tripped(verdicts: list[Verdict]) -> list[Verdict]:
    """Those that would have stopped the night."""
    return [verdict for verdict in verdicts if verdict.is_tripped]


def nights(
    company: Company, judged: int, incident_every: int, seed: int, folder: Path
) -> Iterator[tuple[date, str | None, list[Verdict]]]:
    """Every night of a company with what tripped, sound ones and spoilt ones."""
    days = HISTORY_NIGHTS + judged
    last = FIRST_NIGHT + timedelta(days=days)
    limits = {**default_limits(), "notices_per_night_max": 2000, "final_step": "final_demand"}
    with session(folder) as sql:
        prepare(sql, world(company, days, seed, folder), last)
        for number in range(days):
            day = FIRST_NIGHT + timedelta(days=number)
            if number >= HISTORY_NIGHTS and number % incident_every == 0:
                for incident in INCIDENTS:
                    lay_out(sql, day, incident)
                    if touches(sql, day, incident):
                        yield day, incident, tripped(judge(sql, limits))
            lay_out(sql, day, None)
            verdicts = judge(sql, limits)
            if number >= HISTORY_NIGHTS:
                yield day, None, tripped(verdicts)
            sql.connection.execute(
                "insert into breaker_history select ?, measure, subject, value "
                "from breaker_measure", [day],
            )
            sql.connection.execute("delete from breaker_history where as_of_date <= ?",
                                   [day - timedelta(days=HISTORY_NIGHTS)])


def touches(sql: Session, day: date, incident: str) -> bool:
    """Whether there was anything to spoil: over Easter no receipts come for days."""
    if "three days" not in incident:
        return True
    [(lost,)] = sql.connection.execute(
        "select count(*) from world where paid_on > $d::date - 3 and paid_on <= $d", {"d": day}
    ).fetchall()
    return bool(lost)


@dataclass(slots=True)
class Tally:
    """What came of one company's nights."""

    false_nights: int
    alarms: Counter[str]
    alarms_said: list[str]
    spoilt: Counter[str]
    blocked: Counter[str]
    caught: Counter[tuple[str, str]]


def tally(company: Company, judged: int, incident_every: int, seed: int = 0) -> Tally:
    """Count false alarms and blocked incidents of one company."""
    counted = Tally(0, Counter(), [], Counter(), Counter(), Counter())
    with tempfile.TemporaryDirectory(prefix="receivables-breakers-") as folder:
        judgements = nights(company, judged, incident_every, seed, Path(folder))
        for day, incident, found in judgements:
            names = {verdict.check_id for verdict in found}
            if incident is None:
                counted.false_nights += bool(names)
                counted.alarms.update(names)
                counted.alarms_said += [f"{day:%a %d %b}: {v.check_id}: {v.finding}" for v in found]
            else:
                counted.spoilt[incident] += 1
                counted.blocked[incident] += bool(names)
                counted.caught.update((incident, name) for name in names)
    return counted


def main() -> None:
    """Print false alarms by company, and blocked nights by incident."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nights", type=int, default=365)
    parser.add_argument("--incident-every", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="other companies of the same kind")
    asked = parser.parse_args()
    with ProcessPoolExecutor(len(COMPANIES)) as pool:
        tallies = list(pool.map(tally, COMPANIES, repeat(asked.nights),
                                repeat(asked.incident_every), repeat(asked.seed)))
    print("| company | nights | false alarms | a year | which |\n|---|---|---|---|---|")
    for company, counted in zip(COMPANIES, tallies, strict=True):
        print(f"| {company.name} | {asked.nights} | {counted.false_nights} | "
              f"{counted.false_nights * 365 / asked.nights:.1f} | "
              f"{'; '.join(counted.alarms_said) or '–'} |")
    print("\n| incident | nights | blocked | by |\n|---|---|---|---|")
    for incident in INCIDENTS:
        number = sum(counted.spoilt[incident] for counted in tallies)
        blocked = sum(counted.blocked[incident] for counted in tallies)
        caught: Counter[str] = Counter()
        for counted in tallies:
            caught.update({n: c for (i, n), c in counted.caught.items() if i == incident})
        by = ", ".join(f"{name} {100 * count // number} %" for name, count in caught.most_common())
        print(f"| {incident} | {number} | {100 * blocked / max(number, 1):.0f} % | {by} |")


if __name__ == "__main__":
    main()
