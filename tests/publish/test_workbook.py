"""The workbook: what finance opens first is complete, harmless, and the same on every rerun."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from company import DAY, ENTITY, Company
from python_calamine import CalamineWorkbook
from receivables import night
from receivables.publish import workbook_file
from receivables.publish.workbook import SHEETS, neutral
from receivables.sql import SQL
from seller import SETTINGS, copied

HOSTILE = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def written(
    published: Company, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Company, Path]:
    company = copied(published, tmp_path_factory.mktemp("workbook"))
    return company, _write(company)


def _write(company: Company) -> Path:
    run = company.run(settings=SETTINGS)
    night.publish(run, ENTITY)
    return workbook_file(run.lake, company.official())


def _sheet(file: Path, name: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(file).get_sheet_by_name(name).to_python()


def test_every_sheet_is_there_with_its_statement(written: tuple[Company, Path]) -> None:
    _, file = written
    assert tuple(CalamineWorkbook.from_path(file).sheet_names) == SHEETS
    assert {path.stem for path in (SQL / "publish" / "workbook").glob("*.sql")} == set(SHEETS)
    assert file.name == f"receivables_{DAY}_{ENTITY}.xlsx"


def test_a_sheet_says_what_the_night_says(written: tuple[Company, Path]) -> None:
    header, *rows = _sheet(written[1], "customers")
    owed = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert owed["C2"]["days_1_30_amount"] == 30
    assert owed["C3"]["credit_amount"] == -30
    assert owed["C3"]["net_amount"] == 50
    assert owed["C6"]["days_over_365_amount"] == 70000
    assert [type(row[0]) for row in _sheet(written[1], "quarantine")] == [str]


def test_the_same_night_gives_the_same_bytes(written: tuple[Company, Path]) -> None:
    company, file = written
    before = file.read_bytes()
    assert _write(company) == file
    assert file.read_bytes() == before


def test_no_cell_is_a_formula_or_a_link(written: tuple[Company, Path]) -> None:
    customers = {row[0] for row in _sheet(written[1], "customers")}
    assert "'=cmd()" in customers and "=cmd()" not in customers
    with zipfile.ZipFile(written[1]) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name]
        for name in parts.namelist():
            text = parts.read(name).decode()
            assert not re.search(r"<f[ >]|<hyperlink|<ddeLink", text), name


@pytest.mark.parametrize("value, shown, because", [
    (HOSTILE, "'" + HOSTILE, "the classic"),
    ("+1", "'+1", "a formula too"),
    ("-1+1", "'-1+1", "a formula too"),
    ("@SUM(A1)", "'@SUM(A1)", "a formula too"),
    ("\t=1", "'\t=1", "some programs trim first"),
    ("\r=1", "'\r=1", "some programs trim first"),
    ("＝1", "'＝1", "full width counts in some programs"),
    ("a=1", "a=1", "text"),
    ("", "", "text"),
    (None, None, "empty"),
    (-1, -1, "a number is a number"),
    (date(2026, 3, 31), date(2026, 3, 31), "a date is a date"),
])
def test_what_could_be_a_formula_is_text(value: object, shown: object, because: str) -> None:
    assert neutral(value) == shown, because
