"""How a plan and a backtest are printed for people: what it comes to first, then row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from receivables.currency import exponent
from receivables.plan.difference import Plan

ROWS_SHOWN = 40
# Amounts have four decimals in the night's tables; those beyond the second are seldom more than 0.
SPARE_ZEROS = re.compile(r"(?<=\.\d\d)00\b")
SIGNS = {"contacted": "+", "no longer contacted": "-"}
SIDES = ("before", "after")
AMOUNTS = ("demanded", "interest", "compensation")


def plan_lines(plan: Plan, file: Path, *, can_be_applied: bool) -> Iterator[str]:
    """A plan of the policy in a file, in words and tables."""
    content = plan.content
    policy, total = content["policy"], content["total"]
    books = ", ".join(
        f"{e} of {part['book']['as_of_date']}" for e, part in content["entities"].items()
    )
    items = sum(part["items"] for part in content["entities"].values())
    yield (f"{policy['installed_version']} -> {policy['version']}, valid from "
           f"{policy['valid_from']}, decided here as if it were valid already")
    yield f"Decided on the book {books}: {items:,} open items"
    yield ""
    yield from _summary(plan, total["contacts"])
    yield from finding_lines(content["findings"])
    if not plan.is_empty:
        yield from _contacts(content["entities"])
        for e, part in content["entities"].items():
            yield from sum_lines(e, part)
        if len(content["entities"]) > 1:
            yield from sum_lines("in sum", total)
    yield ""
    if policy["version"] == policy["installed_version"]:
        yield f"Plan {plan.hash}: the policy is installed; there is nothing to apply"
    elif not can_be_applied:
        yield (f"Plan {plan.hash}: to read only; make one without --entity and --as-of for one "
               "that can be applied")
    else:
        name = "" if file.stem == policy["name"] else f" --name {policy['name']}"
        yield f"Plan {plan.hash}. To install the policy as planned:"
        yield f"  receivables apply --policy {file}{name} --plan {plan.hash}"


def _summary(plan: Plan, contacts: Mapping[str, int]) -> Iterator[str]:
    if plan.is_empty:
        yield "No changes: it decides about every item of this book as the installed policy does."
        return
    decisions = sum(len(part["decisions"]) for part in plan.content["entities"].values())
    told = ", ".join(f"{count} {change}" for change, count in contacts.items())
    yield f"Customers: {told or 'the same notices to all'}. {decisions} decisions differ."


def finding_lines(findings: Sequence[str]) -> Iterator[str]:
    """What the linter found."""
    yield f"Findings: {len(findings) or 'none'}"
    for finding in findings:
        yield f"  ! {finding}"


def _contacts(entities: Mapping[str, Any]) -> Iterator[str]:
    rows = [(e, row) for e, part in entities.items() for row in part["contacts"]]
    if not rows:
        return
    shown = [("", "entity", "customer", "now", "under the policy")] + [
        (SIGNS.get(row["change"], "~"), e, row["customer_id"], *(_side(row, s) for s in SIDES))
        for e, row in rows[:ROWS_SHOWN]
    ]
    widths = [max(len(cells[column]) for cells in shown) for column in range(len(shown[0]))]
    yield ""
    for cells in shown:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield "  ".join(padded).rstrip()
    if len(rows) > ROWS_SHOWN:
        yield f"  … and {len(rows) - ROWS_SHOWN} more; --json prints all"


def _side(row: Mapping[str, Any], side: str) -> str:
    """A customer's notices: their steps, and what tells the two sides apart if steps do not."""
    if row[f"steps_{side}"] is None:
        return "-"
    more = {"another way": f" ({row[f'ways_{side}']})",
            "another amount": f" ({row[f'demands_{side}']})"}
    return f"{row[f'steps_{side}']}{SPARE_ZEROS.sub('', more.get(row['change'], ''))}"


def sum_lines(title: str, part: Mapping[str, Any]) -> Iterator[str]:
    """What is demanded and claimed, and the work there is, before and after."""
    yield ""
    yield f"  {title:<40}{'now':>18}{'policy':>18}"
    for row in part["claims"]:
        for name in AMOUNTS:
            sides = [Decimal(row[f"{name}_{side}"]) for side in SIDES]
            if any(sides):
                label = f"{row['currency']} {name}" + ("" if name == "demanded" else " claimed")
                told = [f"{side:,.{exponent(row['currency'])}f}" for side in sides]
                yield f"    {label:<38}{told[0]:>18}{told[1]:>18}"
    for row in part["workload"]:
        yield (f"    {row['kind'] + ' to ' + row['role']:<38}"
               f"{row['count_before']:>18,}{row['count_after']:>18,}")


def backtest_lines(done: Mapping[str, Any]) -> Iterator[str]:
    """A backtest in words and tables."""
    versions = ", ".join(done["policy"]["versions"])
    yield f"{versions} in the nights from {done['from']} to {done['to']}"
    for e, part in done["entities"].items():
        yield from _nights(e, part["nights"])
        yield from sum_lines(f"{e}, all nights", part)
        yield from _timing(part["timing"])
    if len(done["entities"]) > 1:
        yield from sum_lines("in sum", done["total"])
    yield ""
    yield "Customers pay, dispute and promise here as they did in truth, whatever is sent to them:"
    yield "what another policy would have brought in is nothing that past nights can tell."


def _nights(e: str, nights: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    equal = sum(night["is_the_ledger"] for night in nights)
    shown = [night for night in nights if night["decisions_that_differ"]]
    yield ""
    yield (f"{e}: of {len(nights)} nights, {equal} are the decision ledger row for row, and "
           f"{len(shown)} decide otherwise about some item")
    if shown:
        yield f"  {'night':<12}{'items':>9}{'differ':>9}{'notices':>9}{'policy':>9}"
    for night in shown[:ROWS_SHOWN]:
        sides = [
            sum(row[f"count_{side}"] for row in night["workload"] if row["kind"] != "task")
            for side in SIDES
        ]
        yield (f"  {night['as_of_date']:<12}{night['items']:>9,}"
               f"{night['decisions_that_differ']:>9,}{sides[0]:>9,}{sides[1]:>9,}")
    if len(shown) > ROWS_SHOWN:
        yield f"  … and {len(shown) - ROWS_SHOWN} more; --json prints all"


def _timing(timing: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in timing:
        sides = [
            "-" if row[f"days_past_due_{side}"] is None
            else f"{row[f'notices_{side}']} at {row[f'days_past_due_{side}']} days"
            for side in SIDES
        ]
        yield f"    {row['step'] + ', median':<38}{sides[0]:>18}{sides[1]:>18}"
