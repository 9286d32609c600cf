"""Worked cases of late-payment interest, computed by the same SQL as the night."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from math import gcd
from pathlib import Path
from typing import Any

from receivables.balance.interest import (
    FAR,
    Rate,
    RuleInForce,
    accrue,
    days_needed,
    fill,
    percent_places,
    write_rules,
)
from receivables.balance.rule import BUCKETS, parse
from receivables.errors import WrongUse
from receivables.sql import Session

BATCH = 5000
MONEY = (
    "interest", "fixed_fee", "fine", "costs", "interest_due", "principal_due", "unallocated",
    "total_due",
)
TAKERS = (*BUCKETS, "unallocated")


@dataclass(frozen=True, slots=True)
class Case:
    """A claim with everything that its interest depends on; money in minor units."""

    case_id: str
    rule: RuleInForce
    principal: int
    due_date: date
    as_of_date: date
    payments: tuple[tuple[date, int], ...]
    credit_notes: tuple[tuple[date, int, str], ...]
    costs: tuple[tuple[date, int], ...]


def read_cases(file: Path) -> list[dict[str, Any]]:
    """The cases of a file; raises WrongUse if it is no such file."""
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WrongUse(f"{file}: no such file") from None
    except ValueError as broken:
        raise WrongUse(f"{file}: not valid JSON: {broken}") from broken
    cases = raw.get("cases") if isinstance(raw, dict) else raw
    if not isinstance(cases, list) or not all(
        isinstance(case, dict) and isinstance(case.get("id"), str) for case in cases
    ):
        raise WrongUse(f"{file}: must hold a list `cases`, each a mapping with an `id`")
    ids = [case["id"] for case in cases]
    if len(set(ids)) < len(ids):
        raise WrongUse(f"{file}: two cases have the same `id`")
    return cases


def solve(sql: Session, raw_cases: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Every case's figures by its id; `error` for one that is refused."""
    solved: dict[str, dict[str, Any]] = {}
    for start in range(0, len(raw_cases), BATCH):
        read: list[Case] = []
        for raw in raw_cases[start:start + BATCH]:
            faults: list[str] = []
            case = _case(raw, faults)
            if case is None or faults:
                solved[raw["id"]] = {"error": "CASE_NOT_VALID", "faults": faults}
            else:
                read.append(case)
        if read:
            solved.update(_solve(sql, read))
    return {raw["id"]: solved[raw["id"]] for raw in raw_cases}


def _case(raw: Mapping[str, Any], faults: list[str]) -> Case | None:
    rule = parse(raw.get("rule"), lambda key, what: faults.append(f"rule.{key}: {what}"))
    try:
        exponent = int(raw.get("currency_exponent", 2))
        due, as_of = date.fromisoformat(raw["due_date"]), date.fromisoformat(raw["as_of"])
        end = date.fromisoformat(raw["rate_table_end"]) if raw.get("rate_table_end") else FAR
        table = sorted((date.fromisoformat(d), Decimal(p)) for d, p in raw.get("rate_table") or [])
        ends = [day for day, _ in table[1:]] + [end]
        rates = [
            Rate(day, min(until, end), percent)
            for (day, percent), until in zip(table, ends, strict=False)
        ]
        first, last = days_needed(rule, [due, as_of])
        return Case(
            case_id=raw["id"],
            rule=RuleInForce(raw["id"], rule, rates, exponent, first, last),
            principal=_minor(raw["principal"], exponent),
            due_date=due,
            as_of_date=as_of,
            payments=tuple(_dated(row, exponent) for row in raw.get("payments") or []),
            credit_notes=tuple(
                (*_dated(row, exponent), row.get("mode", "from_date"))
                for row in raw.get("credit_notes") or []
            ),
            costs=tuple(_dated(row, exponent) for row in raw.get("costs") or []),
        )
    except (KeyError, ValueError, TypeError, InvalidOperation) as wrong:
        faults.append(f"{type(wrong).__name__}: {wrong}")
        return None


def _dated(row: Mapping[str, Any], exponent: int) -> tuple[date, int]:
    return date.fromisoformat(row["date"]), _minor(row["amount"], exponent)


def _minor(text: object, exponent: int) -> int:
    if not isinstance(text, str):
        raise ValueError(f"{text!r}: money is a decimal in quotes")
    amount = Decimal(text).scaleb(exponent)
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise ValueError(f"{text!r}: more than {exponent} decimal places")
    return int(amount)


def _solve(sql: Session, cases: list[Case]) -> dict[str, dict[str, Any]]:
    write_rules(sql, [case.rule for case in cases])
    fill(sql, "claim", [
        {"claim_id": case.case_id, "rule_id": case.case_id, "principal": case.principal,
         "due_date": case.due_date, "as_of_date": case.as_of_date}
        for case in cases
    ])
    fill(sql, "payment", [
        {"claim_id": case.case_id, "payment_no": number, "payment_date": day, "amount": amount}
        for case in cases for number, (day, amount) in enumerate(case.payments)
    ])
    fill(sql, "credit_note", [
        {"claim_id": case.case_id, "credit_no": number, "credit_date": day, "amount": amount,
         "mode": mode}
        for case in cases for number, (day, amount, mode) in enumerate(case.credit_notes)
    ])
    fill(sql, "cost", [
        {"claim_id": case.case_id, "cost_date": day, "amount": amount}
        for case in cases for day, amount in case.costs
    ])
    accrue(sql)
    return _answers(sql, {case.case_id: case for case in cases})


def _answers(sql: Session, cases: Mapping[str, Case]) -> dict[str, dict[str, Any]]:
    answers = {}
    for row in sql.rows("interest/case_result"):
        answers[row["claim_id"]] = _answer(row, cases[row["claim_id"]].rule.exponent)
    for row in sql.rows("interest/case_allocation"):
        exponent = cases[row["claim_id"]].rule.exponent
        _append(answers[row["claim_id"]], "allocations", {
            "date": str(row["event_date"]),
            **{name: _money(row[name], exponent) for name in TAKERS if row[name]},
        })
    for row in sql.rows("interest/case_segment"):
        rule = cases[row["claim_id"]].rule
        _append(answers[row["claim_id"]], "segments", {
            "from": str(row["from_day"]),
            "to": str(row["until_day"]),
            "days": row["days"],
            "percent": _percent(row["percent"], percent_places(rule)),
            "base": _money(row["base_amount"], rule.exponent),
            "interest": _money(row["interest_amount"], rule.exponent),
        })
    return answers


def _answer(row: Mapping[str, Any], exponent: int) -> dict[str, Any]:
    if row["error"]:
        return {"error": row["error"]}
    return {
        "effective_due_date": str(row["effective_due_date"]),
        "first_interest_day": str(row["first_interest_day"]),
        "in_default": row["in_default"],
        "calendar_days": int(row["calendar_days"]),
        "interest_days": int(row["interest_days"]),
        "interest_exact": _fraction(row["exact_interest"], row["unit"] * 10**exponent),
        **{name: _money(row[name], exponent) for name in MONEY},
        "allocations": [],
        "segments": [],
    }


def _append(answer: dict[str, Any], name: str, row: dict[str, Any]) -> None:
    if name in answer:
        answer[name].append(row)


def _money(minor: int, exponent: int) -> str:
    return f"{Decimal(int(minor)).scaleb(-exponent):f}"


def _percent(number: int, places: int) -> str:
    text = f"{Decimal(int(number)).scaleb(-places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fraction(numerator: int | None, denominator: int) -> str | None:
    """A fraction in lowest terms; None where more digits would be needed than are kept."""
    if numerator is None:
        return None
    common = gcd(int(numerator), int(denominator))
    return f"{int(numerator) // common}/{int(denominator) // common}"
