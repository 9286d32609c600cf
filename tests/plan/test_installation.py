"""A policy is installed as it was planned, on the book that it was planned on, or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from book import Book
from company import DAY
from receivables import cli
from receivables.select.policy_file import load_versions

CHANGE = ("days_past_due: 3,", "days_past_due: 1,")


@pytest.fixture(autouse=True)
def as_it_was(book: Book) -> Iterator[None]:
    """Every test finds the policy that the book was decided by."""
    before = book.installed.read_bytes()
    book.run()
    yield
    book.installed.write_bytes(before)


def receivables(book: Book, *words: str) -> int:
    return cli.main([*words, "--settings", str(book.company.home / "settings.yaml")])


def plan_hash(book: Book, file: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert receivables(book, "plan", "--policy", str(file), "--json", *words) == 0
    return str(json.loads(capsys.readouterr().out)["hash"])


def apply(book: Book, file: Path, planned: str) -> int:
    return receivables(book, "apply", "--policy", str(file), "--plan", planned)


def versions(file: Path) -> list[str]:
    return [policy.version for policy in load_versions("standard", file)]


def test_what_was_planned_is_installed_as_the_newest_version(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    before = versions(book.installed)
    file = book.changed(CHANGE, ("decided_by: Head of Credit", "decided_by: Ann"))
    assert apply(book, file, plan_hash(book, file, capsys)) == 0
    assert versions(book.installed) == [*before, *versions(file)]
    assert "decided_by: Ann" in capsys.readouterr().out
    assert apply(book, file, plan_hash(book, file, capsys)) == 2
    assert "is installed already" in capsys.readouterr().err


def test_a_policy_of_another_name_stands_in_for_the_one_that_is_named(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    before = versions(book.installed)
    file = book.changed(CHANGE, name="new.yaml")
    named = ("--name", "standard")
    planned = plan_hash(book, file, capsys, *named)
    assert receivables(book, "apply", "--policy", str(file), "--plan", planned, *named) == 0
    assert versions(book.installed) == [*before, *versions(file)]


VERSIONS = [
    # text of the file, of the installed one and the new one | installed | because
    ("{old}---\n{new}", True, "the file holds the installed version and a new one"),
    ("{new}---\n{new2}", False, "the installed version is left out"),
    ("{now}", False, "it begins with the installed one, which would be in doubt"),
]


@pytest.mark.parametrize("text, is_installed, because", VERSIONS, ids=[r[-1] for r in VERSIONS])
def test_no_installed_version_is_lost(
    book: Book, capsys: pytest.CaptureFixture[str], text: str, is_installed: bool, because: str
) -> None:
    old = book.installed.read_text(encoding="utf-8")
    file = book.changed(CHANGE)
    new = file.read_text(encoding="utf-8")
    file.write_text(text.format(
        old=old, new=new, new2=new.replace("2026-04-01", "2026-05-01"),
        now=new.replace("2026-04-01", "2026-01-15"),
    ), encoding="utf-8")
    assert apply(book, file, plan_hash(book, file, capsys)) == (0 if is_installed else 2), because
    assert book.installed.read_text(encoding="utf-8").startswith(old)
    assert (book.installed.read_bytes() == file.read_bytes()) == is_installed


@pytest.mark.parametrize("changed, said", [
    ("file", "the file: standard@"),
    ("installed", "the installed policy: standard@"),
    ("linter", "the linter's limits were changed"),
    ("hash", "no plan 0123456789abcdef was made"),
])
def test_nothing_is_installed_if_something_has_changed_since_the_plan(
    book: Book, capsys: pytest.CaptureFixture[str], changed: str, said: str
) -> None:
    file = book.changed(CHANGE)
    planned = plan_hash(book, file, capsys)
    linter = book.policies / "linter.yaml"
    limits = linter.read_text(encoding="utf-8")
    if changed == "file":
        file = book.changed(CHANGE, ("promise_grace_days: 3", "promise_grace_days: 4"))
    elif changed == "installed":
        book.installed.write_bytes(
            book.installed.read_bytes().replace(b"promise_grace_days: 3", b"promise_grace_days: 5")
        )
    elif changed == "linter":
        linter.write_text(limits.replace("pay_within_days_min: 7", "pay_within_days_min: 30"))
    else:
        planned = "0123456789abcdef"
    before = book.installed.read_bytes()
    assert apply(book, file, planned) == 2
    linter.write_text(limits, encoding="utf-8")
    told = capsys.readouterr().err
    assert said in told and "make a new plan" in told
    assert book.installed.read_bytes() == before


def test_a_night_since_the_plan_is_another_book(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    file = book.changed(CHANGE)
    planned = plan_hash(book, file, capsys, "--as-of", str(DAY - timedelta(days=5)))
    assert apply(book, file, planned) == 2
    assert "the book of E1: the night of 2026-03-26" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    """Root may write everywhere, so what is in the way here is a folder."""
    file = book.changed(CHANGE)
    planned = plan_hash(book, file, capsys)
    before = book.installed.read_bytes()
    in_the_way = book.policies / f".standard.yaml.{os.getpid()}.partial"
    in_the_way.mkdir()
    assert apply(book, file, planned) == 2
    in_the_way.rmdir()
    assert "standard.yaml: cannot be written here (Is a directory); bring" in capsys.readouterr().err
    assert book.installed.read_bytes() == before


def test_a_plan_that_people_read_ends_with_the_way_to_install_it(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    file = book.changed(CHANGE, ("pay_within_days: 10, interest: claim", "pay_within_days: 5"))
    assert receivables(book, "plan", "--policy", str(file)) == 0
    said = capsys.readouterr().out
    assert "1 contacted" in said
    assert "! final_demand: gives 5 days to pay, less than 7." in said
    assert "+  E1      AT+002    -    reminder_1" in said
    planned = said.rsplit("--plan ", 1)[1].strip()
    assert receivables(book, "plan", "--policy", str(file), "--entity", "E1") == 0
    assert f"Plan {planned}: to read only" in capsys.readouterr().out


