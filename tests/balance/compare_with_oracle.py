"""For people who doubt: random cases through the engine and through the day-by-day oracle.

    python tests/balance/compare_with_oracle.py --cases 100000

Case n is the same case for ever (`claims.py`). Prints how many were answered, how many refused and
why, on how many the two differ (and the first of them, figure by figure), and how often each value
of each parameter was in play. Ends with 1 if there is a difference.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import oracle
from claims import random_case
from receivables.interest import solve
from receivables.sql import session

FIGURES = {
    "interest", "interest_exact", "fixed_fee", "fine", "costs", "interest_due", "principal_due",
    "unallocated", "total_due", "fee", "principal", "percent", "base",
}
# The engine's own bounds, which the oracle does not have: refused, counted, and no difference.
OWN_REFUSALS = {"AMOUNT_TOO_LARGE", "FRACTION_TOO_LONG"}
BATCH = 1000
SHOWN = 3


def main() -> int:
    """Compare as many cases as asked for, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    numbers = range(arguments.first, arguments.first + arguments.cases)
    batches = [numbers[start:start + BATCH] for start in range(0, len(numbers), BATCH)]
    started = time.monotonic()
    met: Counter[tuple[str, str]] = Counter()
    differing: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch, ProcessPoolExecutor(
        arguments.processes
    ) as pool:
        for found, counted in pool.map(partial(compare, Path(scratch)), batches):
            met += counted
            differing |= found
    seconds = time.monotonic() - started
    print(f"{len(numbers):,} cases ({numbers.start} to {numbers.stop - 1}), {seconds:.0f} s in "
          f"{arguments.processes} processes")
    print(f"{len(differing):,} differences")
    for number, (expected, answer) in list(differing.items())[:SHOWN]:
        print(f"  case {number}\n    oracle {expected}\n    engine {answer}")
    show(met)
    return 1 if differing else 0


def show(met: Counter[tuple[str, str]]) -> None:
    """How often each value of each parameter was met."""
    for parameter in dict.fromkeys(parameter for parameter, _ in met):
        values = sorted((value, n) for (name, value), n in met.items() if name == parameter)
        print(f"{parameter:<22}" + ", ".join(f"{value} {n:,}" for value, n in values))


def compare(scratch: Path, numbers: range) -> tuple[dict[str, Any], Counter[tuple[str, str]]]:
    """The cases that differ, and what was met in all of them."""
    cases = [random_case(number) for number in numbers]
    with session(scratch / str(os.getpid())) as sql:
        answers = solve(sql, cases)
    found, met = {}, Counter()
    for case in cases:
        answer = answers[case["id"]]
        met.update((name, str(value)) for name, value in (*answered(answer), *in_play(case)))
        difference = differing_figures(case, answer)
        if difference:
            found[case["id"]] = difference
    return found, met


def differing_figures(case: dict[str, Any], answer: dict[str, Any]) -> Any:
    """What the oracle and the engine say of a case on which they disagree; None where they agree.

    The engine leaves `interest_exact` empty where the fraction is longer than it keeps.
    """
    if answer.get("error") in OWN_REFUSALS:
        return None
    expected, given = comparable(oracle.solve(case)), comparable(answer)
    if given.get("interest_exact", 0) is None:
        del given["interest_exact"], expected["interest_exact"]
    return None if expected == given else (expected, given)


def comparable(value: Any) -> Any:
    """Dates as text and figures as fractions, on both sides."""
    if isinstance(value, dict):
        return {
            name: Fraction(inner) if name in FIGURES and inner is not None else comparable(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    return value if isinstance(value, bool | int | str | None) else str(value)


def answered(answer: dict[str, Any]) -> Iterator[tuple[str, object]]:
    yield "answer", f"refused {answer['error']}" if "error" in answer else "figures"
    if "error" not in answer:
        exact = answer["interest_exact"]
        yield "exact interest", "longer than is kept" if exact is None else "kept"


def in_play(case: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """The value of each parameter of a case."""
    rule = case["rule"]
    rate, start, compounding = rule["rate"], rule["start"], rule["compounding"]
    rounding = rate["round"]
    yield "rate source", rate["source"]
    yield "fixing", rule["fixing"]["mode"]
    yield "snapshot", rule["fixing"]["snapshot"]
    yield "multiplier", rate["multiplier"]
    yield "rate rounding", f"{rounding['on']} {rounding['mode']}" if rounding else "none"
    yield "floor", rate.get("floor_percent", "none")
    yield "cap", rate.get("cap_percent", "none")
    yield "day count", rule["day_count"]
    yield "end day counts", rule["end_day_counts"]
    yield "offset days", start["offset_days"]
    yield "business day", start["business_day"]
    yield "compounding", compounding if compounding == "none" else compounding["every"]
    yield "rounding stage", rule["rounding"]["stage"]
    yield "rounding mode", rule["rounding"]["mode"]
    yield "first in allocation", rule["allocation"][0]
    yield "buckets allocated", len(rule["allocation"])
    yield "suspensions", len(rule["suspensions"])
    yield "fixed fee", "tiers" if rule["fixed_fee"] else "none"
    yield "fine", rule["fine"]["percent"] if rule["fine"] else "none"
    yield "base factor", rule["base_factor"]
    yield "currency exponent", case["currency_exponent"]
    yield "payments", len(case["payments"])
    yield "costs", len(case["costs"])
    for mode in {note["mode"] for note in case["credit_notes"]} or {"none"}:
        yield "credit notes", mode
    if rate["source"] == "table":
        yield "rate table", "ends" if "rate_table_end" in case else "goes on"


if __name__ == "__main__":
    sys.exit(main())
