"""Reading which interest rule a legal entity has, and which exceptions from it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from receivables.errors import PolicyError
from receivables.settings import InterestException, InterestRule

if TYPE_CHECKING:
    from receivables.balance.rule_file import NamedRule
    from receivables.settings_file import Reader

SCOPES = ("customer_id", "purchase_order_ref", "invoice_id")
NONE = InterestRule(rule_id="none", annual_percent=None, legal_basis="none")


def interest_rule(reader: Reader, raw: object, key: str) -> InterestRule:
    """A rule by its name, or a rate of our own contracts; `none` after a fault."""
    if isinstance(raw, str):
        return _named_rule(reader, raw, key)
    body = reader.mapping(raw, key, {"rule_id", "annual_percent", "legal_basis"})
    try:
        percent = Decimal(str(body.get("annual_percent")))
        is_percent = 0 <= percent < 1000 and percent == round(percent, 6)
    except InvalidOperation:
        is_percent = False
    if not is_percent:
        reader.fault(f"{key}.annual_percent", "must be a quoted decimal from 0 with at most six "
                                              'decimal places, such as "9.27"; or write none')
        return NONE
    return InterestRule(
        rule_id=reader.text(body, "rule_id", key),
        annual_percent=percent,
        legal_basis=reader.text(body, "legal_basis", key),
    )


def interest_exceptions(
    reader: Reader, raw: object, key: str
) -> tuple[InterestException, ...]:
    """What customers, contracts or invoices carry instead."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        reader.fault(key, "must be a list of exceptions")
        return ()
    return tuple(
        _exception(reader, body, f"{key}[{number}]") for number, body in enumerate(raw, start=1)
    )


def _rules() -> dict[str, NamedRule]:
    # Not at the top: Airflow reads the settings with every DAG, and need not load DuckDB for that.
    from receivables.balance.rule_file import load_rules

    return load_rules()


def check_names(reader: Reader, rules: Iterable[InterestRule], key: str) -> None:
    """One name must mean one rule: finance reads it beside every amount."""
    known: dict[str, InterestRule] = {}
    for rule in rules:
        if known.setdefault(rule.rule_id, rule) != rule:
            reader.fault(f"{key}.interest_rule", f"{rule.rule_id!r} names two different rules")
        elif rule.annual_percent is not None and rule.rule_id in _rules():
            reader.fault(
                f"{key}.interest_rule.rule_id",
                f"{rule.rule_id!r} is a rule of include/rules; give the rate another name",
            )


def _named_rule(reader: Reader, name: str, key: str) -> InterestRule:
    try:
        rules = _rules()
    except PolicyError as wrong:
        reader.faults.extend(str(wrong).splitlines())
        return NONE
    if name not in rules:
        reader.fault(key, f"{name!r} is no rule of include/rules; there are "
                          f"{', '.join(sorted(rules))}")
        return NONE
    return InterestRule(
        rule_id=name, annual_percent=None, legal_basis=rules[name].versions[-1].statute
    )


def _exception(reader: Reader, raw: object, key: str) -> InterestException:
    body = reader.mapping(raw, key, {*SCOPES, "interest_rule", "because"})
    scopes = [scope for scope in SCOPES if scope in body]
    if len(scopes) != 1:
        reader.fault(key, f"must name one of {', '.join(SCOPES)}")
        scopes = ["customer_id"]
    return InterestException(
        scope=scopes[0],
        key=reader.identifier(body.get(scopes[0]), f"{key}.{scopes[0]}"),
        interest_rule=interest_rule(reader, body.get("interest_rule"), f"{key}.interest_rule"),
        because=reader.text(body, "because", key),
    )
