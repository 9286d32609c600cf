"""A made-up company's nights, sound and spoilt, by the statements that judge a real night."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest
from receivables.contract import INCLUDE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """`bench/breakers.py`, which does the same for four companies and most of a year."""
    spec = importlib.util.spec_from_file_location(
        "bench_breakers", INCLUDE.parent / "bench" / "breakers.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_incident_is_blocked_and_no_sound_night_is(bench: ModuleType) -> None:
    counted = bench.tally(bench.COMPANIES[0], judged=40, incident_every=10)
    assert counted.alarms_said == []
    assert set(counted.spoilt) == set(bench.INCIDENTS)
    assert counted.blocked == counted.spoilt
