"""The expectations as text: complete, explained, and refused if they are wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from company import ENTITY, REQUIRED, Company, read
from receivables import night
from receivables.contract import INCLUDE, tables
from receivables.errors import PolicyError
from receivables.sql import Session
from receivables.validate import expectation
from receivables.validate.column import GRAMMARS
from receivables.validate.expectation import check, expectations, grammar

RULE: dict[str, Any] = {
    "expect": "not_be_null", "column": "invoice_id", "reason_code": "VALUE_MISSING",
    "because": "it is the key",
}


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of expectations that a test may write as it likes."""
    monkeypatch.setattr(expectation, "EXPECTATIONS", tmp_path)
    return tmp_path / "invoice.yaml"


def _session(rows: int, wrong: str = "false") -> Session:
    connection = duckdb.connect()
    connection.execute(
        "create table failure (source_table varchar, source_row bigint, column_name varchar, "
        "offending_value varchar, reason_code varchar, because varchar)"
    )
    connection.execute(
        f"create table probe as select range as source_row, if({wrong}, null, 'I' || range) "
        f"as invoice_id, if({wrong}, 'x', '2026-03-01') as issue_date from range({rows})"
    )
    return Session(connection)


def test_every_table_of_the_contract_has_its_expectations_and_no_file_is_left_over() -> None:
    files = {file.stem for file in (INCLUDE / "expectations").glob("*.yaml")} - {"grammar"}
    assert files == set(tables())


@pytest.mark.parametrize("table", list(tables()))
def test_every_rule_says_why_and_under_which_code(table: str) -> None:
    for rule in expectations(table):
        assert len(rule.because.split()) >= 3, rule
        assert re.fullmatch(r"[A-Z]+(_[A-Z]+)+", rule.reason_code), rule


@pytest.mark.parametrize("table", list(tables()))
def test_no_check_has_two_results_under_one_key(table: str) -> None:
    keys = [(rule.check_id, rule.reason_code) for rule in expectations(table)]
    assert len(keys) == len(set(keys)), "check_result would hold a key twice"


@pytest.mark.parametrize("missing", ["expect", "column", "reason_code", "because"])
def test_a_rule_without_a_part_is_refused(rules: Path, missing: str) -> None:
    rules.write_text(yaml.safe_dump([{k: v for k, v in RULE.items() if k != missing}]))
    with pytest.raises(PolicyError, match=missing):
        expectations("invoice")


@pytest.mark.parametrize("change, because", [
    ({"expect": "be_reasonable"}, "Great Expectations knows no such rule"),
    ({"expect": "match_regex", "grammar": "money"}, "no grammar has that name"),
    ({"expect": "be_in_set", "value_set": "planets"}, "no set has that name"),
    ({"expect": "be_in_set", "value_sets": ["a"]}, "the rule has no such option"),
    ({"column": "invoice_idea"}, "the table has no such column"),
])
def test_a_rule_that_cannot_be_checked_stops_the_night(
    rules: Path, change: dict[str, str], because: str
) -> None:
    rules.write_text(yaml.safe_dump([RULE | change]))
    with pytest.raises(PolicyError):
        check(_session(3), "invoice")


def test_no_file_of_expectations_stops_the_night(rules: Path) -> None:
    assert not rules.exists()
    with pytest.raises(PolicyError, match=r"invoice\.yaml"):
        expectations("invoice")


@pytest.mark.parametrize("kind, text, is_right, because", [
    ("amount", "12.50", True, "plain"),
    ("amount", "-12.5", True, "balances may be negative"),
    ("amount", "12.500000", True, "zeros of a wide column"),
    ("amount", "12.50001", False, "a fifth place"),
    ("amount", "1" * 13, False, "too large to sum"),
    ("amount", "+1", False, "not plain"),
    ("amount", "1.", False, "not plain"),
    ("amount", ".5", False, "not plain"),
    ("date", "2026-03-31", True, "ISO 8601"),
    ("date", "0026-03-31", False, "a typing error"),
    ("date", "2026-03-31T00:00:00", False, "an instant"),
    ("timestamp", "2026-03-31T10:00:00Z", True, "ISO 8601"),
    ("timestamp", "2026-03-31 10:00:00.123456+02:00", True, "as PostgreSQL writes it"),
    ("timestamp", "2026-03-31", True, "midnight"),
    ("timestamp", "10:00", False, "on which day?"),
    ("integer", "030", True, "terms padded with zeros"),
    ("integer", "-1", False, "nothing of ours is counted below none"),
    ("rate", "0.0000000001", True, "ten places"),
    ("rate", "123456789", False, "a typing error"),
])
def test_the_grammars(kind: str, text: str, is_right: bool, because: str) -> None:
    pattern = grammar()[GRAMMARS[kind]]
    assert (re.search(pattern, text) is not None) is is_right, because
    with duckdb.connect() as connection:
        row = connection.execute("select regexp_matches(?, ?)", [text, pattern]).fetchone()
    assert row == (is_right,), "both engines must agree"


def test_of_a_million_rows_every_bad_one_is_listed() -> None:
    session = _session(1_000_000, wrong="range % 1000 = 7")
    results = {
        result.check_id: (result.rows_checked, result.rows_failed)
        for result in check_with(session, [
            RULE,
            {**RULE, "expect": "match_regex", "column": "issue_date", "grammar": "date"},
        ])
    }
    assert results == {
        "invoice_id_not_be_null": (1_000_000, 1000),
        "issue_date_match_regex": (1_000_000, 1000),
    }
    assert session.connection.execute(
        "select count(*), count(distinct source_row), bool_and(source_row % 1000 = 7) from failure"
    ).fetchone() == (2000, 1000, True)


def check_with(session: Session, rules: list[dict[str, Any]]) -> list[expectation.CheckResult]:
    with pytest.MonkeyPatch.context() as patch:
        made = [expectation._expectation("test", rule) for rule in rules]
        patch.setattr(expectation, "expectations", lambda table: made)
        return check(session, "invoice")


def test_a_table_that_the_source_does_not_give_is_empty_and_that_is_said(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.customer()
    company.invoice("I1", "100.00", "2026-03-01")
    company.write_erp()
    run = company.run()
    night.extract(run, "erp")
    validated = night.validate(run, ENTITY)
    optional = set(tables()) - set(company.rows) - set(REQUIRED)
    assert "promise" in optional
    for table in optional:
        assert read(validated, f"ledger/{table}") == []
    sentences = read(validated, "validate/check_result", "check_id, subject, because")
    for table in optional:
        assert (
            "rows_in_equal_rows_out", table,
            "not provided by the source; 0 rows in = 0 in the ledger + 0 quarantined",
        ) in sentences
