"""The interest of a night's overdue instalments under a named rule (`include/rules/`)."""

from __future__ import annotations

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
from receivables.balance.rule_file import NamedRule, RuleVersion
from receivables.sql import Session

VERSION_COLUMNS = {
    "rule_id": "varchar", "rule_name": "varchar", "version_no": "integer", "exponent": "integer",
    "valid_from": "date", "valid_to": "date", "chosen_by": "varchar", "rate_source": "varchar",
    "legal_basis": "varchar", "percent_unit": "hugeint", "periods_a_year": "integer",
}


def accrue_instalments(
    sql: Session, rule: NamedRule, *, as_of_date: date, open_amounts_from_source: bool
) -> None:
    """Work out the engine's results and `interest_refusal` for the instalments that are overdue.

    Reads owed_instalment, open_invoice, allocation_applied and currency. The ledger says already
    which money is for which principal, so the rule's own order of allocation is not asked.
    """
    from_source = {"open_amounts_from_source": open_amounts_from_source}
    spans = sql.rows("balance/overdue_span", as_of_date=as_of_date)
    versions = [
        (version_no, version, _in_force(version, version_no, span, as_of_date))
        for version_no, version in enumerate(rule.versions) for span in spans
    ]
    fill(sql, "rule_version", [_version_row(*row) for row in versions], VERSION_COLUMNS)
    write_rules(sql, [in_force for _, _, in_force in versions])
    sql.create("claim_item", "balance/claim_item", as_of_date=as_of_date, **from_source)
    sql.create("claim", "balance/claim", as_of_date=as_of_date)
    sql.create("payment", "balance/payment", **from_source)
    for table in ("credit_note", "cost"):
        fill(sql, table, [], {**COLUMNS[table], "claim_id": "bigint"})
    accrue(sql)
    sql.create("interest_refusal", "balance/interest_refusal")


def _in_force(
    version: RuleVersion, version_no: int, span: dict[str, Any], as_of_date: date
) -> RuleInForce:
    rule = replace(version.rule, allocation=("principal",))
    first, last = days_needed(rule, [span["first_due_date"], as_of_date])
    return RuleInForce(
        rule_id=f"{version.rule_id}/{version_no}/{span['exponent']}",
        rule=rule,
        rates=known_rates(version.rates()),
        exponent=span["exponent"],
        first_day=first,
        last_day=last,
    )


def _version_row(
    version_no: int, version: RuleVersion, in_force: RuleInForce
) -> dict[str, object]:
    return {
        "rule_id": in_force.rule_id,
        "rule_name": version.rule_id,
        "version_no": version_no,
        "exponent": in_force.exponent,
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "chosen_by": version.chosen_by,
        "rate_source": version.series or "rule",
        "legal_basis": version.statute,
        "percent_unit": 10 ** percent_places(in_force),
        "periods_a_year": 12 if version.rule.period == "month" else 1,
    }
