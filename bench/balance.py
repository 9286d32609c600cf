"""The balance stage at millions of invoices: its time and memory, and ratios to the bare minimum.

    pip install numba                      # wanted here only, for the compiled loop
    python bench/balance.py --invoices 1000000 10000000 50000000

For every size it writes a ledger of Parquet files (the same one for the same size): 1.5 receipts,
each allocated, for an invoice; 25 % of the invoices open, half of these without any payment; one
in twenty in two instalments. Customers are spread over eight rules of `include/rules/` (RULES).
Then, each in a process of its own:

- `balance`      the stage as the night runs it, on a night's folder
- `read+write`   DuckDB merely reads the columns that the stage reads, and writes the same output
- `compiled`     a numba loop over the same claims in memory: nothing but the interest arithmetic
- `decimals`     a row-by-row loop with Decimal on a sample of the claims, scaled to all of them

The two loops must come to the same total as the stage, to the cent, or the run fails. `ratio` is
the stage's time as a multiple of the row's, `of it` the same of processor seconds, which say more
on a busy machine: machines differ, and ratios hardly do.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
from receivables import balance as stage
from receivables.balance.interest import RuleInForce, days_needed, write_rules
from receivables.balance.rate import known_rates
from receivables.balance.rule_file import RuleVersion, load_rules
from receivables.contract import tables
from receivables.lake import Lake, Night
from receivables.settings import Entity, InterestException, InterestRule, Source
from receivables.sql import Session, session
from receivables.validate.column import TYPES

DAY = date(2026, 1, 31)  # every series of RULES says something of the 500 days before
FIRST_DAY = date(2023, 1, 1)
ENTITY = "E1"
SAMPLE = 20_000

# Customers in a hundred under each rule.
RULES = {
    "de_b2b": 30,  # half-yearly reference, fee
    "uk_b2b": 20,  # the reference of the first half-year for ever, fee by size
    "ie_b2b": 15,  # half-yearly, fee by size
    "br_contract": 10,  # 1 % a month and a fine
    "br_taxa_legal": 10,  # monthly values, rounded when booked
    "ru_395": 5,  # daily values, days over the calendar year
    "nl_b2b": 5,  # capitalised yearly
    "in_msmed_frozen": 5,  # capitalised monthly
}
READ = {
    "invoice": (
        "invoice_id, customer_id, invoice_number, document_type, issue_date, posting_date, "
        "currency, gross_amount, due_date, status, cancelled_on, contract_date, "
        "purchase_order_ref, instrument_type, "
        "instrument_status"
    ),
    "instalment": "invoice_id, instalment_no, due_date, amount, open_amount, in_transit_amount",
    "receipt": "receipt_id, customer_id, receipt_date, currency, amount",
    "allocation": (
        "allocation_id, invoice_id, instalment_no, source_type, source_id, allocation_date, "
        "amount, reversed_on"
    ),
}


def main() -> None:
    """Run one part, or every part of every size, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--invoices", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--directory", type=Path, help="keep the ledgers here; default: temporary")
    parser.add_argument("--part", choices=PARTS, help="run this part alone, on a ledger there")
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(PARTS[arguments.part](night_in(arguments.directory))))
        return
    home = arguments.directory or Path(tempfile.mkdtemp(prefix="receivables-bench-"))
    try:
        for invoices in arguments.invoices:
            report(invoices, run_parts(home / str(invoices), invoices))
    finally:
        if arguments.directory is None:
            shutil.rmtree(home)


def run_parts(directory: Path, invoices: int) -> dict[str, dict[str, Any]]:
    """What each part said, with its seconds and peak megabytes."""
    if not night_in(directory).file("ledger/allocation").exists():
        write_ledger(night_in(directory), invoices)
    return measured_parts(__file__, PARTS, directory)


def measured_parts(
    program: str, parts: Iterable[str], directory: Path
) -> dict[str, dict[str, Any]]:
    """What each part of a bench said, run in a process of its own, with its peak megabytes."""
    said = {}
    for part in parts:
        words = [sys.executable, program, "--part", part, "--directory", str(directory)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            printed = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"failed: {' '.join(words)}")
        said[part] = {"megabytes": usage.ru_maxrss / 1024, **json.loads(printed)}
    return said


def report(invoices: int, said: dict[str, dict[str, Any]]) -> None:
    print(f"\n{invoices:,} invoices, {said['compiled']['claims']:,} overdue instalments, "
          f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}")
    print(f"{'part':<12}{'seconds':>9}{'processor':>11}{'peak MB':>9}{'ratio':>9}{'of it':>9}")
    balance = said["balance"]
    for part, row in said.items():
        ratios = [balance[unit] / row[unit] for unit in ("seconds", "processor")]
        print(f"{part:<12}{row['seconds']:>9.2f}{row['processor']:>11.2f}{row['megabytes']:>9.0f}"
              f"{ratios[0]:>9.3g}{ratios[1]:>9.3g}", flush=True)


def night_in(directory: Path) -> Night:
    return Lake(directory).night(
        as_of_date=DAY, legal_entity_id=ENTITY, known_at=datetime(2026, 2, 1, tzinfo=UTC)
    )


# A number below `most` that is the same for the same row and dice.
DICE = """
create macro dice(row_no, which, most) as
    (row_no + 1) * (2654435761 + which * 104729) % 4294967291 // 8 % most
"""
BILLED = """
create view billed as
select
    i,
    dice(i, 1, 4) = 0 as is_open,
    dice(i, 2, {invoices} // 50 + 1) as customer_no,
    case
        when dice(i, 1, 4) = 0 then date '{day}' + 30
            - cast(dice(i, 3, 520) * dice(i, 3, 520) // 520 as integer)
        else date '{day}' - cast(dice(i, 3, 1000) as integer)
    end as due_date,
    1000 + dice(i, 4, 5000000) as cents,
    case
        when dice(i, 1, 4) = 0 then greatest(dice(i, 6, 4) - 1, 0)
        else least(dice(i, 6, 4) + 1, 2)
    end as payments,
from range({invoices}) as numbers(i)
"""
PAID = """
create view paid as
select
    i, payment_no, customer_no, i * 2 + payment_no as paid_no,
    case
        when is_open then cents // (3 + dice(i, 7, 5))
        when payments = 1 then cents
        when payment_no = 0 then cents // 3
        else cents - cents // 3
    end as paid_cents,
    least(
        date '{day}', due_date - 10 + cast(dice(i * 2 + payment_no, 8, 200) as integer)
    ) as paid_on,
from (select *, unnest(range(payments)) as payment_no from billed)
"""
LEDGER = {
    "customer": """
        select
            'C' || lpad(i::varchar, 8, '0') as customer_id, '{entity}' as legal_entity_id,
            'Customer ' || i as name, 'DE' as country, 30 as payment_terms_days
        from range({invoices} // 50 + 1) as numbers(i)""",
    "invoice": """
        select
            'INV-' || lpad(i::varchar, 10, '0') as invoice_id, '{entity}' as legal_entity_id,
            'C' || lpad(customer_no::varchar, 8, '0') as customer_id, 'No ' || i as invoice_number,
            'invoice' as document_type, due_date - 30 as issue_date, due_date - 30 as posting_date,
            'EUR' as currency, cents::decimal(18, 0) * 0.01 as gross_amount, due_date,
            'posted' as status, rule_name as purchase_order_ref
        from billed
        inner join rule_share
            on dice(customer_no, 5, 100) >= low and dice(customer_no, 5, 100) < high""",
    "instalment": """
        select
            'INV-' || lpad(i::varchar, 10, '0') as invoice_id, '{entity}' as legal_entity_id,
            instalment_no, due_date - 30 * (2 - instalment_no) as due_date,
            (cents // 2 + (instalment_no - 1) * (cents % 2))::decimal(18, 0) * 0.01 as amount
        from (select *, unnest([1, 2]) as instalment_no from billed where dice(i, 9, 20) = 0)""",
    "receipt": """
        select
            'R' || lpad(paid_no::varchar, 11, '0') as receipt_id, '{entity}' as legal_entity_id,
            'C' || lpad(customer_no::varchar, 8, '0') as customer_id, paid_on as receipt_date,
            'EUR' as currency,
            (paid_cents + case when dice(paid_no, 10, 100) = 0 then 500 else 0 end)
            ::decimal(18, 0) * 0.01 as amount
        from paid""",
    "allocation": """
        select
            'A' || lpad(paid_no::varchar, 11, '0') as allocation_id,
            '{entity}' as legal_entity_id, 'INV-' || lpad(i::varchar, 10, '0') as invoice_id,
            'receipt' as source_type, 'R' || lpad(paid_no::varchar, 11, '0') as source_id,
            paid_on as allocation_date, paid_cents::decimal(18, 0) * 0.01 as amount
        from paid""",
    "dispute": """
        select
            'D' || i as dispute_id, '{entity}' as legal_entity_id,
            'INV-' || lpad(i::varchar, 10, '0') as invoice_id, due_date as opened_on
        from billed where is_open and dice(i, 11, 100) = 0""",
}


def write_ledger(night: Night, invoices: int) -> None:
    """The tables of the contract as `validate` leaves them."""
    values = {"invoices": invoices, "day": DAY, "entity": ENTITY}
    with session(night.folder / "scratch") as sql:
        sql.connection.execute("set preserve_insertion_order = true")
        for made in (DICE, BILLED, PAID):
            sql.connection.execute(made.format(**values))
        sql.connection.execute("create table rule_share (rule_name varchar, low int, high int)")
        shares = list(RULES.values())
        sql.connection.executemany("insert into rule_share values (?, ?, ?)", [
            (name, sum(shares[:number]), sum(shares[:number + 1]))
            for number, name in enumerate(RULES)
        ])
        for name, table in tables().items():
            query = LEDGER.get(name, "select 1 as nothing where false").format(**values)
            sql.connection.execute(f"create or replace view made as {query}")
            there = {row[0] for row in sql.connection.execute("describe made").fetchall()}
            columns = ", ".join(
                f"cast({column.name if column.name in there else 'null'} as {TYPES[column.type]}) "
                f"as {column.name}"
                for column in table.columns
            )
            sql.connection.execute(f"create or replace view typed as select {columns} from made")
            sql.write_table("typed", night.file(f"ledger/{name}"))
    night.record(legal_entity_id=ENTITY, as_of_date=str(DAY), input_hash="a bench")


def rules_in_use() -> list[RuleVersion]:
    """The newest version of each of RULES."""
    rules = load_rules()
    return [rules[name].versions[-1] for name in RULES]


def timed(work: Callable[[], object]) -> dict[str, Any]:
    """Wall and processor seconds of a piece of work in this process."""
    started, used = time.monotonic(), time.process_time()
    work()
    return {
        "seconds": time.monotonic() - started, "processor": time.process_time() - used,
    }


def seller() -> Entity:
    """The legal entity, with an exception for the customers of each rule."""
    return Entity(
        legal_entity_id=ENTITY, name="Seller", country="DE", currency="EUR", time_zone="UTC",
        policy="standard", policy_exceptions=(), calendar=None,
        interest_rule=InterestRule("none", None, ""),
        breakers={},
        interest_exceptions=tuple(
            InterestException("purchase_order_ref", name, InterestRule(name, None, ""), "agreed")
            for name in RULES
        ),
        letterhead=(), bank_details=(),
    )


def balance_part(night: Night) -> dict[str, Any]:
    source = Source(
        name="erp", kind="files", connection=None, directory=night.folder, sql="contract",
        entities=(ENTITY,), open_amounts="from_allocations", incremental=False,
    )
    return timed(lambda: stage.balance(
        night, entity=seller(), source=source, reporting_currency="EUR", known_since_days=3,
        residual_claim_days=0, scratch=night.folder / "scratch", progress=lambda line: None,
    ))


def read_and_write_part(night: Night) -> dict[str, Any]:
    def work() -> None:
        with session(night.folder / "scratch") as sql:
            for table, columns in READ.items():
                sql.read(table, night.file(f"ledger/{table}"))
                sql.connection.execute(f"select bit_xor(hash({columns})) from {table}").fetchall()
            for table in stage.WRITTEN:
                sql.read(f"{table}_written", night.file(table))
                sql.write_table(f"{table}_written", night.folder / "copy.parquet")

    return timed(work)


def loaded(night: Night, sql: Session, most: int | None = None) -> dict[str, Any]:
    """The overdue instalments with their payments and rules as arrays, and what the stage says."""
    rules = [
        RuleInForce(
            str(number),
            replace(version.rule_between(FIRST_DAY, DAY), allocation=("principal",)),
            known_rates(version.rates()), 2, *days_needed(version.rule, [FIRST_DAY, DAY]),
        )
        for number, version in enumerate(rules_in_use())
    ]
    write_rules(sql, rules)
    for table in ("open_item", "allocation_applied", "ledger/invoice"):
        sql.read(table.split("/")[-1], night.file(table))
    sql.connection.execute(
        CLAIMS.format(names=list(RULES), most=f"limit {most}" if most else "")
    )
    days = sql.connection.execute(RULE_DAYS).fetchnumpy()
    claims = sql.connection.execute("from bench_claim order by claim_no").fetchnumpy()
    payments = sql.connection.execute(PAYMENTS).fetchnumpy()
    terms = sql.connection.execute(TERMS).fetchnumpy()
    starts = np.searchsorted(payments["claim_no"], np.arange(len(claims["claim_no"]) + 1))
    return {
        "expected": int(claims["interest"].sum()),
        "arguments": [
            np.asarray(column, dtype=np.int64) for column in (
                claims["principal"], claims["due"], claims["rule_no"], starts,
                payments["paid_on"], payments["paid"],
                *(terms[name] for name in ("day_key_base", "offset_days", "end_days", "is_fixed",
                                           "is_booked", "factor", "denominator", "rest_months")),
                *(days[name] for name in ("percent", "weight", "run_end", "business_day")),
                rest_days(days),
            )
        ],
    }


CLAIMS = """
create or replace table bench_claim as
select
    row_number() over (order by invoice_id, instalment_no) - 1 as claim_no, invoice_id,
    instalment_no, cast(original_amount * 100 as bigint) as principal,
    cast(interest_amount * 100 as bigint) as interest,
    open_item.due_date - date '1970-01-01' as due, 
    list_position({names}, invoice.purchase_order_ref) - 1 as rule_no
from open_item inner join invoice using (invoice_id)
where days_past_due > 0 and interest_amount is not null
order by invoice_id, instalment_no {most}
"""
PAYMENTS = """
select
    claim_no, allocation_date - date '1970-01-01' as paid_on,
    cast(applied_amount * 100 as bigint) as paid
from allocation_applied inner join bench_claim using (invoice_id, instalment_no)
order by claim_no, paid_on
"""
RULE_DAYS = """
select
    day - date '1970-01-01' as day, cast(coalesce(day_percent, 0) as bigint) as percent,
    cast(unit_weight as bigint) as weight,
    max(day) over (partition by run_key) - date '1970-01-01' as run_end,
    case when is_shifted then coalesce(next_business_day, day) else day end - date '1970-01-01'
        as business_day
from rule_day inner join interest_rule using (rule_no)
order by day_key
"""
TERMS = """
select
    day_key_base, offset_days, end_days, rounding_stage = 'booking' as is_booked,
    fixing in ('halfyear_frozen', 'start_frozen') as is_fixed,
    cast(base_factor as bigint) as factor, cast(denominator as bigint) as denominator,
    case compounding when 'month' then 1 when 'year' then 12 else 0 end as rest_months
from interest_rule
order by rule_no
"""


def rest_days(days: dict[str, Any]) -> Any:
    """The day so many months after each day of each rule."""
    starts = days["day"].astype("datetime64[D]")
    months = starts.astype("datetime64[M]")
    table = []
    for count in range(61):
        last = (months + count + 1).astype("datetime64[D]") - 1
        there = (months + count).astype("datetime64[D]") + (starts - months.astype("datetime64[D]"))
        table.append(np.minimum(there, last).astype(np.int64))
    return np.stack(table, axis=1)


def interest_loop(share: Callable[..., Any]) -> Callable[..., Any]:
    """A loop over claims, their payments and rests, and the runs of days of one rate between."""

    def loop(
        principal, due, rule, starts, paid_on, paid, key_base, offset, end_days, is_fixed,
        is_booked, factor, denominator, rest_months, percent, weight, run_end, business, rests, day
    ):
        total = 0
        for claim in range(len(principal)):
            r = rule[claim]
            at = business[key_base[r] + due[claim]] + offset[r]
            first_key, last = key_base[r] + at, day - 1 + end_days[r]
            base, capital, interest = principal[claim], 0, 0
            payment, months = starts[claim], rest_months[r]
            while at <= last:
                while payment < starts[claim + 1] and paid_on[payment] + end_days[r] <= at:
                    base -= paid[payment]
                    payment += 1
                until = last
                if payment < starts[claim + 1]:
                    until = min(until, paid_on[payment] + end_days[r] - 1)
                if months:
                    until = min(until, rests[first_key, months] - 1)
                booked = 0
                while at <= until:
                    key = key_base[r] + at
                    stop = min(until, run_end[key])
                    rate = percent[first_key] if is_fixed[r] else percent[key]
                    numerator = rate * weight[key] * factor[r] * (stop - at + 1)
                    if is_booked[r]:
                        booked += numerator
                    else:
                        interest += share(base + capital, numerator, denominator[r])
                    at = stop + 1
                if is_booked[r]:
                    interest += share(base + capital, booked, denominator[r])
                if months and at == rests[first_key, months]:
                    capital = interest
                    months += rest_months[r]
            total += interest
        return total

    return loop


def compiled_part(night: Night) -> dict[str, Any]:
    from numba import njit

    @njit
    def share(base: int, numerator: int, denominator: int) -> int:
        # In thousands and the rest, lest the product outgrow 64 bits.
        high = base // 1000 * numerator
        rest = high % denominator * 1000 + base % 1000 * numerator
        half_up = 1 if rest % denominator >= denominator - rest % denominator else 0
        return high // denominator * 1000 + rest // denominator + half_up

    loop = njit(interest_loop(share))
    with session(night.folder / "scratch") as sql:
        claims = loaded(night, sql)
    arguments = (*claims["arguments"], (DAY - date(1970, 1, 1)).days)
    total = loop(*arguments)  # compiles
    assert total == claims["expected"], f"{total} instead of {claims['expected']}"
    return {"claims": len(arguments[0]), **timed(lambda: loop(*arguments))}


def decimals_part(night: Night) -> dict[str, Any]:
    def share(base: Decimal, numerator: int, denominator: int) -> Decimal:
        return (base * numerator / denominator).quantize(Decimal(1), ROUND_HALF_UP)

    with session(night.folder / "scratch") as sql:
        claims = loaded(night, sql, SAMPLE)
        sql.read("every_item", night.file("open_item"))
        [(count,)] = sql.connection.execute(
            "select count(*) from every_item where days_past_due > 0"
        ).fetchall()
    *lists, rests = claims["arguments"]
    lists = [column.tolist() for column in lists]
    for money in (0, 5):
        lists[money] = [Decimal(cents) for cents in lists[money]]
    totals = []
    spent = timed(lambda: totals.append(
        interest_loop(share)(*lists, rests, (DAY - date(1970, 1, 1)).days)
    ))
    assert totals == [claims["expected"]], f"{totals} instead of {claims['expected']}"
    return {name: seconds * count / len(lists[0]) for name, seconds in spent.items()}


PARTS = {
    "balance": balance_part,
    "read+write": read_and_write_part,
    "compiled": compiled_part,
    "decimals": decimals_part,
}


if __name__ == "__main__":
    main()
