"""Ida's company, its nights run once and read by every test here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from company import Company
from ida import lead, story
from receivables.dispatch.kept_letter import KeptLetters
from receivables.privacy.person import Person, find
from seller import RELEASE, copied


@pytest.fixture(scope="session")
def led(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The company after its nights. Not to be changed."""
    company = story(tmp_path_factory.mktemp("led"))
    return lead(company, lambda day: company.night(day, release=RELEASE))


@pytest.fixture
def company(led: Company, tmp_path: Path) -> Company:
    """The company after its nights, to be changed."""
    return copied(led, tmp_path / "company")


@pytest.fixture
def letters(company: Company) -> KeptLetters:
    return KeptLetters(company.run().settings.outbox_url)


@pytest.fixture
def ida(company: Company) -> Callable[..., Person]:
    """Who Ida is, asked by her id or another word."""
    def asked(**how: Any) -> Person:
        return find(company.settings(), "E1", **{"contact_id": "P1", "email": None, **how})

    return asked
