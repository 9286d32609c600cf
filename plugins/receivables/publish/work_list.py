"""The work list as people get it: call scripts, and one HTML page in the night's folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from receivables.lake import Night
from receivables.page import page
from receivables.publish.posted import PostedLetter
from receivables.select.call_script import Call, call_script
from receivables.select.policy import Policy
from receivables.select.work_list import load_work_list
from receivables.sql import Session, fetch

# More calls than any team makes in a day; the rest of the list has no script yet.
CALLS_MAX = 2000
# Of each kind: a script stands on the page alone, for the warehouse names nobody.
LISTED_ROWS = CALLS_MAX
# Letters, contact events and promises that a script tells, of each.
TOLD_MAX = 5
# Who may say yes, the first asked first.
DECIDER_ROLES = ["finance_director", "owner"]

Rows = list[dict[str, Any]]


def work_list_file(night: Night) -> Path:
    """Where the page of a night is."""
    return night.folder / "publish" / "work_list.html"


def create_call_scripts(
    sql: Session, night: Night, policies: Mapping[str, Policy], *, legal_entity_name: str
) -> None:
    """Write a script for each of the first calls, as the table `call_script`."""
    sql.create("call_due", "publish/work_list/call_due", calls_max=CALLS_MAX,
               decider_roles=DECIDER_ROLES)
    sql.connection.execute(
        "create table call_script (customer_id varchar, currency varchar, script varchar)"
    )
    items = _grouped(sql.rows("publish/work_list/call_item"), "customer_id", "currency")
    told = {
        name: _grouped(sql.rows(f"publish/work_list/call_{name}", listed=TOLD_MAX), "customer_id")
        for name in ("letter", "event", "promise")
    }
    scripts = []
    for due in fetch(sql.connection.execute("select * from call_due")):
        policy = policies[due["policy_name"]]
        customer, currency = due["customer_id"], due["currency"]
        script = call_script(Call(
            due=due, items=items[customer, currency], letters=told["letter"][(customer,)],
            events=told["event"][(customer,)], promises=told["promise"][(customer,)],
            step=next(step for step in policy.steps if step.step == due["step"]),
            offer=policy.offer, legal_entity_name=legal_entity_name, as_of_date=night.as_of_date,
        ))
        scripts.append((customer, currency, script))
    if scripts:
        sql.connection.executemany("insert into call_script values (?, ?, ?)", scripts)


def write_work_list(
    sql: Session, night: Night, posted: Mapping[tuple[str, str], PostedLetter]
) -> None:
    """Write the page: what there is to do, kind by kind, under the calls what to say, and beside
    the letters what to print.
    """
    rows = _grouped(sql.rows("publish/work_list/listed", rows_max=LISTED_ROWS), "kind")
    text = page("work_list").render(
        night=night, posted=posted,
        kinds=[(kind, rows[(kind,)]) for kind in load_work_list()["kinds"]],
    )
    file = work_list_file(night)
    partial = file.with_name(f"{file.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)


def _grouped(rows: Rows, *keys: str) -> dict[tuple[Any, ...], Rows]:
    groups: dict[tuple[Any, ...], Rows] = defaultdict(list)
    for row in rows:
        groups[tuple(row[key] for key in keys)].append(row)
    return groups
