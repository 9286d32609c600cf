"""Write-off proposals: they look forward only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from company import DAY
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from receivables.errors import PolicyError
from receivables.hand_over.tax_rule import load_tax_rules
from receivables.hand_over.write_off import (
    DAYS_MAX,
    WAYS,
    ForwardCost,
    RecoveryRate,
    WriteOffParameters,
    create_proposals,
    load_parameters,
)
from receivables.sql import Session, session, statement

PARAMETERS = WriteOffParameters(
    recovery_rates=(
        RecoveryRate("agency_file", "all", -DAYS_MAX, DAYS_MAX, 3000),
        RecoveryRate("legal_dossier", "all", -DAYS_MAX, DAYS_MAX, 5000),
    ),
    forward_costs=(
        ForwardCost("agency_file", "EUR", 2000, 0, Decimal("10")),
        ForwardCost("legal_dossier", "EUR", 0, 500, Decimal("100")),
    ),
)
COLUMNS = "invoice_id, proposal, recovery_amount, forward_cost_amount, forward_value_amount"
TAX_COLUMNS = "tax_rule_id, is_tax_eligible, tax_requires, tax_needs_confirmation"


@contextmanager
def ended(
    tmp_path: Path, items: list[dict[str, Any]], *, country: str = "BR",
    parameters: WriteOffParameters = PARAMETERS,
) -> Iterator[Session]:
    """The proposals for items, each with an amount, where every letter was sent."""
    with session(tmp_path) as sql:
        sql.connection.execute(
            "create table decision (as_of_date date, legal_entity_id varchar, invoice_id varchar, "
            "instalment_no integer, customer_id varchar, currency varchar, due_date date, "
            "days_past_due integer, dunning_exposure_amount decimal(38, 4), reason_code varchar)"
        )
        sql.connection.execute(
            "create table open_item (invoice_id varchar, open_amount decimal(18, 4), "
            "document_type varchar)"
        )
        for number, item in enumerate(items, start=1):
            due = item.get("due", DAY - timedelta(days=120))
            sql.connection.execute(
                "insert into decision values (?, 'E1', ?, 1, ?, ?, ?, ?, ?, ?)",
                [DAY, f"I{number:03}", item.get("customer", "C1"), item.get("currency", "EUR"),
                 due, (DAY - due).days, item["amount"],
                 item.get("reason", "HAND_OVER_PROPOSED")],
            )
            sql.connection.execute(
                "insert into open_item values (?, ?, 'invoice')",
                [f"I{number:03}", item.get("open", item["amount"])],
            )
        create_proposals(sql, country=country, parameters=parameters)
        yield sql


def rows(sql: Session, columns: str) -> list[tuple[Any, ...]]:
    found = sql.connection.execute(f"select {columns} from write_off_proposal order by all")
    return [tuple(str(v) if isinstance(v, Decimal) else v for v in row) for row in found.fetchall()]


# what each of a customer's items owes, what is proposed, forward value of them all, because
WAYS_ON = [
    (["1000.00"], "legal_dossier", "350.0000", "500 less 50 less 100; the agency gives 300 - 60 - 10"),
    (["200.00"], "agency_file", "38.0000", "a court gives 100 - 10 - 100: less than nothing"),
    (["40.00"], "write_off", "-0.4000", "even the agency's 9.60 do not pay its 10"),
    (["40.00"] * 10, "agency_file", "86.0000", "ten such items of one customer share the 10"),
    (["0.01"] * 3, "write_off", "-10.0000", "the smallest amounts still add up to the cent"),
]


@pytest.mark.parametrize("amounts, proposal, value, because", WAYS_ON)
def test_the_best_way_from_here_on_is_proposed(
    tmp_path: Path, amounts: list[str], proposal: str, value: str, because: str
) -> None:
    with ended(tmp_path, [{"amount": amount} for amount in amounts]) as sql:
        found = rows(sql, "proposal, case_value_amount, forward_value_amount")
    assert {row[:2] for row in found} == {(proposal, value)}, because
    assert sum(Decimal(row[2]) for row in found) == Decimal(value), because


# what is special about the item, how often it is listed and as what, because
WHICH = [
    ({"reason": "LADDER_CLIMBED"}, ["legal_dossier"], "the ladder is climbed to its end"),
    ({"reason": "DISPUTED"}, [], "a dispute is settled first"),
    ({"reason": "STEP_DUE"}, [], "a letter is left"),
    ({"currency": "JPY"}, ["undecided"], "nobody said what a way costs in yen"),
]


@pytest.mark.parametrize("special, proposals, because", WHICH)
def test_only_what_has_no_letter_left_is_proposed(
    tmp_path: Path, special: dict[str, Any], proposals: list[str], because: str
) -> None:
    with ended(tmp_path, [{"amount": "1000", **special}]) as sql:
        assert [row[0] for row in rows(sql, "proposal")] == proposals, because


BOOK = st.lists(
    st.lists(st.integers(1, 10_000_000), min_size=1, max_size=4), min_size=20, max_size=40
)
RATES = st.tuples(st.integers(0, 10_000), st.integers(0, 10_000))
FIXED = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))


@given(book=BOOK, recovery=RATES, success=RATES, claim=RATES, fixed=FIXED, spent=FIXED)
@effort(max_examples=8, deadline=None, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_forward_value_decides_irrespective_of_what_was_spent(
    tmp_path: Path, book: list[list[int]], recovery: Any, success: Any, claim: Any, fixed: Any,
    spent: Any,
) -> None:
    parameters = WriteOffParameters(
        tuple(replace(rate, rate=recovery[i]) for i, rate in enumerate(PARAMETERS.recovery_rates)),
        tuple(ForwardCost(way, "EUR", success[i], claim[i], Decimal(fixed[i]) / 100)
              for i, way in enumerate(WAYS)),
    )
    items = [
        {"customer": f"C{number}", "amount": Decimal(minor) / 100}
        for number, minors in enumerate(book) for minor in minors
    ]
    with ended(tmp_path, items, parameters=parameters) as sql:
        before = rows(sql, "*")
        proposed = dict(rows(sql, "distinct on (customer_id) customer_id, proposal"))
        for table in ("currency", "recovery_rate", "forward_cost", "tax_rule"):
            sql.connection.execute(f"drop table {table}")
        for table in ("decision", "open_item"):
            sql.connection.execute(f"alter table {table} add column spent_amount decimal(18, 4)")
            sql.connection.execute(f"update {table} set spent_amount = {spent[0]} + {spent[1]}")
        create_proposals(sql, country="BR", parameters=parameters)
        assert rows(sql, "*") == before

    def share(minor: int, rate: int) -> int:
        return (minor * rate + 5000) // 10000

    for number, minors in enumerate(book):
        values = [
            sum(r - share(r, success[i]) - share(m, claim[i])
                for m in minors for r in [share(m, recovery[i])]) - fixed[i]
            for i in range(len(WAYS))
        ]
        best = max(range(len(WAYS)), key=lambda i: (values[i], -i))
        assert proposed[f"C{number}"] == (WAYS[best] if values[best] > 0 else "write_off")


def test_nothing_that_was_spent_is_read() -> None:
    """The statement names all that it reads; what a customer's case has cost is in none of it."""
    text = statement("hand_over/write_off_proposal")
    head = " ".join(line.strip("- ") for line in text.splitlines() if line.startswith("-- "))
    reads = head.partition("Reads: ")[2].partition(" Writes:")[0]
    assert set(reads.split(", ")) == {
        "decision", "open_item", "currency", "recovery_rate", "forward_cost", "tax_rule",
    }


# country, open on the invoice, due, rule, eligible, because
TAX = [
    ("BR", "15000.00", date(2025, 9, 29), "br_small", True, "small and more than six months"),
    ("BR", "15000.00", date(2025, 9, 30), "br_small", True, "six months end with 30 March"),
    ("BR", "15000.00", date(2025, 10, 1), "br_small", False, "a day short of six months"),
    ("BR", "15000.01", date(2025, 9, 29), "br_medium", False, "above the bound it takes a year"),
    ("BR", "100000.00", date(2025, 3, 30), "br_medium", True, "more than a year, still collected"),
    ("BR", "100000.01", date(2025, 3, 30), "br_large", None, "whether a court has it, nobody said"),
    ("BR", "100000.01", date(2025, 6, 30), "br_large", False, "and too young even then"),
    ("BR", "10.00", date(2014, 10, 7), None, None, "due before the rule's first day"),
    ("DE", "10.00", date(2025, 3, 30), "de_vat", None, "a person shows that nothing will come"),
    ("PL", "10.00", date(2025, 12, 30), "pl_vat", True, "91 days"),
    ("PL", "10.00", date(2025, 12, 31), "pl_vat", False, "90 days are not more than 90"),
    ("JP", "10.00", date(2020, 1, 1), None, None, "no rule is known"),
]


@pytest.mark.parametrize("country, amount, due, rule_id, is_eligible, because", TAX)
def test_a_write_off_counts_for_tax_as_the_dated_rules_say(
    tmp_path: Path, country: str, amount: str, due: date, rule_id: str | None,
    is_eligible: bool | None, because: str,
) -> None:
    currency = "BRL" if country == "BR" else "EUR"
    item = {"amount": "1.00", "open": amount, "due": due, "currency": currency}
    with ended(tmp_path, [item], country=country) as sql:
        [found] = rows(sql, TAX_COLUMNS)
    assert found[:2] == (rule_id, is_eligible), because
    assert found[3] == (None if rule_id is None else False), because


def test_a_recalled_rule_says_that_it_must_be_confirmed(tmp_path: Path) -> None:
    with ended(tmp_path, [{"amount": "1.00"}], country="FR") as sql:
        assert rows(sql, TAX_COLUMNS) == [("fr_vat", None, "proof_of_loss", True)]


# what a person mistyped, what the loader says, because
MISTYPED = [
    ('percent: "50.00"', "percent: fifty", "recovery.agency_file[1].percent", "no number"),
    ('percent: "50.00"', 'percent: "101"', "from 0 to 100", "more than all"),
    ("days_past_due_max: 365", "days_past_due_max: 90", "must rise", "classes in disorder"),
    ("days_past_due_max: null", "days_past_due_max: 900", "is open (null)", "a gap behind"),
    ('EUR: "600.00"', 'EUR: "600.001"', "no amount of that currency", "no such coin"),
]


@pytest.mark.parametrize("written, mistyped, said, because", MISTYPED)
def test_wrong_parameters_are_refused(
    tmp_path: Path, written: str, mistyped: str, said: str, because: str
) -> None:
    from receivables.hand_over.write_off import WRITE_OFF

    text = WRITE_OFF.read_text(encoding="utf-8")
    assert written in text
    file = tmp_path / "write_off.yaml"
    file.write_text(text.replace(written, mistyped), encoding="utf-8")
    with pytest.raises(PolicyError, match="write_off") as refused:
        load_parameters(file)
    assert said in str(refused.value), because


def test_tax_rules_that_overlap_are_refused(tmp_path: Path) -> None:
    from receivables.hand_over.tax_rule import TAX_RULES

    text = TAX_RULES.read_text(encoding="utf-8")
    file = tmp_path / "write_off_tax.yaml"
    file.write_text(text.replace('amount_max: "15000.00"', 'amount_max: "15000.01"'), "utf-8")
    with pytest.raises(PolicyError, match="br_small and br_medium overlap"):
        load_tax_rules(file)


