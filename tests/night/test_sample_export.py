"""IBM's sample of late payments, night by night, against three lines of pandas."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pandas
import pytest
from company import read
from receivables import cli
from receivables.contract import INCLUDE
from receivables.lake import Lake

REAL = INCLUDE.parent.parent / "shared" / "data" / "ibm_late_payments.csv"
DAYS = (date(2013, 6, 30), date(2012, 12, 31))

SETTINGS = """
home: home
time_zone: America/New_York
reporting_currency: USD
sources:
  sample: {kind: files, directory: export, sql: ibm_late_payments, entities: [IBM]}
entities:
  IBM: {name: Sample, country: US, currency: USD, time_zone: America/New_York}
"""


def american(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def made_by_hand(file: Path) -> None:
    """Two hundred invoices in the export's form, some of them settled on the very day."""
    chance = random.Random(2)
    lines = [
        "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,"
        "Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate"
    ]
    for number in range(200):
        issued = date(2012, 10, 1) + timedelta(days=chance.randrange(300))
        due = issued + timedelta(days=30)
        settled = due + timedelta(days=chance.randint(-25, 40))
        if number % 20 == 0:
            settled = DAYS[number % 40 // 20]
            issued, due = settled - timedelta(days=40), settled - timedelta(days=10)
        lines.append(
            f"391,{chance.randrange(9):04}-CUST,4/6/2013,{number:010},{american(issued)},"
            f"{american(due)},{chance.randrange(1, 20000) / 100:.2f},"
            f"{chance.choice(['Yes', 'No', 'No'])},{american(settled)},Paper,"
            f"{(settled - issued).days},{max((settled - due).days, 0)}"
        )
    file.write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module", params=["made by hand", *(["real"] if REAL.exists() else [])])
def export(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose source is the export."""
    home = tmp_path_factory.mktemp("sample")
    (home / "export").mkdir()
    (home / "settings.yaml").write_text(SETTINGS)
    file = home / "export" / "ibm_late_payments.csv"
    if request.param == "real":
        file.write_bytes(REAL.read_bytes())
    else:
        made_by_hand(file)
    return home


def expected(file: Path, day: date) -> pandas.DataFrame:
    """What was open on a day, by invoice."""
    rows = pandas.read_csv(file, dtype=str)
    dates = rows[["InvoiceDate", "DueDate", "SettledDate"]].apply(pandas.to_datetime)
    is_open = (dates.InvoiceDate <= str(day)) & (dates.SettledDate > str(day))
    rows["days_past_due"] = (pandas.Timestamp(day) - dates.DueDate).dt.days
    return rows[is_open]


@pytest.mark.parametrize("day", DAYS)
def test_the_night_finds_what_was_open(export: Path, day: date) -> None:
    assert cli.main([
        "night", "--as-of", str(day), "--settings", str(export / "settings.yaml"),
    ]) == 0
    official = Lake(export / "home").official(as_of_date=day, legal_entity_id="IBM")
    assert official is not None
    assert read(official, "quarantine") == []
    open_then = expected(export / "export" / "ibm_late_payments.csv", day)
    assert read(official, "open_item", "invoice_id, open_amount, days_past_due") == sorted(
        (row.invoiceNumber, Decimal(row.InvoiceAmount).quantize(Decimal("0.0001")),
         row.days_past_due)
        for row in open_then.itertuples()
    )
    disputed = read(official, "decision", "invoice_id, reason_code")
    assert {invoice for invoice, reason in disputed if reason == "DISPUTED"} == set(
        open_then.invoiceNumber[open_then.Disputed == "Yes"]
    )
    assert len(open_then) > 10
