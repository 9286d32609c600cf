"""The book that plans are made on, after its nights."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from book import RELEASE, SETTINGS, Book, company_of_all_ages
from company import DAY, Company, after
from receivables import night
from receivables.select import policy_file


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Letters at 12 and 5 days before DAY, what came of them, and DAY. Not to be changed."""
    company = company_of_all_ages(tmp_path_factory.mktemp("written"))
    for days_ago in (12, 5, 0):
        day = DAY - timedelta(days=days_ago)
        assert company.quick_night(day, release=RELEASE, settings=SETTINGS).drafted
        if days_ago:
            run = company.run(day, settings=SETTINGS)
            night.dispatch(run.settings, resolve=run.resolve, progress=run.progress,
                           now=lambda day=day: after(day) + timedelta(hours=7))
    return company


@pytest.fixture(scope="module")
def book(written: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """The book for one module's tests; they leave the installed policy as they found it."""
    home = tmp_path_factory.mktemp("book")
    shutil.copytree(written.home, home, dirs_exist_ok=True)
    policies = home / "policies"
    shutil.copytree(policy_file.POLICIES, policies)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy_file, "POLICIES", policies)
        yield Book(Company(home, written.rows), policies)
