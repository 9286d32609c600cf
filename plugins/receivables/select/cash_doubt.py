"""Uncertain cash: the words of `include/policies/cash_doubts.yaml`, and the age of receipts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from receivables.contract import INCLUDE
from receivables.dispatch.templates import FALLBACK_LANGUAGE, LANGUAGES
from receivables.errors import PolicyError
from receivables.holiday import holidays_of
from receivables.settings import Entity
from receivables.sql import Session
from receivables.yaml_text import read_yaml

CASH_DOUBTS = INCLUDE / "policies" / "cash_doubts.yaml"
# As `include/sql/select/` finds them; the strongest first.
ASKED = ("advice_of_item", "advice_of_customer", "unapplied_cash", "bank_feed")
SHARED = "shared_cash"
REASON_BLANKS = {"advised_on", "cash", "newest_receipt_on"}
QUESTION_BLANKS = {"advised_on", "newest_receipt_on", "invoices"}


@dataclass(frozen=True, slots=True)
class CashDoubt:
    """Why it is uncertain whether an item is paid; `questions` by language, for a person to ask."""

    cash_doubt: str
    because: str
    questions: Mapping[str, str]


@cache
def load_cash_doubts(file: Path = CASH_DOUBTS) -> tuple[CashDoubt, ...]:
    """Every doubt with its words, the strongest first.

    Raises PolicyError with every fault: file, key and remedy.
    """
    try:
        raw = read_yaml(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, yaml.YAMLError) as broken:
        raise PolicyError(f"{file}: {broken}") from broken
    if not isinstance(raw, dict) or tuple(raw) != (*ASKED, SHARED):
        raise PolicyError(f"{file}: must say {', '.join((*ASKED, SHARED))}, in this order")
    faults = [fault for name, body in raw.items() for fault in _faults(name, body)]
    if faults:
        raise PolicyError("\n".join(f"{file}: {fault}" for fault in faults))
    return tuple(
        CashDoubt(name, body["because"], body.get("question", {})) for name, body in raw.items()
    )


def _faults(name: str, body: Any) -> list[str]:
    keys = {"because", "question"} if name in ASKED else {"because"}
    if not isinstance(body, dict) or set(body) != keys:
        return [f"{name}: must say {' and '.join(sorted(keys))}, and nothing else"]
    faults = _blank_faults(f"{name}.because", body["because"], REASON_BLANKS)
    questions = body.get("question", {}) or {}
    if name in ASKED and set(questions) != set(LANGUAGES):
        faults.append(f"{name}.question: must be asked in each of {', '.join(LANGUAGES)}")
    for language, question in questions.items():
        faults += _blank_faults(f"{name}.question.{language}", question, QUESTION_BLANKS)
    return faults


def _blank_faults(key: str, text: object, known: set[str]) -> list[str]:
    if not isinstance(text, str) or not text.strip():
        return [f"{key}: give a text"]
    try:
        asked = {blank for _, blank, _, _ in Formatter().parse(text) if blank is not None}
    except ValueError as broken:
        return [f"{key}: {broken}"]
    return [
        f"{key}: asks for {{{blank}}}; there are {', '.join(sorted(known))}"
        for blank in sorted(asked - known)
    ]


def write_cash_doubt_tables(sql: Session) -> None:
    """The words as the tables that the statements read."""
    doubts = load_cash_doubts()
    sql.connection.execute(
        "create table cash_doubt_reason (doubt_no integer, cash_doubt varchar, because varchar)"
    )
    sql.connection.executemany(
        "insert into cash_doubt_reason values (?, ?, ?)",
        [(number, doubt.cash_doubt, doubt.because) for number, doubt in enumerate(doubts, start=1)],
    )
    sql.connection.execute(
        "create table cash_question "
        "(cash_doubt varchar, language varchar, question varchar, is_fallback boolean)"
    )
    sql.connection.executemany(
        "insert into cash_question values (?, ?, ?, ?)",
        [
            (doubt.cash_doubt, language, question, language == FALLBACK_LANGUAGE)
            for doubt in doubts for language, question in doubt.questions.items()
        ],
    )


def receipts_from(
    entity: Entity, *, known_at: datetime, as_of_date: date, known_since_days: int
) -> date | None:
    """The day from which the newest receipt must be for the bank feed not to be old; None: any.

    A receipt's age is counted from the end of its day, in the legal entity's time zone, to
    `known_at` (of a backfill: to the end of the last day whose receipts count), in hours of
    business days: banks book nothing at weekends and on holidays. The day on which a row was
    changed is no measure, for a correction of an old receipt would make the feed look young.
    """
    hours_max = entity.bank_feed_hours_max
    if hours_max is None:
        return None
    local = known_at.astimezone(ZoneInfo(entity.time_zone)).replace(tzinfo=None)
    last = datetime.combine(as_of_date + timedelta(days=known_since_days + 1), time())
    until = min(local, last)
    holidays = holidays_of(entity.calendar or entity.country)
    day = until.date()
    age = (until - datetime.combine(day, time())) * _is_business_day(day, holidays)
    while age <= timedelta(hours=hours_max):
        day -= timedelta(days=1)
        age += timedelta(days=1) * _is_business_day(day, holidays)
    return day


def _is_business_day(day: date, holidays: frozenset[date]) -> bool:
    return day.isoweekday() <= 5 and day not in holidays
