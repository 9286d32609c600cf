"""One whole night of the seller, run once and copied by the tests that go on from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from company import Company
from seller import RELEASE, SETTINGS, copied, seller


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The seller after its first night, from its ERP's files to its drafts. Not to be changed."""
    company = seller(tmp_path_factory.mktemp("first_night"))
    report = company.night(release=RELEASE, settings=SETTINGS)
    assert (report.status, report.drafted) == ("published", 6)
    return company


@pytest.fixture
def company(first_night: Company, tmp_path: Path) -> Company:
    """The seller after its first night, to do with as a test likes."""
    return copied(first_night, tmp_path)
