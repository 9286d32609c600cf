"""The crash matrix, on PostgreSQL."""

from __future__ import annotations

import pytest
from crash_matrix import (  # noqa: F401
    test_a_sender_killed_anywhere_does_no_harm_when_the_relay,
)

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("outbox_url", ["postgresql"], indirect=True)]
