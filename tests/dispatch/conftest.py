"""Senders that can be killed, and outboxes whose journals go with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from receivables.dispatch.outbox import Outbox
from senders import Senders, forking, journal_of


@pytest.fixture
def outbox(outbox: Outbox) -> Iterator[Outbox]:
    yield outbox
    journal_of(outbox._url).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def senders() -> Iterator[Senders]:
    """Where senders that are to be killed come from."""
    with forking() as started:
        yield started
