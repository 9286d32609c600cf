"""After a day of changes, what is read of an ERP is still what the ERP itself says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import changing_erpnext
import changing_odoo
import pytest
from erp_database import erp_database
from erp_source import ROWS, Erp, erp, execute
from receivables.extract import difference
from receivables.lake import part_ids
from second_night import Amounts, Changing, Known, Reader, faults, total

DAY = date(2027, 1, 30)


@pytest.fixture(autouse=True)
def small_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables of some rows count as large, so that only what changed is read."""
    monkeypatch.setattr(difference, "ROWS_MIN", 1)
    monkeypatch.setattr(difference, "CHANGED_PERCENT_MAX", 1000)


def two_nights(changing: Changing, reader: Reader, url: str, changes: int) -> None:
    """Every figure on the second night, of which only what changed is read."""
    reader.land()
    changing.change(changes)
    known = reader.night()
    assert faults(changing, known, url) == []
    parts = [len(part_ids(entry)) for entry in known.extract.content["tables"].values()]
    assert max(parts) == 2, "or it was read whole"


@pytest.mark.slow
def test_odoo(tmp_path: Path) -> None:
    with erp("odoo", [(ROWS / "odoo_18.sql").read_text()], entities=("1", "3"),
             grants=["every version", "18", "for delivery_refs"]) as odoo:
        changing = changing_odoo.Erp(odoo.url, seed=1)
        reader = Reader(tmp_path, odoo.reader_url, "odoo", changing.entities, DAY)
        two_nights(changing, reader, odoo.url, changes=50)
        changing.engine.dispose()
    assert len(changing.counts) >= 20, "or the test shows little"


@pytest.mark.slow
def test_erpnext(tmp_path: Path) -> None:
    with erp_database("erpnext") as url:
        changing = changing_erpnext.Erp(url, seed=1)
        reader = Reader(tmp_path, url, "erpnext", changing.entities, DAY)
        two_nights(changing, reader, url, changes=44)
        changing.engine.dispose()
    assert len(changing.counts) >= 20, "or the test shows little"


class Tryton:
    """The rows that a Tryton 8 wrote on two days, and what it said of them."""

    proof = "tryton/proof/receivable_account.sql"

    def __init__(self, tryton: Erp) -> None:
        self.tryton = tryton
        ((company,),) = tryton.ask("select id::text from company_company")
        self.entities = {company: "USD"}
        self.counts: dict[str, int] = {}

    def change(self, number: int) -> None:
        execute(self.tryton.url, (ROWS / f"tryton_night_{number}.sql").read_text())

    def figures(self) -> list[tuple[str, Amounts]]:
        return [
            (name, total(((str(id),), amount) for id, amount in self.tryton.ask(
                f"select * from {name}")))
            for name in ("amount_to_pay", "receivable")
        ]

    def read(self, known: Known) -> dict[str, Amounts]:
        """Payments under way are no longer to pay; parties of two currencies are left out."""
        owed = known.rows("open_item", "invoice_id, customer_id, currency, "
                                       "open_amount - in_transit_amount, open_amount")
        owed += known.rows("credit_item", "document_id, customer_id, currency, amount, amount")
        invoices = {key for key, in dict(self.figures()[0][1])}
        euro = {customer for _, _, customer, currency, *_ in owed if currency != "USD"}
        said = dict(self.figures()[1][1])
        return {
            "amount_to_pay": total(((document.split("/")[0],), Decimal(left))
                                   for _, document, _, _, left, _ in owed
                                   if document.split("/")[0] in invoices),
            "receivable": total(((customer,), amount) for _, _, customer, _, _, amount in owed
                                if customer not in euro)
            | {(customer,): said[customer,] for customer in euro},
        }


@pytest.mark.slow
def test_tryton(tmp_path: Path) -> None:
    tables = (ROWS / "tryton_8.sql").read_text().partition("\ninsert into")[0]
    rows = (ROWS / "tryton_night_1.sql").read_text()
    grants = ["every version", "8", "of each module", "for delivery_refs"]
    with erp("tryton", [tables, rows], entities=(), grants=grants) as tryton:
        changing = Tryton(tryton)
        reader = Reader(tmp_path, tryton.reader_url, "tryton", changing.entities, DAY)
        two_nights(changing, reader, tryton.url, changes=2)
