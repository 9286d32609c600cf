"""However absurd the amounts of one customer: the night ends, and everybody else gets theirs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from company import DAY, ENTITY, Company
from receivables import night
from seller import RELEASE, asking

MOST = Decimal("999999999999.99")  # the largest amount that the border lets in
MANY = 150
SETTINGS = {
    "entity": {
        "interest_rule": {"rule_id": "much", "annual_percent": "999", "legal_basis": "contract"}
    }
}


def absurd(home: Path) -> Company:
    """Five customers: owing, paid in one sum, in credit, and since ever; and one like any other."""
    company = Company(home)
    for customer_id in ("OWES", "PAID", "CREDIT", "EVER", "NORMAL"):
        company.customer(customer_id)
    company.add("receipt", receipt_id="R", customer_id="PAID", amount=MOST,
                receipt_date="2026-03-01")
    for number in range(MANY):
        company.invoice(f"O{number}", str(MOST), "2026-03-01", "OWES")
        company.invoice(f"P{number}", str(MOST), "2026-03-01", "PAID")
        company.add("allocation", invoice_id=f"P{number}", source_id="R", amount=MOST,
                    allocation_date="2026-03-01")
        company.invoice(f"N{number}", str(MOST), "2026-03-01", "CREDIT",
                        document_type="credit_note")
        company.add("receipt", customer_id="CREDIT", amount=MOST, receipt_date="2026-03-01")
        company.add("promise", customer_id="CREDIT", amount=MOST, promised_on="2026-03-01",
                    due_on="2026-04-30")
        company.add("dispute", invoice_id="EVER", amount=MOST, opened_on="2026-03-01")
    company.invoice("CREDITED", str(MOST), "2026-03-01", "CREDIT")
    company.invoice("EVER", str(MOST), "1900-01-31", "EVER", issue_date="1900-01-01")
    company.invoice("NORMAL", "100.00", "2026-03-01", "NORMAL")
    return company


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_absurd_sums_stop_nobodys_night(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    company = absurd(tmp_path)
    settings = {**SETTINGS, "warehouse_url": f"duckdb:///{tmp_path / 'home' / 'warehouse.duckdb'}"}
    report = company.night(release=RELEASE, settings=settings)
    if engine == "postgresql":
        settings["warehouse_url"] = request.getfixturevalue("postgres_database")
        night.publish(company.run(settings=settings), ENTITY)
    assert (report.status, report.drafted, report.refused) == ("published", 2, 0)
    with asking(settings["warehouse_url"]) as ask:
        totals = ask("select customer_id, open_amount, credit_amount, net_amount "
                     "from receivables.aging_by_customer order by 1")
        demanded = ask("select customer_id, demanded_amount from receivables.notice order by 1")
        [(interest,)] = ask("select interest_amount from receivables.aging_snapshot "
                            "where customer_id = 'EVER'")
    assert totals == [
        ("CREDIT", MOST, -2 * MANY * MOST, MOST - 2 * MANY * MOST),
        ("EVER", MOST, 0, MOST),
        ("NORMAL", 100, 0, 100),
        ("OWES", MANY * MOST, 0, MANY * MOST),
        ("PAID", 0, (MANY - 1) * MOST, (MANY - 1) * MOST),
    ]
    assert demanded == [("NORMAL", 100), ("OWES", MANY * MOST)]
    days = (DAY - type(DAY)(1900, 1, 31)).days
    assert interest == round(MOST * Decimal("9.99") * days / 365, 2)
