"""Cents in are cents out, whatever was billed, paid, credited, reversed or cancelled."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from company import DAY, Company, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_balance import balanced

CENT = Decimal("0.01")


def draw_day(data: st.DataObject, *, before: int = 300, after: int = 20) -> str:
    return str(DAY + timedelta(days=data.draw(st.integers(-before, after))))


def draw_company(data: st.DataObject, home: Path) -> Company:
    company = Company(home)
    company.customer()
    for number in range(data.draw(st.integers(1, 8))):
        parts = data.draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=3))
        kind = data.draw(st.sampled_from(["invoice", "invoice", "debit_note", "credit_note"]))
        cancelled_on = draw_day(data) if data.draw(st.integers(0, 9)) == 0 else None
        company.invoice(
            f"I{number}", str(sum(parts) * CENT), draw_day(data), document_type=kind,
            posting_date=draw_day(data), status="cancelled" if cancelled_on else "posted",
            cancelled_on=cancelled_on,
        )
        for instalment, part in enumerate(parts, start=1):
            company.add(
                "instalment", invoice_id=f"I{number}", instalment_no=instalment,
                due_date=draw_day(data), amount=str(part * CENT),
            )
    billed = [r["invoice_id"] for r in company.rows["invoice"] if r["document_type"] != "credit_note"]
    notes = [r["invoice_id"] for r in company.rows["invoice"] if r["document_type"] == "credit_note"]
    for number in range(data.draw(st.integers(0, 8))):
        company.add(
            "receipt", receipt_id=f"R{number}", receipt_date=draw_day(data),
            amount=str(data.draw(st.integers(1, 10**6)) * CENT),
        )
    sources = [("receipt", r["receipt_id"]) for r in company.rows.get("receipt", [])]
    sources += [("credit_note", note) for note in notes] + [("write_off", "W1")]
    for _ in range(data.draw(st.integers(0, 12)) if billed else 0):
        source_type, source_id = data.draw(st.sampled_from(sources))
        company.add(
            "allocation", invoice_id=data.draw(st.sampled_from(billed)), source_type=source_type,
            source_id=source_id, allocation_date=draw_day(data),
            instalment_no=data.draw(st.sampled_from([None, None, 1, 2, 7])),
            amount=str(data.draw(st.integers(1, 10**6)) * CENT),
            reversed_on=draw_day(data) if data.draw(st.integers(0, 9)) == 0 else None,
        )
    return company


def net_by_hand(company: Company) -> Decimal:
    """Billed less received less credited less written off, as of the day, document by document."""
    day = str(DAY)
    signs = {"invoice": 1, "debit_note": 1, "credit_note": -1}
    documents = sum(
        (
            signs[row["document_type"]] * Decimal(row["gross_amount"])
            for row in company.rows["invoice"]
            if row["posting_date"] <= day
            and not (row["cancelled_on"] is not None and row["cancelled_on"] <= day)
        ),
        Decimal(0),
    )
    received = sum(
        (Decimal(r["amount"]) for r in company.rows.get("receipt", []) if r["receipt_date"] <= day),
        Decimal(0),
    )
    # What a receipt or credit note pays moves nothing between them; one of a day to come pays nothing.
    written_off = sum(
        (
            Decimal(row["amount"])
            for row in company.rows.get("allocation", [])
            if row["source_type"] == "write_off" and row["allocation_date"] <= day
            and (row["reversed_on"] is None or row["reversed_on"] > day)
        ),
        Decimal(0),
    )
    return documents - received - written_off


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_open_items_and_credits_sum_to_billed_less_received(tmp_path: Path, data):
    company = draw_company(data, tmp_path / str(data.draw(st.uuids())))
    night = balanced(company)
    is_open = sum((row[0] for row in read(night, "open_item", "open_amount")), Decimal(0))
    credits = sum((row[0] for row in read(night, "credit_item", "amount")), Decimal(0))
    assert is_open + credits == net_by_hand(company)
    for open_amount, original in read(night, "open_item", "open_amount, original_amount"):
        assert 0 < open_amount <= original


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_order_of_rows_does_not_matter(tmp_path: Path, data):
    home = tmp_path / str(data.draw(st.uuids()))
    company = draw_company(data, home / "a")
    shuffled = Company(home / "b", rows={
        table: data.draw(st.permutations(rows)) for table, rows in company.rows.items()
    })
    tables = [balanced(c).manifest()["tables"] for c in (company, shuffled)]
    assert tables[0] == tables[1]
