"""Adding values to the reference series: each with its source, and no known value changed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from company import Company
from receivables import cli
from receivables.balance import rate_import
from receivables.balance.rate import load_series
from receivables.balance.rate_import import import_rates
from receivables.errors import WrongUse

COLUMNS = "valid_from,valid_to,percent,status,source,second_source,note"
SERIES = f"""{COLUMNS}
2025-01-01,2025-06-30,2.27,FOUND,bank,,
2025-07-01,2025-12-31,,,,,nobody knows
2026-01-01,2026-06-30,1.27,RECALLED,general knowledge,,
2026-07-01,2026-12-31,1.52,DERIVED,worked out,,kept
"""


@pytest.fixture
def rates(tmp_path: Path) -> Path:
    folder = tmp_path / "rates"
    folder.mkdir()
    (folder / "x.csv").write_text(SERIES)
    (folder / "y.csv").write_text(SERIES)
    return folder


def imported(rates: Path, *lines: str) -> list[str]:
    file = rates.parent / "new.csv"
    file.write_text(f"series,{COLUMNS}\n" + "".join(f"{line}\n" for line in lines))
    return import_rates(file, rates)


def lines_of(rates: Path, series: str = "x") -> list[str]:
    return (rates / f"{series}.csv").read_text().splitlines()[1:]


ADDED = [
    # a line | what the series says then | because
    ("x,2025-07-01,2025-12-31,1.27,FOUND,gazette,,", [
        "2025-01-01,2025-06-30,2.27,FOUND,bank,,",
        "2025-07-01,2025-12-31,1.27,FOUND,gazette,,",
    ], "it fills what nobody knew"),
    ("x,2025-08-01,2025-08-31,1.27,FOUND,gazette,,", [
        "2025-01-01,2025-06-30,2.27,FOUND,bank,,",
        "2025-07-01,2025-07-31,,,,,nobody knows",
        "2025-08-01,2025-08-31,1.27,FOUND,gazette,,",
        "2025-09-01,2025-12-31,,,,,nobody knows",
    ], "what it does not fill stays unknown"),
    ("x,2025-01-01,2025-06-30,2.270,FOUND,gazette,,", [
        "2025-01-01,2025-06-30,2.27,FOUND,bank,gazette,",
    ], "an equal value from elsewhere is the second source"),
    ("x,2025-01-01,2025-06-30,2.27,FOUND,bank,,", [
        "2025-01-01,2025-06-30,2.27,FOUND,bank,,",
    ], "the same source again adds nothing"),
    ("x,2025-04-01,2025-12-31,2.27,FOUND,gazette,,", [
        "2025-01-01,2025-03-31,2.27,FOUND,bank,,",
        "2025-04-01,2025-06-30,2.27,FOUND,bank,gazette,",
        "2025-07-01,2025-12-31,2.27,FOUND,gazette,,",
    ], "of the days that both speak of, and no other"),
    ("x,2024-07-01,2024-12-31,3.37,FOUND,gazette,,", [
        "2024-07-01,2024-12-31,3.37,FOUND,gazette,,",
        "2025-01-01,2025-06-30,2.27,FOUND,bank,,",
    ], "it comes before all others"),
]
LATE = [
    ("x,2026-01-01,2026-06-30,1.27,FOUND,gazette,,", [
        "2026-01-01,2026-06-30,1.27,FOUND,gazette,,",
        "2026-07-01,2026-12-31,1.52,DERIVED,worked out,,kept",
    ], "what was recalled is found now"),
    ("x,2026-07-01,2026-12-31,1.52,FOUND,gazette,,", [
        "2026-07-01,2026-12-31,1.52,FOUND,gazette,worked out,kept",
    ], "what was derived is found now, and derived as well"),
    ("x,2027-01-01,2027-06-30,1.77,FOUND,gazette,court,seen", [
        "2026-07-01,2026-12-31,1.52,DERIVED,worked out,,kept",
        "2027-01-01,2027-06-30,1.77,FOUND,gazette,court,seen",
    ], "it comes after all others, with both its sources"),
    ("x,2027-07-01,2027-12-31,1.77,DERIVED,gazette,,", [
        "2026-07-01,2026-12-31,1.52,DERIVED,worked out,,kept",
        "2027-01-01,2027-06-30,,,,,not known",
        "2027-07-01,2027-12-31,1.77,DERIVED,gazette,,",
    ], "the days in between are said to be unknown"),
]


@pytest.mark.parametrize(("line", "says", "because"), ADDED, ids=[row[-1] for row in ADDED])
def test_a_value_is_added_with_its_source(rates, line, says, because):
    before = lines_of(rates)
    assert len(imported(rates, line)) >= 1
    assert lines_of(rates)[:len(says)] == says, because
    assert lines_of(rates)[-2:] == before[-2:] and lines_of(rates, "y") == before


@pytest.mark.parametrize(("line", "says", "because"), LATE, ids=[row[-1] for row in LATE])
def test_a_value_is_added_at_the_end_or_takes_the_place_of_a_weaker_one(rates, line, says, because):
    imported(rates, line)
    assert lines_of(rates)[-len(says):] == says, because


def test_what_was_added_can_be_read_and_importing_it_again_changes_nothing(rates):
    lines = ["x,2025-07-01,2025-12-31,1.27,FOUND,gazette,,", "y,2027-01-01,2027-06-30,2,FOUND,a,,",
             "x,2025-07-01,2025-12-31,1.27,FOUND,court,,"]
    assert imported(rates, *lines) == [
        "x 2025-07-01 to 2025-12-31: 1.27 added, from gazette",
        "y 2027-01-01 to 2027-06-30: 2 added, from a",
        "x 2025-07-01 to 2025-12-31: 1.27 second source, court",
    ]
    before = (rates / "x.csv").read_bytes(), (rates / "y.csv").read_bytes()
    assert len(load_series("x", rates)) == 4 and len(load_series("y", rates)) == 5
    assert all("known already" in line for line in imported(rates, *lines))
    assert ((rates / "x.csv").read_bytes(), (rates / "y.csv").read_bytes()) == before


REFUSED = [
    # a line | says | because
    ("x,2025-01-01,2025-06-30,2.28,FOUND,gazette,,",
     ["2.27", "FOUND: bank", "not 2.28 (gazette)", "empty the percent"], "a known value stands"),
    ("x,2026-01-01,2026-06-30,1.28,FOUND,gazette,,",
     ["1.27", "RECALLED: general knowledge", "1.28"], "even one that is recalled only"),
    ("x,2027-01-01,2027-06-30,1.5,RECALLED,me,,", ["status RECALLED"], "a memory is no source"),
    ("x,2027-01-01,2027-06-30,1.5,FOUND,,,", ["without a source"], "nor is none"),
    ("x,2027-01-01,2027-06-30,,FOUND,a,,", ["percent is empty"], "nothing to add"),
    ("x,2027-01-01,2027-06-30,1.5,SEEN,a,,", ["status 'SEEN'"], "three states are known"),
    ("x,2027-06-30,2027-01-01,1.5,FOUND,a,,", ["is after valid_to"], "days run forward"),
    ("x,2027-01-01,soon,1.5,FOUND,a,,", ["must be days"], "a day is a day"),
    ("x,2027-01-01,2027-06-30,1_5,FOUND,a,,", ["percent a decimal"], "a rate is a plain number"),
    ("z,2027-01-01,2027-06-30,1.5,FOUND,a,,", ["'z' is no series", "there are x, y"], "a typo"),
    ("x,2027-01-01,2027-06-30,1.5", ["has 3 values instead of 7"], "every column is there"),
]


@pytest.mark.parametrize(("line", "says", "because"), REFUSED, ids=[row[-1] for row in REFUSED])
def test_a_wrong_line_is_refused_by_file_and_line_and_nothing_is_imported(
    rates, line, says, because
):
    good = "y,2027-01-01,2027-06-30,2,FOUND,a,,"
    with pytest.raises(WrongUse) as refused:
        imported(rates, good, line)
    assert all(part in str(refused.value) for part in ["new.csv:3: ", "nothing was imported", *says])
    assert (rates / "x.csv").read_text() == SERIES, because
    assert (rates / "y.csv").read_text() == SERIES, because


def test_two_lines_of_a_file_that_disagree_are_refused(rates):
    with pytest.raises(WrongUse, match=r"new\.csv:3: .* 2 from 2027-01-01 .* not 3 \(b\)"):
        imported(rates, "x,2027-01-01,2027-06-30,2,FOUND,a,,", "x,2027-03-01,2027-06-30,3,FOUND,b,,")


WRONG_FILES = [
    # the file | says | because
    ("percent\n1\n", "new.csv:1: the header must be series,valid_from", "columns have names"),
    ("", "new.csv:1: the header", "an empty file"),
    (f"series,{COLUMNS}\n", "new.csv:2: there is no value", "a header alone"),
    (b"series\xff", "cannot be read as CSV in UTF-8", "another encoding"),
]


@pytest.mark.parametrize(("text", "says", "because"), WRONG_FILES, ids=[r[-1] for r in WRONG_FILES])
def test_a_file_that_is_none_is_refused(rates, text, says, because):
    file = rates.parent / "new.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(WrongUse) as refused:
        import_rates(file, rates)
    assert says in str(refused.value), because


def test_a_write_that_fails_leaves_every_series_as_it_was(rates, monkeypatch):
    def fails(rate):
        if rate.valid_from == date(2027, 1, 1):
            raise OSError("no space left")
        return ["a"] * 7

    monkeypatch.setattr("receivables.balance.rate._line", fails)
    with pytest.raises(OSError, match="no space left"):
        imported(rates, "x,2025-07-01,2025-12-31,1.27,FOUND,a,,", "y,2027-01-01,2027-06-30,2,FOUND,a,,")
    assert {file.name: file.read_text() for file in rates.iterdir()} == {
        "x.csv": SERIES, "y.csv": SERIES
    }


def test_the_command_prints_what_it_did_and_refuses_with_exit_2(
    rates, tmp_path, monkeypatch, capsys
):
    Company(tmp_path).settings()
    monkeypatch.setattr(rate_import.import_rates, "__defaults__", (rates,))
    words = ["rates", "import", str(tmp_path / "new.csv"), "--json",
             "--settings", str(tmp_path / "settings.yaml")]
    (tmp_path / "new.csv").write_text(f"series,{COLUMNS}\nx,2027-01-01,2027-06-30,2,FOUND,a,,\n")
    assert cli.main(words) == 0
    assert json.loads(capsys.readouterr().out) == ["x 2027-01-01 to 2027-06-30: 2 added, from a"]
    (tmp_path / "new.csv").write_text(f"series,{COLUMNS}\nx,2027-01-01,2027-06-30,3,FOUND,b,,\n")
    assert cli.main(words) == 2
    assert "new.csv:2: x is 2 from 2027-01-01" in capsys.readouterr().err
