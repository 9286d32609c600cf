"""When a written-off receivable counts for tax (`include/write_off_tax.yaml`): dated rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from receivables.contract import INCLUDE
from receivables.errors import PolicyError
from receivables.sql import Session
from receivables.yaml_text import read_yaml

TAX_RULES = INCLUDE / "write_off_tax.yaml"
REQUIREMENTS = ("nothing", "collection_continued", "court_action", "proof_of_loss")
STATUSES = ("FOUND", "RECALLED")
KEYS = {
    "rule_id", "country", "tax", "valid_from", "valid_until", "currency", "amount_over",
    "amount_max", "overdue", "requires", "legal_basis", "status", "source", "note",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRule:
    """Under what conditions a write-off counts for a tax; bounds are as in the file."""

    rule_id: str
    country: str
    tax: str
    valid_from: date
    valid_until: date | None
    currency: str | None
    amount_over: Decimal | None
    amount_max: Decimal | None
    overdue_months: int
    overdue_days: int
    requires: str
    legal_basis: str
    status: str
    source: str


@cache
def load_tax_rules(file: Path = TAX_RULES) -> tuple[TaxRule, ...]:
    """Read the rules.

    Raises PolicyError with every fault: file, rule and remedy; also where two rules could be an
    item's at once.
    """
    faults: list[str] = []
    rules = []
    for entry in read_yaml(file.read_text(encoding="utf-8")):
        if set(entry) != KEYS:
            wrong = ", ".join(sorted(set(entry) ^ KEYS))
            faults.append(f"{entry.get('rule_id')}: unknown or missing: {wrong}")
            continue
        rules.append(_rule(entry))
        faults += _rule_faults(rules[-1])
    faults += [
        f"{one.rule_id} and {other.rule_id} overlap: an item could be under both"
        for one, other in combinations(rules, 2)
        if _overlap(one, other)
    ]
    if faults:
        raise PolicyError("\n".join(f"{file}: {fault}" for fault in faults))
    return tuple(rules)


def write_tax_rule_table(sql: Session, rules: Sequence[TaxRule], *, country: str) -> None:
    """Make `tax_rule` known to the statements: the rules of the creditor's country."""
    sql.connection.execute(
        "create table tax_rule (rule_id varchar, tax varchar, valid_from date, valid_until date, "
        "currency varchar, amount_over decimal(18, 4), amount_max decimal(18, 4), "
        "overdue_months integer, overdue_days integer, requires varchar, legal_basis varchar, "
        "needs_confirmation boolean)"
    )
    for rule in rules:
        if rule.country == country:
            sql.connection.execute(
                "insert into tax_rule values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [rule.rule_id, rule.tax, rule.valid_from, rule.valid_until, rule.currency,
                 rule.amount_over, rule.amount_max, rule.overdue_months, rule.overdue_days,
                 rule.requires, rule.legal_basis, rule.status == "RECALLED"],
            )


def _rule(entry: dict[str, Any]) -> TaxRule:
    plain = {key: entry[key] for key in KEYS - {"overdue", "note"}}
    for bound in ("amount_over", "amount_max"):
        plain[bound] = None if plain[bound] is None else Decimal(str(plain[bound]))
    overdue = entry["overdue"]
    return TaxRule(
        **plain, overdue_months=overdue.get("months", 0), overdue_days=overdue.get("days", 0)
    )


def _rule_faults(rule: TaxRule) -> list[str]:
    faults = []
    if rule.requires not in REQUIREMENTS:
        faults.append(f"{rule.rule_id}.requires: must be one of {', '.join(REQUIREMENTS)}")
    if rule.status not in STATUSES:
        faults.append(f"{rule.rule_id}.status: must be one of {', '.join(STATUSES)}")
    if not isinstance(rule.valid_from, date) or not rule.source or not rule.legal_basis:
        faults.append(f"{rule.rule_id}: give valid_from as a date, legal_basis and source")
    if (rule.amount_over or rule.amount_max) and not rule.currency:
        faults.append(f"{rule.rule_id}: an amount needs its currency")
    return faults


def _overlap(one: TaxRule, other: TaxRule) -> bool:
    """Whether an item of both rules' country, due date and amount could be."""
    return (
        one.country == other.country
        and (one.currency is None or other.currency is None or one.currency == other.currency)
        and one.valid_from < (other.valid_until or date.max)
        and other.valid_from < (one.valid_until or date.max)
        and (one.amount_over or Decimal(0)) < (other.amount_max or Decimal("Infinity"))
        and (other.amount_over or Decimal(0)) < (one.amount_max or Decimal("Infinity"))
    )
