"""The SQL folders that come with Receivables give what their READMEs say."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from extract_source import FIRST_NIGHT, Drops, no_connection, table
from receivables import contract, settings
from receivables.extract import land
from receivables.lake import Extract, Lake
from receivables.sql import SQL

IBM = """\
countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,\
SettledDate,PaperlessBill,DaysToSettle,DaysLate
391,0379-NEVHP,4/6/2013,0000611365,1/2/2013,2/1/2013,55.94,No,1/15/2013,Paper,13,0
406,8976-AMJEO,3/3/2012,0007900770,1/26/2013,2/25/2013,61.74,Yes,3/3/2013,Electronic,36,6
391,0379-NEVHP,1/26/2012,0009231909,12/31/2012,1/30/2013,65.88,yes,,Electronic,5,0
818,9725-EZTEJ,4/6/2012,0009888306,2/30/2013,3/12/2013,105.92,No,3/5/2013,Paper,17,0
"""

SAP = """\
business_code,cust_number,name_customer,business_year,doc_id,posting_date,document_create_date,\
due_in_date,invoice_currency,document type,total_open_amount,baseline_create_date,\
cust_payment_terms,invoice_id,isOpen
U001,0200706844,WINC co,2020.0,1930571429.0,2020-02-27,2020-02-26,2020-03-13,USD,RV,8734.71,\
2020-02-27,NAA8,1930571429.0,1
U001,0200706844,WINC ,2020.0,1930571430.0,2020-02-28,2020-02-26,2020-03-14,USD,RV,1.17,\
2020-02-27,NAA8,1930571430.0,1
U001,0200706844,WINC,2020.0,1930571431.0,2020-02-28,2020-02-26,2020-03-14,USD,RV,100.0,\
2020-02-27,NAA8,1930571431.0,1
CA02,0140106408,WAL-MAR corp,2020.0,2960623488.0,2020-03-30,2020-03-30,2020-04-10,CAD,RV,3299.7,\
2020-03-31,CA10,2960623488.0,1
CA02,0140106408,WAL-MAR,2020.0,2960623489.0,2020-03-30,2020-03-30,2020-04-10,CAD,RV,10,\
2020-03-31,CA10,2960623489.0,1
U001,0140106408,WAL-MAR corp ,2020.0,1930571440.0,2020-03-30,2020-03-30,2020-04-10,USD,DG,20,\
2020-03-31,CA10,1930571440.0,1
CA02,0140106408,WAL-MAR gone,2019.0,2960623400.0,2019-03-30,2019-03-30,2019-04-10,CAD,RV,5,\
2019-03-31,CA10,2960623400.0,0
"""

# Folders in another dialect than DuckDB's; their tests run them in the database that speaks it.
SPOKEN_BY_ITS_ERP = {"dolibarr", "erpnext"}


def landed(name: str, text: str, tmp_path: Path) -> Extract:
    """What the example settings of a folder land of a file."""
    loaded = settings.load(contract.INCLUDE / "settings" / f"{name}.yaml")
    (tmp_path / f"{name}.csv").write_text(text)
    source = dataclasses.replace(loaded.sources[name], directory=tmp_path)
    return land(source, lake=Lake(tmp_path / "home"), known_at=FIRST_NIGHT, resolve=no_connection,
                progress=lambda line: None)


def column(extract: Extract, name: str, *columns: str) -> list[tuple[str | None, ...]]:
    rows = [tuple(row[column] for column in columns) for row in table(extract, name)]
    return sorted(rows, key=str)


def test_the_contract_folder_reads_every_table_of_the_contract(drops: Drops) -> None:
    assert {file.stem for file in (SQL / "extract" / "contract").glob("*.sql")} == set(
        contract.tables()
    )
    for name, described in contract.tables().items():
        drops.write(f"{name}.csv", ",".join(described.column_names) + "\n")
    extract = drops.land()
    assert extract.content["tables_not_provided"] == []
    for name, described in contract.tables().items():
        entry = extract.content["tables"][name]
        assert (entry["rows"], entry["missing_columns"]) == (0, [])
        assert entry["columns"] == list(described.column_names)
        assert table(extract, name) == []


def test_ibm_late_payments(tmp_path: Path) -> None:
    extract = landed("ibm_late_payments", IBM, tmp_path)
    assert column(extract, "customer", "customer_id", "legal_entity_id", "name", "country",
                  "currency", "country_code") == [
        ("0379-NEVHP", "IBM", "0379-NEVHP", "ZZ", "USD", "391"),
        ("8976-AMJEO", "IBM", "8976-AMJEO", "ZZ", "USD", "406"),
        ("9725-EZTEJ", "IBM", "9725-EZTEJ", "ZZ", "USD", "818"),
    ]
    assert column(extract, "invoice", "invoice_id", "customer_id", "document_type", "issue_date",
                  "posting_date", "gross_amount") == [
        ("0000611365", "0379-NEVHP", "invoice", "2013-01-02", "2013-01-02", "55.94"),
        ("0007900770", "8976-AMJEO", "invoice", "2013-01-26", "2013-01-26", "61.74"),
        ("0009231909", "0379-NEVHP", "invoice", "2012-12-31", "2012-12-31", "65.88"),
        # A day that is none is handed on as it is: validate quarantines the one row.
        ("0009888306", "9725-EZTEJ", "invoice", "2/30/2013", "2/30/2013", "105.92"),
    ]
    assert column(extract, "instalment", "invoice_id", "due_date")[0] == ("0000611365",
                                                                          "2013-02-01")
    assert column(extract, "receipt", "receipt_id", "receipt_date", "amount") == [
        ("0000611365", "2013-01-15", "55.94"),
        ("0007900770", "2013-03-03", "61.74"),
        ("0009888306", "2013-03-05", "105.92"),
    ]
    assert column(extract, "allocation", "invoice_id", "source_id", "allocation_date",
                  "amount")[1] == ("0007900770", "0007900770", "2013-03-03", "61.74")
    assert column(extract, "dispute", "invoice_id", "opened_on", "resolved_on") == [
        ("0007900770", "2013-01-26", "2013-03-03"),
        ("0009231909", "2012-12-31", None),
    ]


def test_sap_open_items(tmp_path: Path) -> None:
    extract = landed("sap_open_items", SAP, tmp_path)
    assert column(extract, "customer", "customer_id", "name", "country", "currency",
                  "spelling_count") == [
        ("0140106408", "WAL-MAR corp", "CA", "CAD", "2"),
        ("0200706844", "WINC", "US", "USD", "2"),
    ]
    assert column(extract, "invoice", "invoice_id", "document_type", "issue_date", "posting_date",
                  "currency", "gross_amount", "business_code")[:3] == [
        ("1930571429", "invoice", "2020-02-26", "2020-02-27", "USD", "8734.71", "U001"),
        ("1930571430", "invoice", "2020-02-26", "2020-02-28", "USD", "1.17", "U001"),
        ("1930571431", "invoice", "2020-02-26", "2020-02-28", "USD", "100.0", "U001"),
    ]
    assert ("1930571440", "DG") in column(extract, "invoice", "invoice_id", "document_type")
    instalments = table(extract, "instalment")
    assert len(instalments) == 6
    assert sum(Decimal(row["open_amount"]) for row in instalments) == Decimal("12165.58")
    assert all(row["amount"] == row["open_amount"] for row in instalments)
    assert "receipt" in extract.content["tables_not_provided"]


def test_of_names_as_frequent_as_each_other_the_first_in_the_alphabet_is_taken(
    tmp_path: Path,
) -> None:
    lines = SAP.split("\n")
    extract = landed("sap_open_items", "\n".join([lines[0], lines[2], lines[1]]), tmp_path)
    assert column(extract, "customer", "name", "spelling_count") == [("WINC", "2")]


@pytest.mark.parametrize("name", ["ibm_late_payments", "sap_open_items"])
def test_the_example_settings_keep_to_folders_below_var(name: str) -> None:
    file = contract.INCLUDE / "settings" / f"{name}.yaml"
    loaded = settings.load(file)
    var = contract.INCLUDE.parent / "var"
    assert loaded.home.is_relative_to(var)
    assert loaded.mail.sink
    directory = yaml.safe_load(file.read_text())["sources"][name]["directory"]
    assert directory == f"../../var/exports/{name}"


def test_every_select_has_its_header(tmp_path: Path) -> None:
    files = sorted((SQL / "extract").rglob("*.sql"))
    assert len(files) > 20
    for file in files:
        text = file.read_text()
        comments = [line for line in text.split("\n") if line.startswith("-- ")]
        for part in ("-- Grain: ", "-- Reads: ", "-- Writes: "):
            assert any(line.startswith(part) for line in comments), f"{file}: {part}"
        assert not text.rstrip().endswith(";")
        if SPOKEN_BY_ITS_ERP & set(file.parts):
            continue
        with duckdb.connect() as engine:
            assert len(engine.extract_statements(text)) == 1
