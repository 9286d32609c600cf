"""Every defect of docs/bad_input.md, in one drop: each is treated as the page says, and alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from company import ENTITY, REQUIRED, Company, read
from receivables import night
from receivables.contract import INCLUDE, tables
from receivables.errors import DataError
from receivables.lake import Lake, Night
from receivables.publish.report import PublishReport

PAGE = INCLUDE.parent / "docs" / "bad_input.md"
NORMALISED, QUARANTINED, WARNED, REFUSED = (
    "normalised", "quarantined", "accepted with a warning", "refused",
)

# A row that is good, of defect {n}: its customer, invoice and receipt are its own.
GOOD: dict[str, dict[str, str]] = {
    "customer": {"customer_id": "C{n}"},
    "contact": {"customer_id": "C{n}", "contact_id": "P{n}"},
    "invoice": {
        "customer_id": "C{n}", "invoice_id": "I{n}", "invoice_number": "No-{n}",
        "gross_amount": "100.00", "due_date": "2026-03-01",
    },
    "instalment": {"invoice_id": "I{n}", "due_date": "2026-03-01", "amount": "100.00"},
    "receipt": {
        "customer_id": "C{n}", "receipt_id": "R{n}", "amount": "10.00",
        "receipt_date": "2026-03-02",
    },
    "allocation": {
        "allocation_id": "A{n}", "invoice_id": "I{n}", "source_id": "R{n}", "amount": "10.00",
        "allocation_date": "2026-03-02",
    },
    "dispute": {"dispute_id": "D{n}", "invoice_id": "I{n}", "opened_on": "2026-03-01"},
    "promise": {
        "promise_id": "PR{n}", "customer_id": "C{n}", "amount": "10.00",
        "promised_on": "2026-03-01", "due_on": "2026-03-02",
    },
    "agreement": {
        "agreement_id": "AG{n}", "customer_id": "C{n}", "agreed_on": "2026-03-01",
        "invoice_ids": "I{n}",
    },
    "agreement_instalment": {
        "agreement_id": "AG{n}", "instalment_no": "1", "due_date": "2026-04-01", "amount": "50.00",
    },
    "hold": {
        "hold_id": "H{n}", "customer_id": "C{n}", "held_from": "2026-03-01",
        "held_until": "2026-03-02",
    },
}

Rows = list[tuple[str, dict[str, str]]]
MEGABYTES = "x" * 10_000_000
MOJIBAKE = "Müller".encode().decode("cp1252")


def one(table: str, **wrong: str) -> Rows:
    """One row, good but for what is wrong."""
    return [(table, wrong)]


# defect, as the page calls it | rows (table, what is wrong in a good row)
DEFECTS: list[tuple[str, Rows]] = [
    ("amount NaN", one("invoice", gross_amount="NaN")),
    ("amount Infinity", one("receipt", amount="Infinity")),
    ("amount 1_000", one("invoice", gross_amount="1_000")),
    ("amount in full-width digits", one("receipt", amount="１２３.４５")),
    ("amount with a decimal comma", one("invoice", gross_amount="1000,50")),
    ("amount with thousands separators", one("invoice", gross_amount="1,000.50")),
    ("amount with thousands separators of another country",
     one("receipt", amount="1.000,50")),
    ("amount that is a formula", one("invoice", gross_amount="=1+1")),
    ("negative amount of an invoice", one("invoice", gross_amount="-5.00")),
    ("negative amount of a receipt", one("receipt", amount="-5.00")),
    ("amount of zero", [
        ("invoice", {"gross_amount": "0.00"}), ("instalment", {"amount": "0.00"}),
        ("invoice", {"invoice_id": "OWED{n}"}),
    ]),
    ("receipt of zero", one("receipt", amount="0.00")),
    ("amount finer than the currency", one("invoice", gross_amount="100.50", currency="JPY")),
    ("amount with zeros behind the cents", one("invoice", gross_amount="100.0000000")),
    ("unknown currency", one("invoice", currency="XYZ")),
    ("date in another format", one("invoice", issue_date="01/02/2026")),
    ("date without leading zeros", one("receipt", receipt_date="2026-3-1")),
    ("30 February", one("invoice", issue_date="2026-02-30")),
    ("year 0026", one("invoice", issue_date="0026-01-01")),
    ("year 9999", one("receipt", receipt_date="9999-12-31")),
    ("receipt dated ahead of the night",
     [("receipt", {"receipt_date": "2026-06-30"}), ("allocation", {})]),
    ("receipt dated more than a year ahead", one("receipt", receipt_date="2027-06-30")),
    ("hold until the year 9999", one("hold", held_until="9999-12-31")),
    ("due date of the year 9999", one("invoice", due_date="9999-12-31")),
    ("due long before issue", one("invoice", due_date="2016-03-01")),
    ("due before issue", one("invoice", due_date="2025-12-24")),
    ("equal copies under one key", one("invoice") * 2),
    ("different rows under one key", [("receipt", {}), ("receipt", {"amount": "11.00"})]),
    ("key that is blank", one("invoice", invoice_id=" \u00a0 ")),
    ("key with blanks around it", one("customer", customer_id=" C{n}\u00a0")),
    ("customer keys that differ by case",
     [("customer", {}), ("customer", {"customer_id": "c{n}"})]),
    ("invoice keys that differ by case",
     [("invoice", {}), ("invoice", {"invoice_id": "i{n}"})]),
    ("required value that is missing", one("receipt", customer_id="")),
    ("control character in a key", one("invoice", invoice_id="I{n}\x07")),
    ("NUL in a text", one("invoice", description="a\x00b")),
    ("line break in a name", one("customer", name="Buyer\r\nBcc: eve@evil.example")),
    ("line break in a postal address",
     one("contact", postal_address="Hauptstr. 1\r\n10115 Berlin")),
    ("control character in a postal address", one("contact", postal_address="a\x1b[31m")),
    ("HTML in a name", one("customer", name="<script>alert(1)</script>")),
    ("template syntax in a name", one("customer", name="{{ 7 * 7 }}")),
    ("spreadsheet formula in a name", one("customer", name='=HYPERLINK("//evil.example")')),
    ("path as a name", one("customer", name="../../etc/passwd")),
    ("path as an invoice key", one("invoice", invoice_id="../../I{n}")),
    ("right-to-left mark in a name", one("customer", name="Buyer \u202egpj.exe")),
    ("mojibake in a name", one("customer", name=MOJIBAKE)),
    ("text of 10 MB", one("customer", name=MEGABYTES)),
    ("homoglyph in an e-mail domain", one("contact", email="pay@p\u0430ypal.example")),
    ("homoglyph in an e-mail domain, in Punycode", one("contact", email="pay@xn--pypal-4ve.com")),
    ("e-mail domain that IDNA forbids", one("contact", email="pay@a\u2066b.example")),
    ("international e-mail domain", one("contact", email="pay@müller.example")),
    ("two addresses in one field", one("contact", email="a@buyer.example, b@buyer.example")),
    ("line break in an e-mail address", one("contact", email="a@buyer.example\r\nBcc: b@c.example")),
    ("unknown document type", one("invoice", document_type="bill")),
    ("unknown instrument", one("invoice", instrument_type="barter")),
    ("invoice of an unknown customer", one("invoice", customer_id="NOBODY")),
    ("allocation for an unknown invoice",
     [("allocation", {"invoice_id": "NOT-THERE"}), ("receipt", {})]),
    ("allocation from an unknown receipt", one("allocation", source_id="NOT-THERE")),
    ("allocation in another currency without a rate",
     [("allocation", {}), ("receipt", {"currency": "CHF"})]),
    ("receipt before the invoice",
     [("allocation", {"allocation_date": "2025-12-24"}), ("receipt", {})]),
    ("more allocated than the invoice",
     [("allocation", {"amount": "150.00"}), ("receipt", {"amount": "150.00"})]),
    ("more allocated than the receipt", [("allocation", {"amount": "15.00"}), ("receipt", {})]),
    ("credit note larger than the invoice", [
        ("invoice", {}),
        ("invoice", {"invoice_id": "CN{n}", "document_type": "credit_note",
                     "gross_amount": "500.00"}),
        ("allocation", {"source_type": "credit_note", "source_id": "CN{n}", "amount": "100.00"}),
    ]),
    ("customers that are each other's parent", [
        ("customer", {"parent_customer_id": "CC{n}"}),
        ("customer", {"customer_id": "CC{n}", "parent_customer_id": "C{n}"}),
    ]),
    ("customer that is its own parent", one("customer", parent_customer_id="C{n}")),
    ("promise due before it was promised", one("promise", due_on="2026-02-01")),
    ("hold that ends before it starts", one("hold", held_until="2026-02-01")),
    ("dispute larger than its invoice", one("dispute", amount="100.01")),
    ("agreement whose parts do not sum", [
        ("agreement", {"closed_amount": "100.00"}), ("agreement_instalment", {}),
    ]),
    ("instalments that do not sum to the invoice", one("instalment", amount="99.00")),
    ("byte order mark", one("receipt", reference="BOM")),
    ("file in Latin-1", one("hold", reason="Rückfrage")),
    ("file with semicolons", one("dispute", reason="a,b")),
]

# Lines that are no good rows, at the end of a file: defect | table | line
LINES: list[tuple[str, str, bytes]] = [
    ("line in Latin-1 in a UTF-8 file", "customer", "C{n},E1,Müller,DE".encode("latin-1")),
    ("line with another delimiter", "customer", b"C{n};E1;Buyer;DE"),
    ("stray quote", "customer", b'C{n},E1,"Buyer,DE'),
    ("quoted text of 10 MB", "customer", b'C{n},E1,"' + MEGABYTES.encode() + b'",DE'),
]

# What the ledger holds of what was normalised: defect | table | column | value
BECOMES = [
    ("amount with zeros behind the cents", "invoice", "gross_amount::varchar", "100.0000"),
    ("key with blanks around it", "customer", "customer_id", "C{n}"),
    ("line break in a postal address", "contact", "postal_address", "Hauptstr. 1\r\n10115 Berlin"),
    ("byte order mark", "receipt", "receipt_id", "R{n}"),
    ("file in Latin-1", "hold", "reason", "Rückfrage"),
    ("file with semicolons", "dispute", "reason", "a,b"),
]


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _header_only(file: Path) -> None:
    file.write_bytes(file.read_bytes().split(b"\n")[0] + b"\n")


def _colons(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b",", b":"))


def _twice(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"due_date", b"currency", 1))


def _renamed(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"gross_amount", b"gross", 1))


def _utf_16(file: Path) -> None:
    file.write_bytes(file.read_text(encoding="utf-8").encode("utf-16"))


# Files that are wrong as a whole: defect | what becomes of a good invoice.csv
FILES: list[tuple[str, Callable[[Path], None]]] = [
    ("empty file", _empty),
    ("header and no row", _header_only),
    ("wrong delimiter in a whole file", _colons),
    ("name twice in the header", _twice),
    ("required column that is missing", _renamed),
    ("file in UTF-16", _utf_16),
]


def page() -> dict[str, tuple[str, str]]:
    """The treatment and code of each defect, as docs/bad_input.md says."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.*?) \| .+ \|$", PAGE.read_text("utf-8"), re.M)
    return {defect: (treatment, code.replace("`", "")) for defect, treatment, code in rows[1:]}


class BadNight:
    """A night whose ERP has every defect, each about a customer of its own, and a clean neighbour."""

    def __init__(self, home: Path) -> None:
        self.company = Company(home)
        self.rows_of: dict[str, list[tuple[str, int]]] = {}
        self.numbers: dict[str, int] = {}
        self._add_neighbour("FIRST")
        for number, (defect, rows) in enumerate(DEFECTS, start=100):
            self._add(defect, number, rows)
        self._add_neighbour("LAST")
        self.company.write_erp()
        self._damage_files()
        run = self.company.run(release="test")
        [self.first_report] = night.night(run, [ENTITY])
        night.accept(run, ENTITY, because="a catalogue of faults, read row by row")
        self.report = night.publish(run, ENTITY)
        self.night: Night = self.company.official()

    def _add_neighbour(self, name: str) -> None:
        """A clean row in every file, before and after all others."""
        for table, good in GOOD.items():
            if table in ("customer", "contact", "invoice", "receipt", "allocation"):
                self.company.add(table, **{k: v.format(n=name) for k, v in good.items()})

    def _add(self, defect: str, number: int, rows: Rows) -> None:
        self.numbers[defect] = number
        given = {table for table, _ in rows}
        own = ("customer", "contact", "invoice")
        around: Rows = [(table, {}) for table in own if table not in given]
        self.rows_of[defect] = []
        for table, wrong in around + rows:
            values = {**GOOD[table], **wrong}
            self.company.add(table, **{
                column: value.replace("{n}", str(number)) for column, value in values.items()
            })
            self.rows_of[defect].append((table, len(self.company.rows[table])))

    def _damage_files(self) -> None:
        erp = self.company.erp
        receipts, holds, disputes = (erp / f"{name}.csv" for name in ("receipt", "hold", "dispute"))
        receipts.write_bytes(b"\xef\xbb\xbf" + receipts.read_bytes())
        holds.write_bytes(holds.read_bytes().decode("utf-8").encode("latin-1"))
        text = disputes.read_text("utf-8").replace('"a,b"', "\0").replace(",", ";")
        disputes.write_text(text.replace("\0", "a,b"), "utf-8")
        for number, (defect, table, line) in enumerate(LINES, start=900):
            file = erp / f"{table}.csv"
            self.numbers[defect] = number
            self.rows_of[defect] = [(table, file.read_bytes().count(b"\n") + 1)]
            columns = tables()[table].column_names
            padded = line.replace(b"{n}", str(number).encode()) + b"," * (len(columns) - 4)
            with file.open("ab") as end:
                end.write(padded + b"\r\n")

    def observed(self, defect: str) -> tuple[str, str]:
        """What became of a defect's rows: a treatment, and the codes of it."""
        where = self.rows_of[defect]
        is_line = any(defect == name for name, _, _ in LINES)
        quarantined = {
            reason for table, row, reason in read(
                self.night, "quarantine", "source_table, source_row, reason_code"
            ) if (table, row) in where and (reason == "ROW_MALFORMED") is is_line
        }
        number = str(self.numbers[defect])
        warned = {
            reason for key, reason in read(self.night, "validate/warning", "row_key, reason_code")
            if number in key
        }
        codes = ", ".join(sorted(quarantined | warned))
        if quarantined and warned:
            return f"{QUARANTINED} and {WARNED}", codes
        return QUARANTINED if quarantined else WARNED if warned else NORMALISED, codes


@pytest.fixture(scope="module")
def bad_night(tmp_path_factory: pytest.TempPathFactory) -> BadNight:
    return BadNight(tmp_path_factory.mktemp("bad"))


def test_the_page_lists_every_defect_and_no_other() -> None:
    tested = [name for table in (DEFECTS, LINES, FILES) for name, *_ in table]
    assert sorted(page()) == sorted(tested)


@pytest.mark.parametrize("defect", [name for table in (DEFECTS, LINES) for name, *_ in table])
def test_a_defect_is_treated_as_the_page_says(bad_night: BadNight, defect: str) -> None:
    assert bad_night.observed(defect) == page()[defect]


@pytest.mark.parametrize("defect, table, column, value", BECOMES)
def test_what_is_normalised_is_in_the_ledger_as_it_was_meant(
    bad_night: BadNight, defect: str, table: str, column: str, value: str
) -> None:
    assert page()[defect][0] == NORMALISED
    number = str(bad_night.numbers[defect])
    key = tables()[table].key[-1]
    rows = read(bad_night.night, f"ledger/{table}", f"{key}, {column}")
    assert [found for name, found in rows if number in name] == [value.format(n=number)]


def test_everything_normalised_is_looked_at() -> None:
    normalised = {name for name, (treatment, _) in page().items() if treatment == NORMALISED}
    assert normalised == {name for name, *_ in BECOMES}


def test_rows_are_in_the_ledger_or_in_quarantine_and_nothing_else_is_in_quarantine(
    bad_night: BadNight,
) -> None:
    bad = {
        (table, row) for table, row, reason in read(
            bad_night.night, "quarantine", "source_table, source_row, reason_code"
        ) if reason != "ROW_MALFORMED"
    }
    for table, rows in bad_night.company.rows.items():
        kept_out = {row for name, row in bad if name == table}
        assert len(read(bad_night.night, f"ledger/{table}")) == len(rows) - len(kept_out)
    page_says = page()
    for defect, rows in bad_night.rows_of.items():
        if page_says[defect][0] != QUARANTINED:
            assert not bad & set(rows), defect


@pytest.mark.parametrize("neighbour", ["FIRST", "LAST"])
def test_a_clean_neighbour_in_the_same_files_is_owed_and_dunned_to_the_cent(
    bad_night: BadNight, neighbour: str
) -> None:
    columns = "customer_id, open_amount::varchar, outcome, reason_code"
    assert (f"C{neighbour}", "90.0000", "selected", "STEP_DUE") in read(
        bad_night.night, "decision", columns
    )
    assert (f"C{neighbour}", "90.0000") in read(
        bad_night.night, "notice", "customer_id, demanded_amount::varchar"
    )


@pytest.mark.parametrize("defect, items, because", [
    ("amount of zero", [("OWED{n}", "100.0000", "STEP_DUE")],
     "it is no item, and what else is owed is dunned"),
    ("receipt dated ahead of the night", [("I{n}", "100.0000", "STEP_DUE")],
     "until its day it pays nothing, whatever it was set against"),
    ("receipt dated more than a year ahead", [("I{n}", "100.0000", "DATA_QUARANTINED")],
     "nobody knows when it came"),
])
def test_what_is_owed_and_decided_beside_a_defect(
    bad_night: BadNight, defect: str, items: list[tuple[str, str, str]], because: str
) -> None:
    number = str(bad_night.numbers[defect])
    columns = "customer_id, invoice_id, open_amount::varchar, reason_code"
    found = [row[1:] for row in read(bad_night.night, "decision", columns)
             if row[0] == f"C{number}"]
    assert found == [(name.format(n=number), *rest) for name, *rest in items], because


def test_such_a_night_writes_to_nobody_until_a_person_accepts_it(bad_night: BadNight) -> None:
    first = bad_night.first_report
    assert (first.status, first.drafted) == ("flagged", 0)


def test_the_night_is_published(bad_night: BadNight) -> None:
    report: PublishReport = bad_night.report
    assert (report.status, report.refused) == ("published", 0)
    assert report.drafted == report.notices > 2


def test_a_warning_says_how_many_and_which(bad_night: BadNight) -> None:
    checks = read(
        bad_night.night, "validate/check_result", "subject, check_id, outcome, rows_failed, because"
    )
    number = bad_night.numbers["due before issue"]
    [(outcome, failed, because)] = [
        found[2:] for found in checks if found[:2] == ("invoice", "due_before_issue")
    ]
    assert (outcome, failed) == ("warn", 1)
    assert because.endswith(f"The first: I{number}.")


@pytest.mark.parametrize("defect, damage", FILES, ids=[name for name, _ in FILES])
def test_a_file_that_is_wrong_as_a_whole(
    tmp_path: Path, defect: str, damage: Callable[[Path], None]
) -> None:
    company = Company(tmp_path)
    company.customer()
    company.invoice("I1", "100.00", "2026-03-01")
    company.payment("I1", "10.00", "2026-03-02")
    assert set(REQUIRED) <= set(company.rows)
    company.write_erp()
    damage(company.erp / "invoice.csv")
    treatment, code = page()[defect]
    run = company.run()
    if treatment == REFUSED:
        with pytest.raises(DataError, match=r"invoice\.csv"):
            night.extract(run, "erp")
        assert Lake(tmp_path / "home").extracts("erp") == []
        return
    night.extract(run, "erp")
    checks: list[tuple[Any, ...]] = read(
        night.validate(run, ENTITY), "validate/check_result", "subject, outcome, reason_code"
    )
    assert (treatment, ("invoice", "warn", code) in checks) == (WARNED, True)
