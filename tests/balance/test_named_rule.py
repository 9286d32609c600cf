"""Interest of a night under a rule of `include/rules/`, named in the settings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from company import ENTITY, Company, read
from receivables.errors import SettingsError
from receivables.settings import InterestException, InterestRule
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
    with pytest.raises(SettingsError, match=r"interest_rule: 'de_b2c' is no rule .* de_b2b"):
        company.settings(entity={"interest_rule": "de_b2c"})


CARRIED = [
    # exceptions | rule that is carried | because
    ([], "de_b2b", "the legal entity's own"),
    ([("customer_id", "C1", "fr_b2b")], "fr_b2b", "the customer's goes before it"),
    ([("customer_id", "C2", "fr_b2b")], "de_b2b", "another customer's does not"),
    ([("customer_id", "C1", "fr_b2b"), ("purchase_order_ref", "PO-1", "nl_b2b")], "nl_b2b",
     "the contract's goes before the customer's"),
    ([("purchase_order_ref", "PO-1", "nl_b2b"), ("invoice_id", "I1", "none")], None,
     "the invoice's goes before all"),
]


@pytest.mark.parametrize(
    ("exceptions", "rule", "because"), CARRIED, ids=[row[-1] for row in CARRIED]
)
def test_the_narrowest_rule_is_carried(tmp_path, exceptions, rule, because):
    company = Company(tmp_path)
    company.customer()
    company.invoice("I1", "1000", "2025-01-31", issue_date="2025-01-01",
                    posting_date="2025-01-01", purchase_order_ref="PO-1")
    night = balanced(
        company, rule=named("de_b2b"), day=date(2025, 6, 30),
        exceptions=tuple(
            InterestException(scope, key, named(name), "agreed") for scope, key, name in exceptions
        ),
    )
    found = read(night, "interest_segment", "distinct rule_id", "1")
    assert found == ([] if rule is None else [(rule,)]), because


EXCEPTIONS_REFUSED = [
    ([{"interest_rule": "none", "because": "x"}], r"\[1\]: must name one of customer_id"),
    ([{"customer_id": "C1", "invoice_id": "I1", "interest_rule": "none", "because": "x"}],
     "must name one of"),
    ([{"customer_id": "C1", "interest_rule": "xx_b2b", "because": "x"}], "'xx_b2b' is no rule"),
    ([{"customer_id": "C1", "interest_rule": "none"}], "because: is missing"),
    ([{"customer_id": 7, "interest_rule": "none", "because": "x"}], "put it in quotes"),
    ({"customer_id": "C1"}, "must be a list"),
    ([{"customer_id": "C1", "interest_rule": {"rule_id": "de_b2b", "annual_percent": "9",
                                              "legal_basis": "x"}, "because": "x"}],
     "'de_b2b' is a rule of include/rules"),
    ([{"customer_id": c, "interest_rule": {"rule_id": "agreed", "annual_percent": p,
                                           "legal_basis": "x"}, "because": "x"}
      for c, p in (("C1", "8"), ("C2", "9"))], "'agreed' names two different rules"),
]


@pytest.mark.parametrize(("exceptions", "fault"), EXCEPTIONS_REFUSED)
def test_an_exception_says_whose_it_is_and_why(tmp_path, exceptions, fault):
    company = company_with(tmp_path)
    with pytest.raises(SettingsError, match=fault):
        company.settings(entity={"interest_exceptions": exceptions})


CONFIRMED = [
    # rule, currency, due, as of | marked rows | item marked | because
    ("se_b2b", "SEK", "2024-11-30", "2024-12-31", [False], False, "every rate is from a source"),
    ("se_b2b", "SEK", "2024-11-30", "2025-01-31", [False, True], True, "one rate is from memory"),
    ("mx_commercial", "MXN", "2024-11-30", "2025-01-31", [True], True, "the rule's own rate is"),
    ("none", "SEK", "2024-11-30", "2025-01-31", [], False, "nothing is computed"),
]


@pytest.mark.parametrize(
    ("rule", "currency", "due", "as_of", "rows", "item", "because"),
    CONFIRMED, ids=[row[-1] for row in CONFIRMED],
)
def test_what_is_computed_on_a_rate_from_memory_says_so(
    tmp_path, rule, currency, due, as_of, rows, item, because
):
    company = company_with(tmp_path, ("I1", "1000", due), currency=currency)
    night = balanced(company, rule=named(rule), day=date.fromisoformat(as_of))
    marked = read(night, "interest_segment", "needs_confirmation", "from_date")
    assert [mark for (mark,) in marked] == rows, because
    assert read(night, "open_item", "needs_confirmation") == [(item,)], because
