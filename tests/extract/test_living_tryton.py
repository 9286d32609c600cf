"""A real Tryton on two days: what is read of it is what Tryton itself says."""

from __future__ import annotations

from pathlib import Path

import pytest
from changing_tryton import Erp
from erp_source import postgres, reader
from second_night import Reader, change_and_compare, faults

GRANTS = ["every version", "8", "for payments under way"]

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_tables")]


def test_every_amount_of_two_days_is_what_tryton_says(tmp_path: Path) -> None:
    with postgres() as url:
        tryton = Erp(url, seed=1)
        with reader(url, "tryton", GRANTS) as reader_url:
            nights = Reader(tmp_path, reader_url, "tryton", tryton.entities, tryton.tomorrow)
            assert faults(tryton, nights.night(), url) == []
            change_and_compare(tryton, nights, url, changes=36)
    assert len(tryton.counts) >= 20, "or the test shows little"
