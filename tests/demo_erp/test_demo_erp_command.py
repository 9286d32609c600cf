"""`receivables demo-erp DIR`."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import demo_books
import pytest
from receivables import demo_erp
from receivables.demo_erp import command, drop
from receivables.errors import WrongUse

TODAY = date(2025, 11, 21)


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    demo_erp.add_arguments(parser)
    return demo_erp.run(parser.parse_args(arguments), today=TODAY)


def test_the_data_end_yesterday_unless_a_day_is_named(tmp_path: Path) -> None:
    small = ("--invoices", "200", "--customers", "10")
    assert run(str(tmp_path / "a"), *small) == 0
    assert run(str(tmp_path / "b"), *small, "--until", "2025-03-31") == 0
    ends = [
        max(row["balance_date"] for row in demo_books.read(tmp_path / name).good["ledger_balance"])
        for name in ("a", "b")
    ]
    assert ends == ["2025-11-20", "2025-03-31"]


@pytest.mark.parametrize("arguments, customers, because", [
    ((), 120, "the default"),
    (("--invoices", "30000"), 150, "one for every two hundred invoices"),
    (("--invoices", "30000", "--customers", "33"), 33, "as asked"),
])
def test_many_invoices_have_more_customers(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], customers: int, because: str
) -> None:
    asked: dict[str, object] = {}
    monkeypatch.setattr(command, "write", lambda _, **scale: asked.update(scale) or {})
    run("erp", *arguments)
    assert asked["customers"] == customers, because


def test_the_rows_of_each_table_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(str(tmp_path / "erp"), "--invoices", "200", "--customers", "10")
    said = capsys.readouterr()
    assert "exchange_rate" in said.out and "writing invoice" in said.err
    printed = {line.split()[0]: line.split()[1] for line in said.out.splitlines()[:-1]}
    for file in (tmp_path / "erp").glob("*.csv"):
        rows = len(file.read_text(encoding="utf-8").splitlines()) - 1
        assert printed[file.stem] == f"{rows:,}"


def test_an_earlier_demonstration_is_replaced_as_a_whole(tmp_path: Path) -> None:
    run(str(tmp_path / "erp"), "--invoices", "200", "--customers", "10", "--format", "parquet")
    run(str(tmp_path / "erp"), "--invoices", "200", "--customers", "10")
    assert {file.suffix for file in (tmp_path / "erp").iterdir()} == {".csv", ".md"}
    assert [path.name for path in tmp_path.iterdir()] == ["erp"]


@pytest.mark.parametrize("foreign, because", [
    ({"invoice.csv": "mine"}, "a real drop has files of the same names"),
    ({"README.md": "mine"}, "any folder may have a README"),
    ({"README.md": drop.MARKER, "notes.txt": "mine"}, "somebody keeps notes beside it"),
])
def test_a_folder_with_other_files_is_refused_and_left_as_it_was(
    tmp_path: Path, foreign: dict[str, str], because: str
) -> None:
    for name, text in foreign.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse, match="did not write"):
        run(str(tmp_path))
    left = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    assert left == foreign, because


def test_a_run_that_fails_leaves_the_earlier_demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(str(tmp_path / "erp"), "--invoices", "200", "--customers", "10")
    before = {file.name: file.read_bytes() for file in (tmp_path / "erp").iterdir()}

    def full_disk(*_: object) -> str:
        raise OSError("no space left on device")

    monkeypatch.setattr(drop, "_readme", full_disk)
    with pytest.raises(OSError, match="no space"):
        run(str(tmp_path / "erp"), "--invoices", "300", "--customers", "10")
    assert {file.name: file.read_bytes() for file in (tmp_path / "erp").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["erp"]


@pytest.mark.parametrize("arguments, because", [
    (("--invoices", "199"), "too few for every situation"),
    (("--customers", "9"), "too few for every language"),
    (("--seed", "-1"), "no seed"),
])
def test_a_size_that_cannot_hold_every_situation_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], because: str
) -> None:
    with pytest.raises(WrongUse, match="needs 10 customers, 200 invoices"):
        run(str(tmp_path / "erp"), *arguments)
    assert not (tmp_path / "erp").exists(), because
