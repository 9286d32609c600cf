"""The rules and rates of an installation: what is declared, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from receivables.balance.rate import RATES, known_rates, load_series, series_names
from receivables.balance.rule import parse
from receivables.balance.rule_file import RULES, load_rules
from receivables.errors import PolicyError

HEADER = "valid_from,valid_to,percent,status,source,second_source,note\n"
GOOD = "2025-01-01,2025-06-30,2.27,FOUND,gazette,,\n"

BAD_RATES = [
    # lines after the header | line | says | because
    ("2025-01-01,2025-06-30,2.27,FOUND,,,\n", 2, "a value without a source", "nobody can check it"),
    ("2025-01-01,2025-06-30,2.27,FOUND,x,x,\n", 2, "second_source is the source again",
     "twice the same is one source"),
    ("2025-01-01,2025-06-30,2.27,SEEN,x,,\n", 2, "status 'SEEN'", "three states are known"),
    ("2025-01-01,2025-06-30,x,FOUND,x,,\n", 2, "percent a decimal", "a rate is a number"),
    ("2025-01-01,2025-06-30,1_5,FOUND,x,,\n", 2, "percent a decimal", "and not 15"),
    ("20250101,2025-06-30,1,FOUND,x,,\n", 2, "must be days", "days are written one way"),
    ("2025-07-01,2025-06-30,1,FOUND,x,,\n", 2, "is after valid_to", "days run forward"),
    (GOOD + "2025-06-30,2025-12-31,1,FOUND,x,,\n", 3, "overlaps", "one day has one rate"),
    (GOOD + "2025-07-02,2025-12-31,1,FOUND,x,,\n", 3, "nothing is said of 2025-07-01 to 2025-07-01",
     "what is not known is said to be unknown"),
    (GOOD + "2025-07-01,2025-12-31,1\n", 3, "has 3 values instead of 7", "every column is there"),
]


@pytest.mark.parametrize(
    ("lines", "number", "says", "because"), BAD_RATES, ids=[row[-1] for row in BAD_RATES]
)
def test_a_faulty_rate_is_refused_with_its_file_and_line(tmp_path, lines, number, says, because):
    (tmp_path / "x.csv").write_text(HEADER + lines)
    with pytest.raises(PolicyError) as refused:
        load_series("x", tmp_path)
    assert f"x.csv:{number}: " in str(refused.value), because
    assert says in str(refused.value), because


def test_an_unknown_rate_is_not_carried_forward(tmp_path):
    (tmp_path / "x.csv").write_text(HEADER + GOOD + "2025-07-01,2025-12-31,,,,,\n")
    rates = load_series("x", tmp_path)
    assert [rate.percent for rate in rates] == [Decimal("2.27"), None]
    assert [rate.until_day for rate in known_rates(rates)] == [date(2025, 7, 1)]


def test_every_series_that_is_delivered_can_be_read():
    assert {name: len(load_series(name)) > 10 for name in series_names()} == {
        name: True for name in series_names()
    }
    assert len(series_names()) == 15


def test_every_rule_that_is_delivered_can_be_read_with_its_rates():
    rules = load_rules()
    assert len(rules) == 30
    for rule in rules.values():
        for version in rule.versions:
            assert version.statute and version.currency
            assert bool(version.rates()) == (version.rule.percent is None)


@pytest.mark.parametrize(("contract_date", "due_date", "is_found", "because"), [
    (None, date(2024, 3, 1), True, "the period of the rule"),
    (None, date(2023, 12, 31), False, "before the rule"),
    (date(2020, 1, 1), date(2024, 3, 1), True, "the rule goes by the due date"),
])
def test_the_version_is_chosen_by_the_day_that_the_rule_names(
    contract_date, due_date, is_found, because
):
    rule = load_rules()["dk_b2b"]
    if is_found:
        version = rule.version(contract_date=contract_date, due_date=due_date)
        assert version.rule.percent == Decimal("11.75"), because
    else:
        with pytest.raises(PolicyError, match="no version is in force"):
            rule.version(contract_date=contract_date, due_date=due_date)


BAD_RULES = [
    # what is written instead of what | line key | says | because
    ("      statute:", "      law:", "de_b2b.versions.1.law", "unknown key", "a typo is no rule"),
    ("day_count: ACT/365", "day_count: ACT/364", "de_b2b.versions.1.rule.day_count",
     "is not one of", "an unknown convention"),
    ("series: de_basiszinssatz", "series: de_base", "de_b2b.versions.1.series",
     "is no series", "rates nobody has"),
    ("valid_from: 2014-07-29", "valid_from: soon", "de_b2b.versions.1.valid_from",
     "is no day", "a version has a first day"),
    ("        compounding: \"BGB", "        # \"BGB", "de_b2b.versions.1.because.compounding",
     "say why", "a contested choice says why"),
]


@pytest.mark.parametrize(
    ("old", "new", "key", "says", "because"), BAD_RULES, ids=[row[-1] for row in BAD_RULES]
)
def test_a_faulty_rule_is_refused_with_its_file_line_and_key(
    tmp_path, old, new, key, says, because
):
    text = (RULES / "de.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "de.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_rules(tmp_path)
    [fault] = [line for line in str(refused.value).splitlines() if key in line]
    assert says in fault, because
    number = int(fault.split("de.yaml:")[1].split(":")[0])
    assert number > 1, because


def test_versions_must_neither_overlap_nor_leave_a_gap(tmp_path):
    text = (RULES / "none.yaml").read_text(encoding="utf-8")
    start = text.index("    - valid_from")
    later = text[start:].replace("1900-01-01", "1950-01-03").rstrip() + "\n"
    first = text.replace("1900-01-01", "1900-01-01\n      valid_to: 1950-01-01").rstrip() + "\n"
    (tmp_path / "none.yaml").write_text(first + later, encoding="utf-8")
    with pytest.raises(PolicyError, match="no version is in force after 1950-01-01"):
        load_rules(tmp_path)
    (tmp_path / "none.yaml").write_text(
        first + later.replace("1950-01-03", "1950-01-01"), encoding="utf-8"
    )
    with pytest.raises(PolicyError, match="overlaps the version before it"):
        load_rules(tmp_path)
    (tmp_path / "none.yaml").write_text(
        first + later.replace("1950-01-03", "1950-01-02"), encoding="utf-8"
    )
    assert len(load_rules(tmp_path)["none"].versions) == 2


def test_all_faults_of_a_rule_are_told_at_once():
    faults: list[str] = []
    parse({"rate": {"source": "fixed", "percent": 9.5}, "start": {}, "rounding": {}, "grace": 1},
          lambda key, what: faults.append(key))
    assert {"grace", "rate.percent", "start.offset_days", "end_day_counts", "day_count",
            "allocation", "rounding.mode", "rounding.stage"} == set(faults)


def test_the_rates_and_rules_name_nothing_but_public_sources():
    for file in [*RATES.glob("*.csv"), *RULES.glob("*.yaml")]:
        text = file.read_text(encoding="utf-8")
        assert "find_string" not in text and "session" not in text, file.name
