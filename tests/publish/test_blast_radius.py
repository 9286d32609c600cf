"""The blast radius: what bad data holds up, rule by rule, and the letters that were not written."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from company import DAY, ENTITY, Company, read
from python_calamine import CalamineWorkbook
from receivables import night
from receivables.lake import Lake
from receivables.publish import workbook_file
from seller import query

SCRIPT = "<script>alert(1)</script>"
OVERDUE, LATELY = "2026-03-01", "2026-03-30"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Customers whose data is bad in one way each, and one whose data is good."""
    made = Company(tmp_path_factory.mktemp("radius"))
    for name in ("GOOD", "RECEIPT", "TWICE", "CONTACT", "LATE", "PARTS", "NOBODY", SCRIPT):
        made.customer(name)
    for name, due in (("GOOD", OVERDUE), ("RECEIPT", OVERDUE), ("TWICE", OVERDUE),
                      ("CONTACT", OVERDUE), ("LATE", LATELY), (SCRIPT, OVERDUE)):
        made.invoice(f"I-{name}", "100.00", due, name)
    made.payment("I-GOOD", "10.00", OVERDUE)
    made.invoice("I-DOLLARS", "70.00", OVERDUE, "RECEIPT", currency="USD")
    made.invoice("I-SOON", "30.00", "2026-04-03", "RECEIPT")
    made.invoice("I-PARTS", "100.00", OVERDUE, "PARTS")
    made.add("instalment", invoice_id="I-PARTS", due_date=OVERDUE, amount="99.00")
    made.invoice("I-BESIDE", "40.00", OVERDUE, "PARTS")
    for name in ("RECEIPT", "TWICE", "LATE", "NOBODY", SCRIPT):
        made.add("receipt", customer_id=name, amount="1_000", receipt_date=OVERDUE)
    made.add("hold", customer_id="TWICE", held_from=OVERDUE, held_until="2026-01-01")
    made.add("contact", customer_id="CONTACT", email="not an address")
    made.night(release="test")
    return made


# table, reason, currency | rows, customers, items, open amount, items withheld, letters | because
RADIUS: list[tuple[tuple[str, str, str | None], tuple[int, int, int, str, int, int], str]] = [
    (("receipt", "AMOUNT_MALFORMED", "EUR"), (5, 5, 5, "430.0000", 4, 4),
     "one item was not yet due a letter; a reminder and a notice before the due date are two"),
    (("receipt", "AMOUNT_MALFORMED", "USD"), (5, 5, 1, "70.0000", 1, 1),
     "each currency has a row of its own"),
    (("hold", "DATES_DISAGREE", "EUR"), (1, 1, 1, "100.0000", 1, 1),
     "two rules hold the same item, and each row has it"),
    (("contact", "EMAIL_MALFORMED", None), (1, 0, 0, "0.0000", 0, 0),
     "a contact could not have lowered a debt: it holds nobody"),
    (("open_item", "INSTALMENTS_DISAGREE", "EUR"), (0, 1, 1, "100.0000", 1, 0),
     "its customer was written to about the other invoice"),
]


@pytest.mark.parametrize("rule, counts, because", RADIUS, ids=[row[2] for row in RADIUS])
def test_the_radius_of_a_rule(
    company: Company, rule: tuple[Any, ...], counts: tuple[Any, ...], because: str
) -> None:
    found = read(
        company.official(), "publish/blast_radius",
        "source_table, reason_code, currency, rows_quarantined, customers_held, open_items_held, "
        "open_amount_held::varchar, items_withheld, notices_withheld",
    )
    assert [row[3:] for row in found if row[:3] == rule] == [counts], because


def test_every_rule_that_was_broken_has_a_row_and_no_other(company: Company) -> None:
    found = read(company.official(), "publish/blast_radius", "source_table, reason_code, currency")
    assert sorted(found, key=repr) == sorted((row[0] for row in RADIUS), key=repr)


def test_what_is_withheld_is_what_goes_out_once_the_data_is_mended(company: Company) -> None:
    mended = Company(company.home.with_name("mended"))
    mended.rows = {table: [dict(row) for row in rows] for table, rows in company.rows.items()}
    mended.rows["receipt"] = [row for row in mended.rows["receipt"] if row["amount"] == "10.00"]
    mended.rows["hold"] = []
    mended.rows["instalment"][0]["amount"] = "100.00"
    mended.night(release="test")
    selected = "customer_id, invoice_id, step, open_amount"
    tonight = {row[:4] for row in read(company.official(), "decision", f"{selected}, outcome")
               if row[4] == "selected"}
    withheld = set(read(company.official(), "withheld_item", selected))
    wanted = {row[:4] for row in read(mended.official(), "decision", f"{selected}, outcome")
              if row[4] == "selected"}
    assert tonight and withheld and not tonight & withheld
    assert tonight | withheld == wanted


def test_a_night_of_good_data_has_no_radius(tmp_path: Path) -> None:
    good = Company(tmp_path)
    good.customer()
    good.invoice("I1", "100.00", OVERDUE)
    good.quick_night(release="test")
    for table in ("publish/blast_radius", "withheld_item"):
        assert read(good.official(), table) == []


def test_finance_reads_it_in_the_warehouse_and_in_the_workbook(company: Company) -> None:
    url = f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}"
    in_warehouse = query(url, "select reason_code, open_amount_held from receivables.blast_radius")
    assert ("INSTALMENTS_DISAGREE", Decimal("100.0000")) in in_warehouse
    file = workbook_file(Lake(company.home / "home"), company.official())
    workbook = CalamineWorkbook.from_path(str(file))
    [names, *rows] = workbook.get_sheet_by_name("blast_radius").to_python()
    assert len(rows) == len(RADIUS) and "notices_withheld" in names
    withheld = workbook.get_sheet_by_name("withheld").to_python()
    assert any(row[0] == "TWICE" and row[-1] == "hold DATES_DISAGREE, receipt AMOUNT_MALFORMED"
               for row in withheld)


def test_the_report_of_the_night_says_it_and_escapes_it(company: Company) -> None:
    html = (company.official().folder / "publish" / "report.html").read_text(encoding="utf-8")
    assert "6 open items would have gone with a letter tonight" in html
    assert "hold DATES_DISAGREE, receipt AMOUNT_MALFORMED" in html
    assert SCRIPT not in html and "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert 'class="number money">430.00</td>' in html, "as much of the fraction as money has"
    assert 'name="viewport"' in html


def test_publishing_a_night_of_an_older_version_again_needs_no_radius(company: Company) -> None:
    official = company.official()
    for name in ("withheld_item", "clarification_task", "work_list", "validate/warning"):
        official.file(name).rename(official.folder / f"{Path(name).name}.kept")
    report = night.publish(company.run(), ENTITY)
    assert (report.status, report.as_of_date) == ("published", DAY)
    for name in ("withheld_item", "clarification_task", "work_list", "validate/warning"):
        (official.folder / f"{Path(name).name}.kept").rename(official.file(name))
