"""CSV files: every line becomes a row or is kept as malformed; none vanishes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from extract_source import INVOICES, Drops, table
from hypothesis import given, settings
from hypothesis import strategies as st
from receivables.extract import delimited
from receivables.extract.delimited import Malformed, inspect, rows

HEADER = "id,name,amount\n"


def read(file: Path, content: str | bytes) -> list[list[str] | Malformed]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(rows(inspect(file)))


MALFORMED = [
    # lines                                    | ids of the rows | lines and errors  | because
    ("1,A,5\n2,B\n3,C,7\n", "13", {3: "2 fields"}, "too few fields"),
    ("1,A,5\n2,B,6,7\n3,C,7\n", "13", {3: "4 fields"}, "too many fields"),
    ('1,"A,5\n2,B,6\n3,C,7\n', "23", {2: "never closed"}, "a stray quote costs its own line only"),
    ('1,"A,5\n2,"B,6\n3,C,7\n', "3", {2: "quotes", 3: "never closed"}, "two stray quotes"),
    ('1,"A" B,5\n2,B,6\n', "2", {2: "quotes"}, "text behind a closing quote"),
    ('1,"A\nB",5\n2,C,6\n', "12", {}, "a quoted value may span lines"),
    ('1,"A\nB"\n2,C,6\n', "2", {2: "2 fields", 3: "1 fields"}, "but must then fit the header"),
    ('1,5" pipe,5\n2,B,6\n', "12", {}, "a quote inside an unquoted value is text"),
    ("1,A,5\n\n\r\n2,B,6", "12", {}, "blank lines are nothing; the last line needs no end"),
    ("1,A,5\n , ,\n", "1 ", {}, "a line of blanks is a row, for validate to refuse"),
    ("", "", {}, "no rows"),
]


@pytest.mark.parametrize("lines, ids, errors, because", MALFORMED, ids=[r[3] for r in MALFORMED])
def test_a_malformed_line_costs_that_line_and_no_other(
    tmp_path: Path, lines: str, ids: str, errors: dict[int, str], because: str
) -> None:
    found = read(tmp_path / "a.csv", HEADER + lines)
    assert "".join(row[0] for row in found if not isinstance(row, Malformed)) == ids
    malformed = [row for row in found if isinstance(row, Malformed)]
    assert [row.line for row in malformed] == list(errors)
    for row in malformed:
        assert errors[row.line] in row.error
        assert row.text == (HEADER + lines).split("\n")[row.line - 1]


def test_a_stray_quote_in_a_long_file_loses_nothing(drops: Drops) -> None:
    lines = [f"I{n},DE,C1,{n},invoice,2026-01-01,2026-01-01,EUR,{n}.50" for n in range(30_000)]
    lines[1_000] = lines[1_000].replace("C1", '"C1')
    drops.write("invoice.csv", "\n".join([INVOICES.split("\n")[0], *lines]))
    extract = drops.land()
    assert [row["invoice_id"] for row in table(extract, "invoice")] == [
        f"I{n}" for n in range(30_000) if n != 1_000
    ]
    (malformed,) = table(extract, "malformed_row")
    assert malformed == {
        "source_row": 1_002, "source_table": "invoice", "source_file": "invoice.csv",
        "raw_text": lines[1_000], "error": "quotes: a quoted value is never closed",
    }


def test_an_unclosed_quote_is_looked_for_no_further_than_a_hundred_lines(tmp_path: Path) -> None:
    text = HEADER + '1,"A' + "\n" * 99 + 'B",5\n' + '2,"A' + "\n" * 100 + 'B",5\n3,C,6\n'
    found = read(tmp_path / "a.csv", text)
    assert [row.line if isinstance(row, Malformed) else row[0] for row in found] == [
        "1", 102, 202, "3"
    ]


values = st.text(alphabet='aé ,";|\t\n\r5-', max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(values, min_size=3, max_size=3), max_size=12), st.integers(1, 4))
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, written: list[list[str]], chunk: int
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["id", "name", "amount"], *written])
    file = tmp_path_factory.mktemp("csv") / "a.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "CHUNK", chunk)
        assert read(file, text.getvalue()) == written


line_of_text = st.text(alphabet='ab ,"\r', max_size=8)


@settings(max_examples=500, deadline=None)
@given(st.lists(line_of_text, max_size=12), st.integers(1, 4))
def test_every_line_is_in_a_row_or_malformed(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], chunk: int
) -> None:
    file = tmp_path_factory.mktemp("csv") / "a.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "CHUNK", chunk)
        found = read(file, "a,b,c\n" + "\n".join(lines))
    lines_of = [
        1 if isinstance(row, Malformed) else 1 + sum(value.count("\n") for value in row)
        for row in found
    ]
    blank = sum(1 for line in lines if not line.strip("\r"))
    assert len(lines) - blank <= sum(lines_of) <= len(lines)
    assert all(len(row) == 3 for row in found if not isinstance(row, Malformed))


DIALECTS = [
    # header and row                            | because
    ("id;name;amount\n1;Müller, A;5,00\n", "semicolons"),
    ("id\tname\tamount\n1\tMüller, A\t5,00\n", "tabs"),
    ("id|name|amount\n1|Müller, A|5,00\n", "bars"),
    ('id,name,amount\n1,"Müller, A","5,00"\n', "commas"),
    ('"id, no";name;amount\n1;Müller, A;5,00\n', "a comma inside a quoted name does not count"),
    ("\ufeffid;name;amount\r\n1;Müller, A;5,00\r\n", "a byte order mark and Windows line ends"),
]


@pytest.mark.parametrize("text, because", DIALECTS, ids=[row[1] for row in DIALECTS])
def test_the_header_tells_the_delimiter(tmp_path: Path, text: str, because: str) -> None:
    file = tmp_path / "a.csv"
    assert read(file, text) == [["1", "Müller, A", "5,00"]]
    assert inspect(file).names[0] in ("id", "id, no")


ENCODINGS = [
    # bytes of two names                       | names read           | because
    ("Müller,Çelik".encode(), ["Müller", "Çelik"], "UTF-8"),
    ("Müller,Çelik €".encode("cp1252"), ["Müller", "Çelik €"], "Windows-1252"),
    ("Müller,Çelik".encode("latin-1"), ["Müller", "Çelik"], "Latin-1"),
]


@pytest.mark.parametrize("content, names, because", ENCODINGS, ids=[row[2] for row in ENCODINGS])
def test_the_encoding_is_utf_8_or_else_windows_1252(
    tmp_path: Path, content: bytes, names: list[str], because: str
) -> None:
    assert read(tmp_path / "a.csv", b"a,b\n" + content + b"\n") == [names]


def test_one_damaged_line_does_not_turn_a_utf_8_file_into_windows_1252(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", b"a,b\n\xc3\xbc,1\n\xc3\xa9,2\n\xfc,3\nx,4\n")
    assert [row for row in found if not isinstance(row, Malformed)] == [
        ["ü", "1"], ["é", "2"], ["x", "4"]
    ]
    (damaged,) = (row for row in found if isinstance(row, Malformed))
    assert (damaged.line, damaged.text) == (4, "\ufffd,3")
    assert "UTF-8" in damaged.error
