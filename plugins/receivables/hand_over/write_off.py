"""Write-off proposals: what a way on is worth from here on, and what else a write-off would give.

What was spent so far is no argument of anything here, and no column of anything that it reads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from receivables.contract import INCLUDE
from receivables.currency import exponent, write_currency_table
from receivables.errors import PolicyError
from receivables.hand_over.tax_rule import TAX_RULES, load_tax_rules, write_tax_rule_table
from receivables.sql import Session, statement
from receivables.yaml_text import read_yaml

WRITE_OFF = INCLUDE / "write_off.yaml"
# In the order in which they are tried: of two that are worth the same, the first is proposed.
WAYS = ("agency_file", "legal_dossier")
DAYS_MAX = 2_147_483_647


@dataclass(frozen=True, slots=True)
class RecoveryRate:
    """The probable share of the principal that a way recovers of items so many days past due.

    `rate` counts hundredths of a per cent.
    """

    way: str
    recovery_class: str
    days_from: int
    days_until: int
    rate: int


@dataclass(frozen=True, slots=True)
class ForwardCost:
    """What a way costs from here on, for one customer in one currency.

    Rates count hundredths of a per cent: of what is recovered, and of the principal.
    """

    way: str
    currency: str
    success_rate: int
    claim_rate: int
    fixed_amount: Decimal


@dataclass(frozen=True, slots=True)
class WriteOffParameters:
    """What a proposal is worked out with."""

    recovery_rates: tuple[RecoveryRate, ...]
    forward_costs: tuple[ForwardCost, ...]


@cache
def load_parameters(file: Path = WRITE_OFF) -> WriteOffParameters:
    """Read the parameters.

    Raises PolicyError with every fault: file, key and remedy.
    """
    raw = read_yaml(file.read_text(encoding="utf-8"))
    faults: list[str] = []
    rates: list[RecoveryRate] = []
    costs: list[ForwardCost] = []
    for key in ("recovery", "forward_cost"):
        if set(raw.get(key, {})) != set(WAYS):
            faults.append(f"{key}: give {' and '.join(WAYS)}, each once")
    for way in WAYS if not faults else ():
        rates += _recovery_rates(way, raw["recovery"][way], faults)
        costs += _forward_costs(way, raw["forward_cost"][way], faults)
    if faults:
        raise PolicyError("\n".join(f"{file}: {fault}" for fault in faults))
    return WriteOffParameters(tuple(rates), tuple(costs))


@cache
def parameters_version() -> str:
    """The fingerprint of the parameters and the tax rules."""
    files = [read_yaml(f.read_text(encoding="utf-8")) for f in (WRITE_OFF, TAX_RULES)]
    text = json.dumps(files, sort_keys=True, default=str)
    return f"write_off@{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def create_proposals(
    sql: Session, *, country: str, parameters: WriteOffParameters | None = None
) -> None:
    """Make `write_off_proposal` known, of the decisions and open items of a creditor's country."""
    write_currency_table(sql)
    sql.connection.execute(statement("balance/money"))
    _write_parameter_tables(sql, parameters or load_parameters())
    write_tax_rule_table(sql, load_tax_rules(), country=country)
    sql.create("write_off_proposal", "hand_over/write_off_proposal",
               parameters_version=parameters_version())


def _write_parameter_tables(sql: Session, parameters: WriteOffParameters) -> None:
    sql.connection.execute(
        "create table recovery_rate (way varchar, recovery_class varchar, days_from integer, "
        "days_until integer, recovery_rate hugeint)"
    )
    for rate in parameters.recovery_rates:
        sql.connection.execute(
            "insert into recovery_rate values (?, ?, ?, ?, ?)",
            [rate.way, rate.recovery_class, rate.days_from, rate.days_until, rate.rate],
        )
    sql.connection.execute(
        "create table forward_cost (way varchar, way_no integer, currency varchar, "
        "success_rate hugeint, claim_rate hugeint, fixed_minor hugeint)"
    )
    for cost in parameters.forward_costs:
        fixed_minor = int(cost.fixed_amount.scaleb(exponent(cost.currency)))
        sql.connection.execute(
            "insert into forward_cost values (?, ?, ?, ?, ?, ?)",
            [cost.way, WAYS.index(cost.way), cost.currency, cost.success_rate, cost.claim_rate,
             fixed_minor],
        )


def _recovery_rates(way: str, raw: Any, faults: list[str]) -> list[RecoveryRate]:
    rates = []
    days_from = -DAYS_MAX
    for number, entry in enumerate(raw, start=1):
        where = f"recovery.{way}[{number}]"
        _explained(entry, where, faults)
        days_until = entry.get("days_past_due_max")
        if (days_until is None) != (number == len(raw)):
            faults.append(f"{where}.days_past_due_max: only the last class is open (null)")
        named = f"over {days_from - 1} days" if days_until is None else f"up to {days_until} days"
        until = DAYS_MAX if days_until is None else int(days_until)
        if until < days_from:
            faults.append(f"{where}.days_past_due_max: must rise from class to class")
        rates.append(RecoveryRate(way, named, days_from, until, _rate(entry, "percent", where,
                                                                      faults)))
        days_from = until + 1
    return rates


def _forward_costs(way: str, raw: Any, faults: list[str]) -> list[ForwardCost]:
    where = f"forward_cost.{way}"
    _explained(raw, where, faults)
    success, claim = (
        _rate(raw, key, where, faults) for key in ("success_percent", "claim_percent")
    )
    costs = []
    for currency, amount in raw.get("fixed", {}).items():
        fixed = Decimal(str(amount))
        if fixed < 0 or fixed != fixed.quantize(Decimal(1).scaleb(-exponent(currency))):
            faults.append(f"{where}.fixed.{currency}: {amount} is no amount of that currency")
        costs.append(ForwardCost(way, currency, success, claim, fixed))
    return costs


def _explained(entry: Mapping[str, Any], where: str, faults: list[str]) -> None:
    if not str(entry.get("because", "")).strip():
        faults.append(f"{where}.because: say why it is so")


def _rate(entry: Mapping[str, Any], key: str, where: str, faults: list[str]) -> int:
    """A quoted percentage from 0 to 100 with two decimals at most, in hundredths of a per cent."""
    try:
        rate = Decimal(str(entry.get(key))) * 100
    except InvalidOperation:
        rate = Decimal(-1)
    if rate != rate.to_integral_value() or not 0 <= rate <= 10_000:
        faults.append(f"{where}.{key}: write a quoted percentage from 0 to 100, such as \"12.50\"")
        return 0
    return int(rate)
