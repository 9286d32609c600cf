"""Interest of a night under a rule of `include/rules/`, named in the settings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from company import ENTITY, Company, read
from receivables.errors import SettingsError
from receivables.settings import InterestRule
from test_balance import balanced


def named(rule_id: str) -> InterestRule:
    return InterestRule(rule_id=rule_id, annual_percent=None, legal_basis="the law")


def company_with(tmp_path, *invoices: tuple[str, str, str], currency: str = "EUR") -> Company:
    company = Company(tmp_path)
    company.customer()
    for invoice_id, amount, due in invoices:
        company.invoice(
            invoice_id, amount, due, currency=currency, issue_date="2015-01-01",
            posting_date="2015-01-01",
        )
    return company


def test_the_rate_changes_with_the_half_year_and_each_row_names_its_law(tmp_path):
    company = company_with(tmp_path, ("I1", "10000", "2024-11-29"))
    company.payment("I1", "3000", "2025-02-10")
    night = balanced(company, rule=named("de_b2b"), day=date(2025, 12, 31))
    rows = read(
        night, "interest_segment",
        "from_date, until_date, base_amount, annual_rate_percent, interest_amount, rule_id, "
        "rate_source", "from_date",
    )
    assert [(str(row[0]), str(row[1]), *map(float, row[2:5])) for row in rows] == [
        ("2024-11-30", "2024-12-31", 10000.0, 12.37, 108.45),
        ("2025-01-01", "2025-02-10", 10000.0, 11.27, 126.59),
        ("2025-02-11", "2025-06-30", 7000.0, 11.27, 302.59),
        ("2025-07-01", "2025-12-31", 7000.0, 10.27, 362.4),
    ]
    assert {row[5:] for row in rows} == {("de_b2b", "de_basiszinssatz")}
    [(interest,)] = read(night, "open_item", "interest_amount")
    assert interest == sum(row[4] for row in rows)


RULES = [
    # rule, currency, amount, due, as of | interest | because
    ("none", "EUR", "1000", "2025-01-31", "2025-10-15", "0", "no interest is claimed"),
    ("uk_b2b", "GBP", "22000", "2026-02-23", "2026-04-09", "318.70", "frozen at 3.75 + 8"),
    ("nl_b2b", "EUR", "40000", "2023-11-30", "2026-07-15", "12970.84", "capitalised yearly"),
    ("be_b2b", "EUR", "15000", "2025-09-30", "2026-09-30", "1575.00", "rounded up to a half"),
    ("us_prompt_payment", "USD", "1000", "2026-06-30", "2026-07-15", None, "not known: refused"),
    ("br_taxa_legal", "BRL", "1000", "2025-01-01", "2025-03-01", "14.92", "monthly rates"),
    ("dk_b2b", "DKK", "1000", "2024-01-31", "2024-06-30", "48.96", "150 bank days at 11.75"),
    ("dk_b2b", "DKK", "1000", "2025-01-31", "2025-06-30", None, "no version in force: refused"),
    ("de_b2b", "JPY", "1000000", "2025-06-30", "2025-07-01", "281", "yen have no decimals"),
]


@pytest.mark.parametrize(
    ("rule", "currency", "amount", "due", "as_of", "interest", "because"),
    RULES, ids=[row[-1] for row in RULES],
)
def test_interest_of_an_item_under_a_rule(
    tmp_path, rule, currency, amount, due, as_of, interest, because
):
    company = company_with(tmp_path, ("I1", amount, due), currency=currency)
    night = balanced(company, rule=named(rule), day=date.fromisoformat(as_of))
    [(found, open_amount)] = read(night, "open_item", "interest_amount, open_amount")
    assert found == (None if interest is None else Decimal(interest)), because
    assert open_amount == Decimal(amount), because
    total = sum((row[0] for row in read(night, "interest_segment", "interest_amount")), Decimal(0))
    assert total == (found or 0), because


def test_an_item_past_the_last_known_rate_is_held_and_the_others_go_on(tmp_path):
    company = company_with(tmp_path, ("I1", "1000", "2026-12-01"), ("I2", "1000", "2027-01-02"))
    night = balanced(company, rule=named("de_b2b"), day=date(2027, 1, 3))
    columns = "invoice_id, open_amount, interest_amount, data_hold_reason"
    assert read(night, "open_item", columns) == [
        ("I1", Decimal(1000), None, "RATE_NOT_AVAILABLE"),
        ("I2", Decimal(1000), Decimal(0), None),
    ], "the Saturday moves to Monday: no rate of 2027 is needed yet"


def test_a_rule_is_named_in_the_settings(tmp_path):
    company = company_with(tmp_path)
    settings = company.settings(entity={"interest_rule": "de_b2b"})
    rule = settings.entities[ENTITY].interest_rule
    assert (rule.rule_id, rule.annual_percent) == ("de_b2b", None)
    assert "288" in rule.legal_basis
    with pytest.raises(SettingsError, match=r"interest_rule: 'de_b2c' is no rule .* de_b2b"):
        company.settings(entity={"interest_rule": "de_b2c"})
