"""Sources of kind `files`: what was dropped is landed as text, in every form that is allowed."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from extract_source import CUSTOMERS, INVOICES, Drops, below, description, table
from receivables.errors import DataError, SettingsError, TransientError

ROW = {"source_row": 1, "customer_id": "C1", "legal_entity_id": "DE", "name": "Muster GmbH",
       "country": "DE"}


def sheet(file: Path, *rows: list[Any]) -> None:
    with xlsxwriter.Workbook(str(file)) as workbook:
        dates = workbook.add_format({"num_format": "yyyy-mm-dd"})
        moments = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        written = workbook.add_worksheet()
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    written.write_datetime(at, column, value, moments)
                elif isinstance(value, date):
                    written.write_datetime(at, column, datetime.combine(value, datetime.min.time()),
                                           dates)
                else:
                    written.write(at, column, value)


def test_a_drop_is_landed_as_text_with_what_it_lacks(drops: Drops) -> None:
    extract = drops.land()
    assert table(extract, "customer") == [ROW]
    assert table(extract, "receipt") == []
    content = description(extract)
    assert content["source"] == "erp"
    assert content["kind"] == "files"
    assert content["extract_id"] == "20260301T030000000000Z"
    assert set(content["tables"]) == {"customer", "invoice", "receipt", "allocation"}
    assert content["tables_not_provided"][:2] == ["contact", "instalment"]
    entry = content["tables"]["customer"]
    assert entry["rows"] == 1
    assert entry["columns"] == ["customer_id", "legal_entity_id", "name", "country"]
    assert "tax_id" in entry["missing_columns"]
    assert "country" not in entry["missing_columns"]


def test_everything_landed_is_text_but_the_row_s_number(drops: Drops) -> None:
    extract = drops.land()
    for name in extract.content["tables"]:
        (part,) = extract.parts(name)
        (file,) = part.iterdir()
        assert file.name == "part-0.parquet"
        number, *values = pq.read_schema(file)
        assert (number.name, number.type) == ("source_row", pa.int64())
        assert {field.type for field in values} == {pa.string()}


def test_values_are_trimmed_and_empty_ones_missing(drops: Drops) -> None:
    drops.write("customer.csv", "customer_id,legal_entity_id,name,country,tax_id,Remark\n"
                                ' C1 ,DE,"\u00a0Muster\u00a0GmbH\t",DE,  ,  kept as well \n')
    (row,) = table(drops.land(), "customer")
    assert row == ROW | {"name": "Muster\u00a0GmbH", "tax_id": None, "Remark": "kept as well"}


def test_names_of_columns_need_not_match_in_capitals(drops: Drops) -> None:
    drops.write("customer.csv", CUSTOMERS.replace("customer_id,legal", "Customer_ID , LEGAL"))
    assert table(drops.land(), "customer") == [ROW]


def test_a_compressed_csv(drops: Drops) -> None:
    drops.replace("customer.csv.gz", gzip.compress(CUSTOMERS.encode()))
    assert table(drops.land(), "customer") == [ROW]


def test_a_windows_1252_csv(drops: Drops) -> None:
    drops.write("customer.csv", CUSTOMERS.replace("Muster GmbH", "Müller – €").encode("cp1252"))
    assert table(drops.land(), "customer") == [ROW | {"name": "Müller – €"}]


def test_parts_are_one_table_in_the_order_of_their_names(drops: Drops) -> None:
    drops.replace("customer/b.csv", "customer_id;legal_entity_id;country;name\nC2;DE;FR;B, C\n")
    drops.write("customer/a.csv", CUSTOMERS)
    drops.write("customer/c.csv.gz", gzip.compress(CUSTOMERS.replace("C1", "C3").encode()))
    drops.write("customer/.d.csv", "an upload under way")
    assert [(row["source_row"], row["customer_id"], row["country"])
            for row in table(drops.land(), "customer")] == [
        (1, "C1", "DE"), (2, "C2", "FR"), (3, "C3", "DE")
    ]


def test_plain_parts_are_one_table_too(drops: Drops) -> None:
    drops.replace("customer/2.csv", CUSTOMERS.replace("C1", "C2"))
    drops.write("customer/1.csv", CUSTOMERS)
    assert [row["customer_id"] for row in table(drops.land(), "customer")] == ["C1", "C2"]


TYPED = [
    # type, value                                                     | text | because
    (pa.bool_(), True, "true", "boolean"),
    (pa.int64(), -12, "-12", "whole number"),
    (pa.decimal128(30, 4), Decimal("12345678901234567890.1200"), "12345678901234567890.1200",
     "decimals keep their scale"),
    (pa.float64(), 12.0, "12", "a whole float has no .0, as it may be an identifier"),
    (pa.float64(), 0.1, "0.1", "the shortest decimal"),
    (pa.float64(), 1.5e-7, "0.00000015", "a small float has no exponent"),
    (pa.float64(), -1e22, "-10000000000000000000000", "nor has a big one"),
    (pa.float32(), 0.1, "0.1", "single precision"),
    (pa.float64(), float("nan"), "nan", "validate refuses it"),
    (pa.date32(), date(2026, 3, 31), "2026-03-31", "date"),
    (pa.timestamp("us"), datetime(2026, 3, 31), "2026-03-31", "midnight without a zone is a date"),
    (pa.timestamp("ns"), datetime(2026, 3, 31, 13, 5), "2026-03-31T13:05:00", "local time"),
    (pa.timestamp("us", tz="America/Sao_Paulo"), datetime(2026, 3, 31, 23, 0, tzinfo=UTC),
     "2026-03-31T23:00:00Z", "an instant is in UTC"),
    (pa.string(), " x ", "x", "text"),
    (pa.string(), None, None, "missing"),
]


@pytest.mark.parametrize("kind, value, text, because", TYPED, ids=[row[3] for row in TYPED])
def test_typed_parquet_becomes_canonical_text(
    drops: Drops, kind: pa.DataType, value: object, text: str | None, because: str
) -> None:
    (drops.directory / "customer.csv").unlink()
    pq.write_table(
        pa.table({
            "customer_id": ["C1"], "legal_entity_id": ["DE"], "name": ["Muster GmbH"],
            "country": ["DE"], "seen": pa.array([value], kind),
        }),
        drops.directory / "customer.parquet",
    )
    assert table(drops.land(), "customer") == [ROW | {"seen": text}]


def test_bytes_have_no_text(drops: Drops) -> None:
    (drops.directory / "customer.csv").unlink()
    pq.write_table(
        pa.table({"customer_id": [b"C1"], "legal_entity_id": ["DE"], "name": ["x"],
                  "country": ["DE"]}),
        drops.directory / "customer.parquet",
    )
    with pytest.raises(DataError, match="column customer_id holds bytes; cast it"):
        drops.land()


def test_a_workbook_is_landed_as_its_reader_sees_it(drops: Drops) -> None:
    (drops.directory / "customer.csv").unlink()
    sheet(
        drops.directory / "customer.xlsx",
        ["customer_id", "legal_entity_id", "name ", "country", "credit_limit_amount",
         "is_dunning_blocked", "verified", "updated_at", None, "ref"],
        [10047.0, "DE", "Müller", "DE", 0.1 + 0.2, True, date(2026, 3, 31),
         datetime(2026, 3, 31, 13, 5), "x", "007"],
        [None] * 10,
        ["C2", "DE", "B", "FR", 1234.5, False, None, None, None, 900719925474099],
    )
    assert table(drops.land(), "customer") == [
        {"source_row": 1, "customer_id": "10047", "legal_entity_id": "DE", "name": "Müller",
         "country": "DE", "credit_limit_amount": "0.3", "is_dunning_blocked": "true",
         "verified": "2026-03-31", "updated_at": "2026-03-31T13:05:00", "column_9": "x",
         "ref": "007"},
        {"source_row": 2, "customer_id": "C2", "legal_entity_id": "DE", "name": "B",
         "country": "FR", "credit_limit_amount": "1234.5", "is_dunning_blocked": "false",
         "verified": None, "updated_at": None, "column_9": None, "ref": "900719925474099"},
    ]


def test_an_identifier_that_a_spreadsheet_has_damaged_is_refused(drops: Drops) -> None:
    (drops.directory / "customer.csv").unlink()
    sheet(
        drops.directory / "customer.xlsx",
        ["customer_id", "legal_entity_id", "name", "country"],
        [123456789012345678, "DE", "Müller", "DE"],
    )
    with pytest.raises(DataError) as refused:
        drops.land()
    assert "customer.xlsx, row 2, column customer_id" in str(refused.value)
    assert "format the column as text" in str(refused.value)
    assert "1234567" not in str(refused.value)


REFUSED = [
    # name, content                       | all of this is said                      | because
    ("customer.csv", "customer_id,legal_entity_id,name\nC1,DE,x\n",
     ["source erp", "table customer", "contract/customer.sql", "customer.csv", "country",
      "add them there"], "a required column is missing"),
    ("customer.csv", "", ["customer.csv", "has no header"], "nothing in the file"),
    ("customer.csv", "customer_id,legal_entity_id,name,country,NAME\n",
     ["customer.csv", "NAME, name", "rename"], "two columns of one name"),
    ("customer.csv", "customer_id,legal_entity_id,name,country,source_row\n",
     ["table customer", "source_row", "rename"], "the row's number has a name of its own"),
    ("customer.csv", CUSTOMERS.encode("utf-16"), ["customer.csv", "UTF-16", "UTF-8"], "UTF-16"),
    ("customer.csv", '"customer_id,legal_entity_id\n', ["customer.csv", "header"], "half a header"),
    ("customer.parquet", CUSTOMERS, ["customer.csv", "customer.parquet", "remove one"],
     "two files of one table"),
    ("customer/1.csv", CUSTOMERS, ["customer", "remove one"], "a file and a folder of one table"),
    ("dispute.parquet", b"PAR1 no", ["dispute.parquet", "drop it again"], "half a Parquet file"),
    ("dispute.xlsx", b"PK no", ["dispute.xlsx", "save it again"], "half a workbook"),
    ("dispute.csv.gz", gzip.compress(b"dispute_id\n" * 999)[:-9],
     ["dispute.csv.gz", "drop it again"], "half a compressed file"),
]


@pytest.mark.parametrize("name, content, said, because", REFUSED, ids=[r[3] for r in REFUSED])
def test_a_drop_that_cannot_be_used_is_named_and_nothing_is_landed(
    drops: Drops, name: str, content: str | bytes, said: list[str], because: str
) -> None:
    drops.write(name, content)
    with pytest.raises(DataError) as refused:
        drops.land()
    for part in said:
        assert part in str(refused.value)
    assert "Muster" not in str(refused.value)
    assert below(drops.landing) == []


def test_parts_of_several_kinds_are_refused(drops: Drops) -> None:
    drops.replace("customer/1.csv", CUSTOMERS)
    drops.write("customer/2.parquet", b"")
    with pytest.raises(DataError, match=r"customer mixes \.csv, \.parquet files"):
        drops.land()


@pytest.mark.parametrize("name", ["customer", "invoice", "receipt", "allocation"])
def test_a_required_table_that_was_not_dropped_is_named(drops: Drops, name: str) -> None:
    (drops.directory / f"{name}.csv").unlink()
    with pytest.raises(DataError) as refused:
        drops.land()
    assert f"no file {name}.csv" in str(refused.value)
    assert str(drops.directory) in str(refused.value)
    assert below(drops.landing) == []


def test_a_source_that_states_open_amounts_needs_them_and_no_receipts(drops: Drops) -> None:
    drops.open_amounts = "from_source"
    (drops.directory / "receipt.csv").unlink()
    (drops.directory / "allocation.csv").unlink()
    header = "invoice_id,legal_entity_id,instalment_no,due_date,amount"
    with pytest.raises(DataError, match=r"no file instalment\.csv"):
        drops.land()
    drops.write("instalment.csv", f"{header}\n")
    with pytest.raises(DataError, match="required columns open_amount are missing"):
        drops.land()
    drops.write("instalment.csv", f"{header},open_amount\nI1,DE,1,2026-02-01,100,40\n")
    assert table(drops.land(), "instalment")[0]["open_amount"] == "40"


def test_a_missing_directory_names_the_setting(drops: Drops) -> None:
    drops.directory = drops.directory / "gone"
    with pytest.raises(SettingsError, match=r"sources\.erp\.directory: .* create it"):
        drops.land()


def test_a_file_that_changes_while_it_is_read_is_not_landed(drops: Drops) -> None:
    def append(line: str) -> None:
        if "customer" in line:
            drops.write("customer.csv", CUSTOMERS + "C2,DE,B,DE\n")

    with pytest.raises(TransientError, match=r"customer\.csv: changed while it was read"):
        drops.land(progress=append)
    assert below(drops.landing) == []


def test_a_file_that_no_select_asks_for_is_said_and_not_read(drops: Drops) -> None:
    drops.write("invoces.csv", b"\xff\xfe")
    drops.land()
    assert "erp: not read, as no SELECT asks for it: invoces" in drops.said


def test_a_select_may_join_rename_and_compute(drops: Drops) -> None:
    drops.write("Customer List.csv", "no;label\nC1;Muster GmbH\n")
    drops.select("customer", """-- Customers: of a list.
        with customers as (select * from "Customer List")
        select customers.no as customer_id, 'DE' as legal_entity_id, label as name,
            'DE' as country, 1 / 4 as share
        from customers
        inner join invoice on invoice.customer_id = customers.no;
    """)
    assert table(drops.land(), "customer") == [ROW | {"share": "0.25"}]


WRONG_SELECTS = [
    # text                                              | error | says             | because
    ("selec 1", SettingsError, "customer.sql", "not SQL"),
    ("select nonsense from customer", DataError, "nonsense", "a column that is not there"),
    ("select *, cast(name as integer) as n from customer", DataError, "customer.csv",
     "values that do not fit"),
    ("select * from read_csv('/etc/passwd')", DataError, "customer.sql",
     "only what was dropped is read"),
]


@pytest.mark.parametrize("text, error, says, because", WRONG_SELECTS,
                         ids=[row[3] for row in WRONG_SELECTS])
def test_a_select_that_fails_is_named_without_the_values(
    drops: Drops, text: str, error: type[Exception], says: str, because: str
) -> None:
    drops.select("customer", text)
    with pytest.raises(error) as refused:
        drops.land()
    assert says in str(refused.value)
    assert "customer.sql" in str(refused.value)
    assert "Muster" not in str(refused.value)
    assert below(drops.landing) == []


def test_a_select_for_a_table_unknown_to_the_contract_is_refused(drops: Drops) -> None:
    drops.select("payment", "select 1")
    with pytest.raises(SettingsError, match=r"payment\.sql: payment is no table of"):
        drops.land()


def test_a_column_s_name_is_never_run_as_sql(drops: Drops) -> None:
    name = "x\"\" from customer) to 'y'; --"
    drops.write("customer.csv", f'customer_id,legal_entity_id,name,country,"{name}"\n'
                                "C1,DE,Muster GmbH,DE,1\n")
    (row,) = table(drops.land(), "customer")
    assert row == ROW | {name.replace('""', '"'): "1"}


def test_rows_are_numbered_as_they_stand_in_the_file(drops: Drops) -> None:
    lines = [f"I{n},DE,C1,{n},invoice,2026-01-01,2026-01-01,EUR,1.00" for n in range(1, 200_001)]
    drops.write("invoice.csv", "\n".join([INVOICES.split("\n")[0], *lines]))
    landed = table(drops.land(), "invoice")
    assert len(landed) == 200_000
    assert all(row["invoice_id"] == f"I{row['source_row']}" for row in landed)
