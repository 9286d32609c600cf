"""One debtor's company, its nights run once and read by every test here."""

from __future__ import annotations

import pytest
from company import Company
from debtor import debtor, lead


@pytest.fixture(scope="session")
def led(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The company after its nights. Not to be changed."""
    company = debtor(tmp_path_factory.mktemp("led"))
    lead(company)
    return company
