"""Reading which interest rule a legal entity has, and which exceptions from it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import yaml

from receivables.contract import INCLUDE
from receivables.settings import InterestException, InterestRule
from receivables.yaml_text import read_yaml

if TYPE_CHECKING:
    from receivables.settings_file import Reader

RULES = INCLUDE / "rules"
SCOPES = ("customer_id", "purchase_order_ref", "invoice_id")
NONE = InterestRule(rule_id="none", annual_percent=None, legal_basis="")


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


def _rule_names() -> set[str]:
    """The names of `include/rules/`; what they say is read and judged where it is worked with.

    Airflow reads the settings with every DAG, and need not load the engine for a name.
    """
    texts = (file.read_text(encoding="utf-8") for file in sorted(RULES.glob("*.yaml")))
    return {str(name) for text in texts for name in read_yaml(text) or {}}


def check_names(reader: Reader, rules: Iterable[InterestRule], key: str) -> None:
    """One name must mean one rule: finance reads it beside every amount."""
    known: dict[str, InterestRule] = {}
    for rule in rules:
        if known.setdefault(rule.rule_id, rule) != rule:
            reader.fault(f"{key}.interest_rule", f"{rule.rule_id!r} names two different rules")
        elif rule.annual_percent is not None and rule.rule_id in _rule_names():
            reader.fault(
                f"{key}.interest_rule.rule_id",
                f"{rule.rule_id!r} is a rule of include/rules; give the rate another name",
            )


def _named_rule(reader: Reader, name: str, key: str) -> InterestRule:
    try:
        names = _rule_names()
    except yaml.YAMLError as broken:
        reader.fault(key, f"include/rules cannot be read: {broken}")
        return NONE
    if name not in names:
        reader.fault(key, f"{name!r} is no rule of include/rules; there are "
                          f"{', '.join(sorted(names))}")
        return NONE
    return InterestRule(rule_id=name, annual_percent=None, legal_basis="")


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
