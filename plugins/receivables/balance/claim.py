"""The claims of a night: overdue instalments, each under the rule that it carries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from receivables.balance.interest import (
    COLUMNS,
    RuleInForce,
    accrue,
    days_needed,
    fill,
    percent_places,
    write_rules,
)
from receivables.balance.rate import known_rates
from receivables.balance.rule import parse
from receivables.balance.rule_file import NamedRule, RuleVersion, load_rules
from receivables.settings import Entity, InterestRule
from receivables.sql import Session

ENTITY = "legal_entity"
VERSION_COLUMNS = {
    "rule_id": "integer", "rule_name": "varchar", "currency": "varchar", "valid_from": "date",
    "valid_to": "date", "is_by_contract_date": "boolean", "charges_nothing": "boolean",
    "rate_source": "varchar", "legal_basis": "varchar", "percent_unit": "hugeint",
    "periods_a_year": "integer",
}
CHOICE_COLUMNS = {"scope": "varchar", "key": "varchar", "rule_name": "varchar"}


def accrue_instalments(
    sql: Session,
    entity: Entity,
    rules: list[NamedRule],
    *,
    as_of_date: date,
    open_amounts_from_source: bool,
) -> None:
    """Work out `item_interest` and `claim_segment` of the instalments that are overdue.

    Reads owed_instalment, allocation_applied and currency. The ledger says already
    which money is for which principal, so the rule's own order of allocation is not asked.
    """
    from_source = {"open_amounts_from_source": open_amounts_from_source}
    spans = sql.rows("balance/overdue_span", as_of_date=as_of_date)
    write_rule_tables(sql, entity, rules, spans, last_day=as_of_date)
    sql.create("claim_item", "balance/claim_item", as_of_date=as_of_date, **from_source)
    sql.create("claim", "balance/claim", as_of_date=as_of_date)
    sql.create("payment", "balance/payment", **from_source)
    for table in ("credit_note", "cost"):
        fill(sql, table, [], {**COLUMNS[table], "claim_id": "bigint"})
    accrue(sql)
    sql.create("item_interest", "balance/item_interest")


def write_rule_tables(
    sql: Session,
    entity: Entity,
    rules: list[NamedRule],
    spans: list[dict[str, Any]],
    *,
    last_day: date,
) -> None:
    """Make `rule_choice`, `rule_version` and the tables of the interest engine known.

    `spans`: a row a currency, with its exponent and the first_due_date in it. Raises PolicyError if
    a rule's calendar ends before `last_day`.
    """
    in_force = list(_in_force(rules, spans, last_day))
    fill(sql, "rule_choice", _choices(entity), CHOICE_COLUMNS)
    fill(sql, "rule_version", [_version_row(*row) for row in in_force], VERSION_COLUMNS)
    write_rules(sql, [rule for _, _, rule in in_force])


def charges_interest(entity: Entity) -> bool:
    """Whether any rule but `none` is in use."""
    return any(rule.rule_id != "none" for rule in _chosen(entity))


def _chosen(entity: Entity) -> list[InterestRule]:
    return [entity.interest_rule, *(e.interest_rule for e in entity.interest_exceptions)]


def rules_in_use(entity: Entity) -> list[NamedRule]:
    """The rules that an entity's invoices can carry."""
    named = load_rules()
    return [
        named[rule.rule_id] if rule.annual_percent is None else _agreed_rule(rule)
        for rule in {rule.rule_id: rule for rule in _chosen(entity)}.values()
    ]


def _agreed_rule(rule: InterestRule) -> NamedRule:
    """The rate of a contract: simple, ACT/365, from the day after the due date, row by row."""
    def no_fault(key: str, what: str) -> None:
        raise AssertionError(f"{key}: {what}")

    body = {
        "rate": {"source": "fixed", "percent": f"{rule.annual_percent:f}"},
        "start": {"offset_days": 1, "business_day": "none"},
        "end_day_counts": True,
        "day_count": "ACT/365",
        "compounding": "none",
        "allocation": ["principal"],
        "rounding": {"mode": "half_up", "stage": "segment"},
    }
    version = RuleVersion(
        rule_id=rule.rule_id, valid_from=date.min, valid_to=date.max, chosen_by="due_date",
        status="FOUND", statute=rule.legal_basis, currency="any", series=None,
        rule=parse(body, no_fault), because={},
    )
    return NamedRule(rule.rule_id, rule.legal_basis, (version,))


def _choices(entity: Entity) -> list[dict[str, object]]:
    return [
        {"scope": ENTITY, "key": entity.legal_entity_id, "rule_name": entity.interest_rule.rule_id},
        *(
            {"scope": e.scope, "key": e.key, "rule_name": e.interest_rule.rule_id}
            for e in entity.interest_exceptions
        ),
    ]


def _in_force(
    rules: list[NamedRule], spans: list[dict[str, Any]], last_day: date
) -> Iterator[tuple[RuleVersion, str, RuleInForce]]:
    """Every version of every rule, in every currency, with its rates."""
    number = 0
    for version in (version for rule in rules for version in rule.versions):
        for span in spans:
            rule = _in_currency(version, span["currency"])
            first, last = days_needed(rule.rule, [span["first_due_date"], last_day])
            number += 1
            yield version, span["currency"], RuleInForce(
                rule_id=str(number), rule=rule.rule_between(first, last_day),
                rates=known_rates(version.rates()), exponent=span["exponent"],
                first_day=first, last_day=last,
                needs_confirmation=bool(rule.rule.percent) and version.status == "RECALLED",
            )


def _in_currency(version: RuleVersion, currency: str) -> RuleVersion:
    """A fixed fee is a sum of the rule's own currency: in another one, none is charged."""
    rule = replace(version.rule, allocation=("principal",))
    if version.currency not in (currency, "any"):
        rule = replace(rule, fee_tiers=())
    return replace(version, rule=rule)


def _version_row(
    version: RuleVersion, currency: str, in_force: RuleInForce
) -> dict[str, object]:
    rule = in_force.rule
    return {
        "rule_id": in_force.rule_id,
        "rule_name": version.rule_id,
        "currency": currency,
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "is_by_contract_date": version.chosen_by == "contract_date",
        "charges_nothing": rule.percent == 0 and not rule.fee_tiers and rule.fine_percent == 0,
        "rate_source": version.series or "rule",
        "legal_basis": version.statute,
        "percent_unit": 10 ** percent_places(in_force),
        "periods_a_year": 12 if rule.period == "month" else 1,
    }
