"""Worked cases of many jurisdictions, figure by figure, through the command that people use."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import pytest
from receivables.cli import main

CASES = Path(__file__).parent / "interest_cases.json"
EXPECTED = {case["id"]: case for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]}

# Eleven capitalisations in exact fractions need more digits than the engine keeps; every rounded
# figure of the case is certain all the same.
LONG_FRACTIONS = {"C-US-03"}


@pytest.fixture(scope="module")
def answers() -> dict[str, dict]:
    return run(CASES)


def run(file: Path) -> dict[str, dict]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["interest", str(file)]) == 0
    return json.loads(printed.getvalue())


@pytest.mark.parametrize("case_id", EXPECTED, ids=[
    f"{case_id} {case['title']}" for case_id, case in EXPECTED.items()
])
def test_a_worked_case_comes_out_figure_by_figure(case_id, answers):
    expected = dict(EXPECTED[case_id]["expected"])
    answer = dict(answers[case_id])
    if case_id in LONG_FRACTIONS:
        del expected["interest_exact"]
        assert answer.pop("interest_exact") is None
    assert answer == expected


def test_one_wrong_case_is_refused_with_all_its_faults_and_the_others_are_answered(tmp_path):
    good = EXPECTED["F-DE-05"]
    rule = {**good["rule"], "day_count": "ACT/364", "grace": 3}
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [{**good, "id": "wrong", "rule": rule}, good]}))
    answers = run(file)
    assert answers["F-DE-05"] == good["expected"]
    assert answers["wrong"]["error"] == "CASE_NOT_VALID"
    assert [fault.split(":")[0] for fault in answers["wrong"]["faults"]] == [
        "rule.grace", "rule.day_count",
    ]


@pytest.mark.parametrize(("text", "says"), [
    ("[", "not valid JSON"),
    ('{"cases": [{"title": "no id"}]}', "with an `id`"),
    ('{"cases": [{"id": "a"}, {"id": "a"}]}', "two cases have the same"),
])
def test_a_file_that_holds_no_cases_is_wrong_use(tmp_path, capsys, text, says):
    file = tmp_path / "cases.json"
    file.write_text(text)
    assert main(["interest", str(file)]) == 2
    assert says in capsys.readouterr().err
