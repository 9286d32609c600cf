"""How far the reference rates reach: for a person who asks, and for the night."""

from __future__ import annotations

import json
from datetime import date

import pytest
from company import Company
from receivables import cli, publish
from receivables.balance.rate import load_series
from receivables.balance.rate_coverage import known_stretches, running_out, unknown_stretches
from receivables.balance.rule_file import load_rules
from test_balance import balanced, read
from test_named_rule import company_with, named

HEADER = "valid_from,valid_to,percent,status,source,second_source,note\n"

REACHES = [
    # series and last known day, rule, seen from | last day served | because
    ("uk_bank_rate", "2026-08-22", "uk_b2b", "2026-11-22", "2026-12-31",
     "the rate of 30 June holds for the half-year"),
    ("uk_bank_rate", "2026-12-30", "uk_b2b", "2026-11-22", "2026-12-31",
     "the rate of 31 December is not known yet"),
    ("uk_bank_rate", "2026-12-31", "uk_b2b", "2026-11-22", "2027-06-30",
     "and now it is, for the half-year after it"),
    ("pl_nbp_reference", "2026-06-30", "pl_b2b", "2026-06-30", "2026-06-30",
     "the rate of 1 July is needed on 1 July"),
    ("pl_nbp_reference", "2026-06-30", "pl_b2b", "2026-07-01", None, "and there is none"),
    ("ru_key_rate", "2026-09-10", "ru_395", "2026-09-01", "2026-09-10",
     "a rate of each day ends with its last day"),
    ("br_taxa_legal", "2026-10-01", "br_taxa_legal", "2026-09-15", "2026-10-31",
     "a monthly rate holds for its month"),
    ("us_prompt_payment", "2026-06-30", "us_prompt_payment", "2026-06-30", "2026-06-30",
     "a claim that starts tomorrow needs tomorrow's rate"),
]


@pytest.mark.parametrize(
    ("series", "last", "rule", "seen", "served", "because"), REACHES,
    ids=[row[-1] for row in REACHES],
)
def test_a_series_serves_a_rule_as_the_rule_fixes_its_rate(
    tmp_path, series, last, rule, seen, served, because
):
    (tmp_path / f"{series}.csv").write_text(
        f"{HEADER}2024-08-30,2026-06-30,1,FOUND,a,,\n"
        + (f"2026-07-01,{last},2,FOUND,a,,\n" if last > "2026-06-30" else "")
    )
    [reach] = [
        r for r in running_out([load_rules()[rule]], date.fromisoformat(seen), tmp_path)
        if r.subject == series
    ]
    assert reach.last_day == (date.fromisoformat(served) if served else None), because
    assert str(reach.known_to) == last


def test_of_two_rules_the_one_that_runs_out_first_counts(tmp_path):
    rules = load_rules()
    seen = date(2026, 11, 22)
    both = [rules["ru_395"], rules["uk_b2b"]]
    assert {(r.subject, r.runs_out) for r in running_out(both, seen) if r.subject != "ru"} == {
        ("ru_key_rate", True), ("uk_bank_rate", False)
    }


RUNS_OUT = [
    # seen from | runs out | because
    ("2026-12-01", False, "thirty days and the day itself are known"),
    ("2026-12-02", True, "the thirtieth day is not"),
    ("2027-01-02", True, "nor is the day itself"),
]


@pytest.mark.parametrize(("seen", "runs_out", "because"), RUNS_OUT, ids=[r[-1] for r in RUNS_OUT])
def test_a_series_runs_out_when_it_does_not_reach_thirty_days_on(seen, runs_out, because):
    reaches = running_out([load_rules()["de_b2b"]], date.fromisoformat(seen))
    assert {r.subject: r.runs_out for r in reaches} == {
        "de_basiszinssatz": runs_out, "de": False
    }, because


def test_a_gap_is_told_and_neighbouring_lines_are_one_stretch(tmp_path):
    (tmp_path / "x.csv").write_text(
        f"{HEADER}2025-01-01,2025-01-31,1,FOUND,a,,\n2025-02-01,2025-02-28,2,FOUND,a,,\n"
        "2025-03-01,2025-03-31,,,,,\n2025-04-01,2025-04-30,3,FOUND,a,,\n"
    )
    rates = load_series("x", tmp_path)
    assert known_stretches(rates) == [
        (date(2025, 1, 1), date(2025, 2, 28)), (date(2025, 4, 1), date(2025, 4, 30))
    ]
    assert unknown_stretches(rates) == [(date(2025, 3, 1), date(2025, 3, 31))]


def asked(company: Company, rule: str, day: str, capsys, *words: str) -> tuple[int, str]:
    company.settings(entity={"interest_rule": rule})
    settings = str(company.home / "settings.yaml")
    code = cli.main(["rates", "check", "--as-of", day, "--settings", settings, *words])
    return code, capsys.readouterr().out


def test_the_check_fails_when_a_series_in_use_runs_out_and_says_what_to_do(tmp_path, capsys):
    company = company_with(tmp_path)
    code, said = asked(company, "de_b2b", "2026-11-22", capsys)
    assert code == 0 and "Enough until 2026-12-22: de_basiszinssatz" in said
    code, said = asked(company, "de_b2b", "2026-12-15", capsys)
    [line] = [line for line in said.splitlines() if line.startswith("RUNS OUT")]
    assert code == 1
    assert "de_basiszinssatz, known to 2026-12-31, serves de_b2b until 2026-12-31" in line
    assert "receivables rates import FILE" in line
    code, said = asked(company, "none", "2030-01-01", capsys)
    assert code == 0 and "No legal entity's rule needs a reference rate" in said


def test_a_rule_that_one_customer_carries_is_in_use_as_well(tmp_path, capsys):
    company = company_with(tmp_path)
    company.settings(entity={"interest_rule": "de_b2b", "interest_exceptions": [
        {"customer_id": "C1", "interest_rule": "ru_395", "because": "agreed"},
    ]})
    settings = str(company.home / "settings.yaml")
    assert cli.main(["rates", "check", "--as-of", "2026-11-22", "--settings", settings]) == 1
    said = capsys.readouterr().out
    assert "RUNS OUT  ru_key_rate, known to 2026-09-10, has no value for ru_395 on 2026-11-22" in said
    assert "RUNS OUT  de_basiszinssatz" not in said


def test_the_check_tells_programs_what_it_tells_people(tmp_path, capsys):
    code, said = asked(company_with(tmp_path), "us_prompt_payment", "2026-11-22", capsys, "--json")
    report = json.loads(said)
    [series] = [s for s in report["series"] if s["series"] == "us_prompt_payment"]
    assert code == 1 and len(report["runs_out"]) == 1
    assert (series["first_day"], series["last_day"]) == ("2015-01-01", "2026-06-30")
    assert series["gaps"] == [["2025-07-01", "2025-12-31"], ["2026-07-01", "2026-12-31"]]
    assert len(series["recalled"]) == 9 and series["entities"] == ["E1"]
    assert len(series["one_source"]) == 12 and series["values"] == 22
    assert (series["serves_until"], series["days_left"]) == (None, None)
    [unused] = [s for s in report["series"] if s["series"] == "ecb_mro"]
    assert unused["rules"] == []


CHECKED = [
    # rule, day | subject: outcome | because
    ("de_b2b", "2026-11-22", {"de_basiszinssatz": "pass", "de": "pass"}, "39 days are left"),
    ("de_b2b", "2026-12-15", {"de_basiszinssatz": "warn", "de": "pass"}, "16 days are left"),
    ("ru_395", "2026-11-22", {"ru_key_rate": "warn", "ru": "pass"}, "it ran out"),
    ("none", "2026-12-15", {}, "no interest needs no rate"),
]


@pytest.mark.parametrize(("rule", "day", "outcomes", "because"), CHECKED, ids=[r[-1] for r in CHECKED])
def test_the_night_checks_the_rates_that_its_rule_needs(tmp_path, rule, day, outcomes, because):
    night = balanced(company_with(tmp_path), rule=named(rule), day=date.fromisoformat(day))
    rows = read(night, "balance_result", "subject, outcome, rows_failed, check_id")
    assert {row[0]: row[1] for row in rows} == outcomes, because
    assert all((row[1] == "warn") == (row[2] == 1) for row in rows)
    assert {row[3] for row in rows} <= {"reference_rate_runs_out", "holiday_calendar_runs_out"}


def test_finance_reads_it_among_the_checks_and_the_fingerprint_does_not_know_of_it(tmp_path):
    company = company_with(tmp_path, ("I1", "1000", "2026-11-02"))
    day = date(2026, 12, 15)
    company.quick_night(day, settings={"entity": {"interest_rule": "de_b2b"}})
    night = company.official(day)
    rows = {
        (stage, check_id, subject): (outcome, because)
        for stage, check_id, subject, outcome, because in read(
            night, "publish/check_result", "stage, check_id, subject, outcome, because"
        )
    }
    outcome, because = rows["balance", "reference_rate_runs_out", "de_basiszinssatz"]
    assert outcome == "warn" and "until 2026-12-31" in because and "rates import" in because
    assert rows["balance", "holiday_calendar_runs_out", "de"][0] == "pass"
    assert "balance_result" not in night.manifest()["tables"]


def test_a_night_that_was_sealed_before_there_was_such_a_check_is_published_again(tmp_path):
    company = company_with(tmp_path, ("I1", "1000", "2026-11-02"))
    company.quick_night(date(2026, 12, 15))
    company.official(date(2026, 12, 15)).file("balance_result").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "write_workbook", lambda *_: None)
        assert company.quick_night(date(2026, 12, 15)).is_unchanged
