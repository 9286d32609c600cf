"""What may pass the border: a bad row is kept out, named and explained; every other row goes on."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
from border import DEFECTS, HELD, BorderNight
from company import read
from receivables.contract import tables


def _found(border_night: BorderNight) -> dict[tuple[str, int], set[str]]:
    found = defaultdict(set)
    for table, row, reason in border_night.rows(
        "select source_table, source_row, reason_code from rows", "quarantine"
    ):
        found[table, row].add(reason)
    return dict(found)


@pytest.mark.parametrize(
    "number, table, wrong, reason_code, because",
    [(number, *defect) for number, defect in enumerate(DEFECTS)],
)
def test_a_defect_is_kept_out_with_its_reason(
    border_night: BorderNight,
    number: int,
    table: str,
    wrong: dict[str, str],
    reason_code: str,
    because: str,
) -> None:
    row = list(border_night.border.expected)[number]
    assert row[0] == table
    assert reason_code in _found(border_night).get(row, set()), because


def test_every_expected_row_is_kept_out_and_no_other(border_night: BorderNight) -> None:
    found = _found(border_night)
    malformed = {row for row, reasons in found.items() if reasons == {"ROW_MALFORMED"}}
    assert set(found) - malformed == set(border_night.border.expected)
    for row, reason in border_night.border.expected.items():
        assert not reason or reason in found[row], row


@pytest.mark.parametrize("table", list(tables()))
def test_every_other_row_went_on(border_night: BorderNight, table: str) -> None:
    rows = border_night.border.company.rows[table]
    kept_out = {row for name, row in border_night.border.expected if name == table}
    others = sum(row.get("legal_entity_id") == "E2" for row in rows)
    ledger = read(border_night.night, f"ledger/{table}")
    assert len(ledger) == len(rows) - others - len(kept_out)
    assert len(ledger) > 0


@pytest.mark.parametrize("table", list(tables()))
def test_rows_in_are_rows_in_the_ledger_and_rows_in_quarantine(
    border_night: BorderNight, table: str
) -> None:
    [(checked, sentence)] = border_night.rows(
        "select rows_checked, because from rows where check_id = 'rows_in_equal_rows_out' "
        f"and subject = '{table}'",
        "validate/check_result",
    )
    [(quarantined,)] = border_night.rows(
        "select count(distinct source_row) from rows "
        f"where source_table = '{table}' and reason_code <> 'ROW_MALFORMED'",
        "quarantine",
    )
    kept = len(read(border_night.night, f"ledger/{table}"))
    assert checked == kept + quarantined
    assert f"{checked} rows in = {kept} in the ledger + {quarantined} quarantined" in sentence


def test_of_equal_copies_one_goes_on_of_conflicting_rows_none(border_night: BorderNight) -> None:
    invoices = read(border_night.night, "ledger/invoice", "invoice_id")
    assert invoices.count(("I9999",)) == 1
    assert ("I-TWICE",) not in invoices
    instalments = read(border_night.night, "ledger/instalment", "instalment_no")
    assert (7000,) not in instalments, "7000 and 07000 are one number"


@pytest.mark.parametrize("table", list(HELD))
def test_a_quarantined_row_that_could_lower_a_debt_holds_its_customer(
    border_night: BorderNight, table: str
) -> None:
    reasons = border_night.rows(
        f"select reason_code from rows where customer_id = 'C-{table.upper()}'", "decision"
    )
    assert reasons == [("DATA_QUARANTINED",)]


def test_a_line_that_is_no_row_holds_the_customer_that_it_names(
    border_night: BorderNight,
) -> None:
    assert border_night.rows(
        "select reason_code from rows where customer_id = 'C-MALFORMED'", "decision"
    ) == [("DATA_QUARANTINED",)]
    assert border_night.rows(
        "select source_table, customer_id, holds_dunning from rows "
        "where reason_code = 'ROW_MALFORMED' order by all", "quarantine"
    ) == [("customer", None, False), ("receipt", "C-MALFORMED", True)]


def test_nobody_else_is_held(border_night: BorderNight) -> None:
    assert border_night.rows(
        "select reason_code, outcome from rows where customer_id = 'C-CONTROL'", "decision"
    ) == [("STEP_DUE", "selected")]


def test_a_second_copy_of_a_row_that_went_on_holds_nobody(border_night: BorderNight) -> None:
    assert border_night.rows(
        "select distinct holds_dunning from rows "
        "where column_name = 'duplicate' and offending_value = 'repeated'", "quarantine"
    ) == [(False,)]


def test_rows_of_no_legal_entity_are_looked_after_by_the_first_of_the_source(
    border_night: BorderNight,
) -> None:
    strays = "select count(*) from rows where reason_code = 'ENTITY_UNKNOWN'"
    assert border_night.rows(strays, "quarantine") > [(0,)]
    with duckdb.connect() as connection:
        quarantine = connection.read_parquet(str(border_night.other.file("quarantine")))
        tables_of_others = set(quarantine.select("source_table").fetchall())
    assert tables_of_others <= {("exchange_rate",)}, "rates belong to every legal entity"
    assert read(border_night.other, "ledger/invoice", "customer_id") == [("C-OTHER",)]


@pytest.mark.parametrize("table, columns, order, expected, because", [
    ("exchange_rate", "distinct typeof(rate)", "all", [("DECIMAL(18,10)",)], "never a float"),
    ("invoice", "distinct typeof(gross_amount)", "all", [("DECIMAL(18,4)",)], "never a float"),
    ("instalment", "amount::varchar", "instalment_no limit 1", [("0.5000",)],
     "zeros behind the fourth place are no fifth place"),
    ("contact_event", "max(occurred_at)::varchar, min(occurred_at)::varchar", "all",
     [("2026-03-01 10:00:00", "2026-03-01 08:00:00")], "an offset is an offset from UTC"),
])
def test_values_in_the_ledger_are_exact(
    border_night: BorderNight, table: str, columns: str, order: str, expected: list, because: str
) -> None:
    assert read(border_night.night, f"ledger/{table}", columns, order) == expected, because


@pytest.mark.parametrize("file", ["quarantine.parquet", "validate/report.html"])
def test_what_contacts_hold_appears_in_no_finding(border_night: BorderNight, file: str) -> None:
    path = Path(border_night.night.folder) / file
    text = path.read_bytes()
    if file.endswith(".parquet"):
        text = repr(border_night.rows("select * from rows", "quarantine")).encode()
    assert b"secret.example" not in text
    assert b"AMOUNT_MALFORMED" in text


def test_findings_hold_no_control_characters(border_night: BorderNight) -> None:
    assert border_night.rows(
        r"select row_key, offending_value from rows "
        r"where regexp_matches(concat_ws(' ', row_key, offending_value, customer_id), "
        r"'[\x00-\x1f\x7f]')", "quarantine"
    ) == []
