"""After a day of changes, what is read of an ERP is still what the ERP itself says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import changing_erpnext
import changing_odoo
import pytest
from erp_database import erp_database
from erp_source import ROWS, erp
from second_night import Reader, change_and_compare

DAY = date(2027, 1, 30)


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_tables")]


def test_odoo(tmp_path: Path) -> None:
    with erp("odoo", [(ROWS / "odoo_18.sql").read_text()], entities=("1", "3"),
             grants=["every version", "18", "for delivery_refs"]) as odoo:
        changing = changing_odoo.Erp(odoo.url, seed=1)
        reader = Reader(tmp_path, odoo.reader_url, "odoo", changing.entities, DAY)
        reader.land()
        change_and_compare(changing, reader, odoo.url, changes=50)
        changing.engine.dispose()
    assert len(changing.counts) >= 20, "or the test shows little"


def test_erpnext(tmp_path: Path) -> None:
    with erp_database("erpnext") as url:
        changing = changing_erpnext.Erp(url, seed=1)
        reader = Reader(tmp_path, url, "erpnext", changing.entities, DAY)
        reader.land()
        change_and_compare(changing, reader, url, changes=44)
        changing.engine.dispose()
    assert len(changing.counts) >= 20, "or the test shows little"
