"""A night keeps the texts and the settings that it decided by: replayed, it decides by them again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from company import DAY, ENTITY, Company, after
from receivables import contract
from receivables.contract import INCLUDE
from receivables.errors import DataError
from receivables.lake import read_json, write_json
from receivables.replay import replay
from receivables.rule_book import lay_out
from seller import RELEASE, SETTINGS, seller

PLUGINS = Path(contract.__file__).parents[1]

CHANGES = {
    "aging_buckets.yaml": ("days_until: 30}", "days_until: 29}"),
    "customer_classes.yaml": ("value: 730", "value: 7"),
    "policies/reasons.yaml": ("days past due: {next_step}", "days late: {next_step}"),
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Company:
    company = seller(tmp_path_factory.mktemp("published"))
    company.night(release=RELEASE, settings=SETTINGS)
    return company


@pytest.fixture
def company(published: Company, tmp_path: Path) -> Company:
    shutil.copytree(published.home, tmp_path / "company")
    return Company(tmp_path / "company", published.rows)


@pytest.fixture
def include(tmp_path: Path) -> Path:
    """The include folder of an installation in which people changed their texts since."""
    include = tmp_path / "include"
    shutil.copytree(INCLUDE, include)
    for name, (old, new) in CHANGES.items():
        text = (include / name).read_text(encoding="utf-8")
        assert old in text
        (include / name).write_text(text.replace(old, new), encoding="utf-8")
    return include


def replayed(company: Company, include: Path) -> dict[str, Any]:
    settings = company.settings(**SETTINGS)
    done = subprocess.run(
        [sys.executable, "-m", "receivables.cli", "replay", str(DAY), "--json",
         "--settings", str(settings.file)],
        env={**os.environ, "RECEIVABLES_INCLUDE": str(include), "PYTHONPATH": str(PLUGINS)},
        stdout=subprocess.PIPE, check=False,
    )
    return json.loads(done.stdout)[ENTITY]


def test_a_night_is_rebuilt_by_the_texts_of_then(company: Company, include: Path) -> None:
    assert replayed(company, include)["differences"] == []
    forget_the_rule_book(company)
    by_the_texts_of_today = replayed(company, include)["differences"]
    assert {"open_item", "customer_class", "decision"} <= {*by_the_texts_of_today}


def forget_the_rule_book(company: Company) -> None:
    file = company.official().folder / "manifest.json"
    manifest = read_json(file)
    del manifest["rule_book"]
    write_json(file, manifest)


def test_a_night_is_rebuilt_by_the_settings_of_then(company: Company) -> None:
    """The rate was agreed anew, customers were excepted, and the seat was moved, since."""
    entity = {
        "interest_rule": {"rule_id": "ten", "annual_percent": "10", "legal_basis": "contract"},
        "policy_exceptions": [{"customer_id": "C1", "policy": "gentle", "because": "a new friend"}],
        "country": "FR",
    }
    changed = {"entity": entity, "reporting_currency": "USD"}
    run = company.run(settings=changed, now=after(DAY + timedelta(days=9)))
    assert replay(run, ENTITY, lambda line: None).differences == ()
    (company.official().folder / "settings.json").unlink()
    by_those_of_today = replay(run, ENTITY, lambda line: None).differences
    assert {"open_item", "decision", "interest_segment"} <= {*by_those_of_today}


def test_texts_that_did_not_change_are_kept_once(published: Company) -> None:
    books = list((published.home / "home" / "lake" / "rule_books").iterdir())
    assert [book.name for book in books] == [published.official().manifest()["rule_book"]]
    kept = {file.relative_to(books[0]) for file in books[0].rglob("*.csv")}
    assert Path("rates/ecb_mro.csv") in kept, "rates are texts like the others"


def test_a_rule_book_that_was_tampered_with_is_refused(company: Company, tmp_path: Path) -> None:
    lake, book = company.run().lake, company.official().manifest()["rule_book"]
    file = lake.home / "lake" / "rule_books" / book / "aging_buckets.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# and more\n", encoding="utf-8")
    with pytest.raises(DataError, match="bring them back from a backup"):
        lay_out(lake, book, tmp_path / "include")
