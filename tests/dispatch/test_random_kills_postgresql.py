"""Random kills, on PostgreSQL."""

from __future__ import annotations

import pytest
from random_kills import test_senders_killed_at_random_do_no_harm  # noqa: F401

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("outbox_url", ["postgresql"], indirect=True)]
