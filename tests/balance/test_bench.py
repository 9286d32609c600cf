"""The bench of the balance stage runs, and its other two ways come to the same interest."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_a_loop_with_decimals_comes_to_the_stages_interest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    monkeypatch.delitem(sys.modules, "balance", raising=False)
    import balance as bench

    night = bench.night_in(tmp_path)
    bench.write_ledger(night, 2000)
    assert bench.balance_part(night)["seconds"] > 0
    assert bench.decimals_part(night)["processor"] > 0, "it asserts the sums itself, to the cent"
