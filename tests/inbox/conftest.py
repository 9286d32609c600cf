"""Mailrooms: on both engines where the outbox's database matters, else on SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest
from mailroom import Mailroom


@pytest.fixture
def mailroom(tmp_path: Path) -> Mailroom:
    return Mailroom(tmp_path, f"sqlite:///{tmp_path / 'outbox.sqlite'}")


@pytest.fixture
def both(tmp_path: Path, outbox_url: str) -> Mailroom:
    return Mailroom(tmp_path, outbox_url)
