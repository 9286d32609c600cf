"""The planted bad rows are there, each with its own defect, and in nobody's sums."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from demo_books import Books
from receivables import demo_erp

DEFECTS = [
    ("customer", "customer_id", "BAD-CUS-1", "country", "Germany", "not a two-letter code"),
    ("contact", "contact_id", "BAD-CON-1", "role", "boss", "not a role"),
    ("contact", "contact_id", "BAD-CON-2", "email", "accounts@example.com, everyone@example.org",
     "two addresses"),
    ("invoice", "invoice_id", "BAD-INV-1", "gross_amount", "1_000.00", "Python reads it as 1000"),
    ("invoice", "invoice_id", "BAD-INV-2", "currency", "EURO", "not a currency"),
    ("invoice", "invoice_id", "BAD-INV-3", "due_date", "2015-10-14", "ten years before issue"),
    ("invoice", "invoice_id", "BAD-INV-4", "issue_date", "2025-02-30", "no such day"),
    ("invoice", "invoice_id", "BAD-INV-5", "customer_id", "C-BR-NOBODY", "no such customer"),
    ("instalment", "invoice_id", "INV00000000", "amount", "-50.00", "negative"),
    ("receipt", "receipt_id", "BAD-RCP-1", "amount", "１２３.４５", "digits of another script"),
    ("allocation", "allocation_id", "BAD-ALC-1", "invoice_id", "INV-NOT-THERE", "no such invoice"),
]


@pytest.mark.parametrize("table, key, value, column, wrong, because", DEFECTS)
def test_a_defect_is_planted_once(
    books: Books, table: str, key: str, value: str, column: str, wrong: str, because: str
) -> None:
    assert [row[column] for row in books.bad[table] if row[key] == value] == [wrong], because
    assert wrong not in {row[column] for row in books.good[table]}, because


def test_one_key_stands_on_two_rows_with_different_amounts(books: Books) -> None:
    twice = [row for row in books.bad["invoice"] if row["invoice_id"] == "BAD-INV-6"]
    assert len({row["gross_amount"] for row in twice}) == len(twice) == 2


def test_nothing_else_is_planted_and_planted_rows_stand_last(books: Books) -> None:
    assert sum(map(len, books.bad.values())) == len(DEFECTS) + 2
    for table, rows in books.bad.items():
        lines = (books.folder / f"{table}.csv").read_text(encoding="utf-8").splitlines()
        for row, line in zip(rows, lines[len(lines) - len(rows):], strict=True):
            assert next(iter(row.values())) in line


def test_no_good_row_refers_to_a_planted_one(books: Books) -> None:
    keys = {row[key] for table, key, *_ in DEFECTS for row in books.bad[table]} - {"INV00000000"}
    for rows in books.good.values():
        assert not any(keys & set(row.values()) for row in rows)


def test_the_readme_and_the_docstring_list_every_defect(books: Books) -> None:
    readme = (books.folder / "README.md").read_text(encoding="utf-8")
    for _, _, value, *_ in DEFECTS:
        assert f"| {value}" in readme
        assert value in (demo_erp.__doc__ or "")


def test_a_typed_parquet_drop_has_the_same_good_rows_and_the_defects_that_types_allow(
    books: Books, until: date, tmp_path: Path
) -> None:
    demo_erp.write(tmp_path / "erp", until=until, file_format="parquet")
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    planted_rows = 0
    for table, good in books.good.items():
        file = str(tmp_path / "erp" / f"{table}.parquet")
        rows = connection.execute(
            "select cast(columns(*) as varchar) from read_parquet($file)", {"file": file}
        ).fetchall()
        expected = [tuple(map(_as_duckdb_says, row.values())) for row in good]
        assert rows[:len(good)] == expected
        planted_rows += len(rows) - len(good)
    assert planted_rows == len(DEFECTS) + 2 - 3


def _as_duckdb_says(value: str) -> str | None:
    is_instant = value.endswith("Z") and value[10:11] == "T"
    return (value.replace("T", " ").replace("Z", "+00") if is_instant else value) or None
