"""The command `receivables`: what it says, how it ends, and that it refuses what cannot be meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from company import DAY, Company, read
from receivables import cli
from receivables.publish.breaker import breaker_names
from seller import SETTINGS

COMMANDS = (
    "night", "extract", "validate", "balance", "select", "publish", "accept", "approve", "compact",
    "dispatch", "inbox", "replay", "plan", "apply", "backtest", "why", "status", "hand-over", "dossier",
    "interest", "letters", "rates", "demo-erp", "suppression", "review", "privacy",
)

FIVE_FAULTS = {
    "home": "home",
    "time_zone": "Europe/Bonn",
    "reporting_currency": "EURO",
    "sources": {"erp": {"kind": "ftp", "sql": "contract", "entities": ["E1"]}},
    "entities": {
        "E1": {"name": "Seller", "country": "DE", "currency": "EUR", "policy": "no_such_policy"},
        "E2": {"name": "Seller", "country": "DE", "currency": "EUR"},
    },
}


@pytest.fixture(scope="module")
def settled(first_night: Company) -> Company:
    """The seller's first night, for commands that only look; its settings are written."""
    first_night.settings(**SETTINGS)
    return first_night


def run(company: Company, *words: str) -> int:
    return cli.main([*words, "--settings", str(company.home / "settings.yaml")])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert "--settings" in (said := capsys.readouterr().out)
    assert said.startswith(f"usage: receivables {command}")


def test_the_commands_are_those_that_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("    ") and line[4:5].isalpha()]
    assert set(listed) == set(COMMANDS)


@pytest.mark.parametrize("words, code, said, because", [
    (["night", "--as-of", "2999-12-31"], 2, "2999-12-31 is not over in UTC", "a day to come"),
    (["extract", "--as-of", "2999-12-31"], 2, "is not over", "a day to come"),
    (["balance", "--as-of", "2999-12-31", "--known-at", "2026-04-01T02:00:00Z"], 2, "is not over",
     "whatever is known of it"),
    (["select", "--as-of", str(DAY), "--known-at", "2999-04-01T02:00:00Z"], 2, "is to come",
     "knowledge to come"),
    (["night", "--entity", "E9"], 2, "--entity E9: unknown", "no legal entity of ours"),
    (["replay", str(DAY), "--entity", "E9"], 2, "--entity E9: unknown", "nor here"),
    (["accept", "--as-of", str(DAY), "--entity", "E1", "--because", "x"], 2, "no breaker tripped",
     "there is nothing to accept"),
    (["validate", "--as-of", "2026-03-30"], 1, "nothing was extracted for this day",
     "the day before was never run"),
    (["replay", "2026-03-30"], 1, "nothing was extracted for this day", "nor can it be replayed"),
    (["validate", "--as-of", str(DAY), "--known-at", "2020-01-01T00:00:00Z"], 1,
     "nothing was landed by 20200101T000000000000Z", "nothing was known then"),
])
def test_a_refusal_says_what_is_wrong_and_ends_with_its_code(
    settled: Company, capsys: pytest.CaptureFixture[str],
    words: list[str], code: int, said: str, because: str,
) -> None:
    assert run(settled, *words) == code, because
    printed = capsys.readouterr()
    assert said in printed.err, because
    assert printed.err.startswith("receivables: ") and not printed.out
    assert "Traceback" not in printed.err


@pytest.mark.parametrize("words, because", [
    ([], "no command"),
    (["nights"], "no such command"),
    (["night", "--as-of", "31.03.2026"], "not an ISO date"),
    (["night", "--as-of", "2026-02-30"], "no such day"),
    (["night", "--known-at", "2026-04-01T02:00:00"], "an instant has a zone"),
    (["night", "--speed", "high"], "no such option"),
    (["replay"], "which day?"),
    (["why"], "which invoice?"),
])
def test_a_call_that_cannot_be_meant_ends_with_two(words: list[str], because: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2, because


def test_all_faults_of_the_settings_are_told_at_once_with_file_and_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump(FIVE_FAULTS))
    assert cli.main(["status", "--settings", str(file)]) == 2
    faults = capsys.readouterr().err.removeprefix("receivables: ").splitlines()
    assert [fault.split(": ")[:2] for fault in sorted(faults)] == [
        [str(file), key] for key in (
            "entities.E1.policy", "entities.E2", "reporting_currency", "sources.erp.kind",
            "time_zone",
        )
    ]


@pytest.mark.parametrize("change, key, because", [
    ({"time_zone": ["UTC"]}, "time_zone", "a list is no time zone"),
    ({"reporting_currency": {"EUR": 1}}, "reporting_currency", "a mapping is no currency"),
    ({"colour": "blue"}, "the file: colour", "no such key"),
    ({"sources": None}, "sources", "nothing to read from"),
    ({"entities": {False: {"name": "Norge", "country": "NO", "currency": "NOK"}}}, "entities",
     "YAML reads NO as false"),
    ({"entities": {10: {"name": "Ten", "country": "DE", "currency": "EUR"}}}, "entities",
     "YAML reads 0012 as ten"),
    ({"mail": {"sink": False}}, "mail.connection", "letters need a relay"),
    ({"mail": {"sink": "no"}}, "mail.sink", "a text is neither yes nor no"),
    ({"mail": {"letters_per_minute": 0}}, "mail.letters_per_minute", "nothing would ever leave"),
    ({"mail": {"letters_per_minute_and_domain": "10"}}, "mail.letters_per_minute_and_domain",
     "a text is no number"),
    ({"mail": {"canary": {"above": True}}}, "mail.canary.above", "yes is no number"),
    ({"mail": {"canary": {"wait_minutes": 1.5}}}, "mail.canary.wait_minutes", "whole minutes"),
    ({"mail": {"canary": {"after": 5}}}, "mail.canary: after", "an unknown key"),
    ({"mail": {"journal_address": "us@seller.example, x@evil.example"}}, "mail.journal_address",
     "one mailbox"),
    ({"mail": {"journal_address": 7}}, "mail.journal_address", "a number is no mailbox"),
    ({"mail": {"last_look_minutes": 0}}, "mail.last_look_minutes", "never is said by false"),
    ({"warehouse_url": "warehouse.duckdb"}, "warehouse_url", "no URL"),
    ({"home": 7}, "home", "no folder"),
])
def test_each_fault_of_the_settings_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
    change: dict[str, Any], key: str, because: str,
) -> None:
    good = {
        "home": "home",
        "sources": {"erp": {"kind": "files", "directory": "erp", "entities": ["E1"]}},
        "entities": {"E1": {"name": "Seller", "country": "DE", "currency": "EUR"}},
    }
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump(good))
    assert cli.main(["status", "--settings", str(file)]) == 0
    file.write_text(yaml.safe_dump({**good, **change}))
    assert cli.main(["status", "--settings", str(file)]) == 2
    assert f"{file}: {key}: " in capsys.readouterr().err, because


@pytest.mark.parametrize("percent, is_right", [
    ("9.27", True), ("0", True), ("NaN", False), ("Infinity", False), ("-1", False),
    ("1.0000001", False), ("nine", False), (None, False),
])
def test_a_rate_of_interest_is_an_exact_decimal(
    tmp_path: Path, percent: str | None, is_right: bool
) -> None:
    rule = {"rule_id": "r", "annual_percent": percent, "legal_basis": "contract"}
    company = Company(tmp_path)
    write = {"entity": {"interest_rule": rule}}
    if is_right:
        assert str(company.settings(**write).entities["E1"].interest_rule.annual_percent) == percent
        return
    with pytest.raises(cli.SettingsError, match="annual_percent"):
        company.settings(**write)


@pytest.mark.parametrize("file, because", [
    ("nowhere.yaml", "there is no such file"),
    (".", "a folder is no file"),
    ("broken.yaml", "not YAML"),
    ("latin.yaml", "not UTF-8"),
    ("list.yaml", "not a mapping"),
])
def test_settings_that_cannot_be_read_name_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, because: str
) -> None:
    (tmp_path / "broken.yaml").write_text("home: [")
    (tmp_path / "latin.yaml").write_bytes(b"home: \xe9\xff")
    (tmp_path / "list.yaml").write_text("- home")
    assert cli.main(["status", "--settings", str(tmp_path / file)]) == 2, because
    assert str(tmp_path / file) in capsys.readouterr().err


@pytest.mark.parametrize("asked", ["I1", "No-I1"])
def test_why_knows_an_invoice_by_its_id_and_by_its_number(
    settled: Company, capsys: pytest.CaptureFixture[str], asked: str
) -> None:
    assert run(settled, "why", asked) == 0
    assert capsys.readouterr().out.startswith(
        "No-I1, instalment 1, of customer C1 (E1), night of 2026-03-31: 100.00 EUR open, due "
        "2026-03-01. It is written about (STEP_DUE): 30 days past due"
    )


def test_why_in_json_is_the_decision_of_the_night(
    settled: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(settled, "why", "I4", "--as-of", str(DAY), "--json") == 0
    [row] = json.loads(capsys.readouterr().out)
    [decision] = [
        decided for decided in read(
            settled.official(), "decision", "invoice_id, outcome, reason_code, policy_version"
        ) if decided[0] == "I4"
    ]
    told = (row["invoice_id"], row["outcome"], row["reason_code"], row["policy_version"])
    assert told == decision
    assert (row["open_amount"], row["currency"]) == ("60.0000", "EUR")


@pytest.mark.parametrize("words, said, because", [
    (["why", "I6"], "70000 JPY open", "yen have no decimal places"),
    (["why", "I10"], "not open in that night", "it is paid"),
    (["why", "NO-SUCH"], "not open in that night", "nobody knows it"),
    (["why", "I1", "--as-of", "2026-03-30"], "not open in that night", "no night was run"),
])
def test_why_says(
    settled: Company, capsys: pytest.CaptureFixture[str], words: list[str], said: str, because: str
) -> None:
    assert run(settled, *words) == 0
    assert said in capsys.readouterr().out, because


def test_status_in_json_says_what_the_night_came_to(
    settled: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(settled, "status", "--json") == 0
    [status] = json.loads(capsys.readouterr().out)
    assert (status["legal_entity_id"], status["as_of_date"]) == ("E1", str(DAY))
    assert status["output_hash"] == settled.official().manifest()["output_hash"]
    assert sum(row["items"] for row in status["owed"]) == 8
    assert sum(row["items"] for row in status["decided"]) == 8
    assert status["ledger_rows"]["receipt"] == 10
    assert status["outbox"] == {"released": 6}
    assert {row["check_id"] for row in status["breakers"]} == set(breaker_names())
    assert Path(status["workbook"]).is_file() and Path(status["validation_report"]).is_file()


def test_status_in_words_names_the_pages_to_look_at(
    settled: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(settled, "status") == 0
    said = capsys.readouterr().out
    assert "E1, night of 2026-03-31" in said
    assert "70,000" in said and "quarantined     none" in said
    assert ".xlsx" in said and "report.html" in said


def test_status_before_the_first_night_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company = Company(tmp_path)
    company.settings()
    assert run(company, "status") == 0
    assert "No night has been published yet" in capsys.readouterr().out
    assert run(company, "status", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_stage_in_json_says_where_its_night_lies(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    company.settings(**SETTINGS)
    for stage in ("validate", "balance", "select"):
        assert run(company, stage, "--as-of", str(DAY), "--json") == 0
        assert json.loads(capsys.readouterr().out) == {"E1": str(company.official().folder)}
    assert run(company, "extract", "--as-of", str(DAY), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"erp": None}
    assert run(company, "publish", "--as-of", str(DAY), "--json") == 0
    [report] = json.loads(capsys.readouterr().out)
    assert (report["status"], report["is_unchanged"], report["drafted"]) == ("published", True, 0)
    assert report["not_drafted_because"].startswith("only the newest closed day")


def test_dispatch_in_json_says_what_went(
    company: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    """Months later: the letters are too old to be sent."""
    company.settings(**SETTINGS)
    assert run(company, "dispatch", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["sent"], report["expired"], report["left"]) == (0, 6, 0)
