"""A company whose debtor has had every letter, and the nights that wrote them."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path

from company import DAY, Company, after
from receivables import night
from receivables.hand_over.case import official_nights
from receivables.hand_over.dossier import build_dossier

# Nights before business days, on which the policy takes a step with an invoice due on 31 December
# 2025, and the last.
NIGHTS = (
    date(2026, 1, 5), date(2026, 1, 12), date(2026, 2, 1), date(2026, 3, 1), DAY,
)
RELEASE = "Ann: the first nights, read by hand"
SETTINGS = {
    "entity": {
        "interest_rule": {"rule_id": "nine", "annual_percent": "9", "legal_basis": "contract"},
        "letterhead": ["Seller GmbH", "Musterstraße 1, 10115 Berlin"],
    }
}


def debtor(home: Path) -> Company:
    """A debtor with deliveries, a part payment, a broken promise and a hostile name; and others."""
    company = Company(home)
    company.customer("C1", name="=cmd|' /C calc'!A0 Грузоперевозки Żółć <b>", tax_id="DE 811 907 980",
                     country="DE")
    company.rows["contact"][0] |= {"postal_address": "Hauptstraße 2\n20095 Hamburg",
                                   "phone": "+49 40 000", "name": "Ann Müller"}
    company.invoice("I1", "1000.00", "2025-12-31", "C1", description="Freight <script>",
                    delivery_refs="LS-1; LS-2", issue_date="2025-12-01", posting_date="2025-12-01")
    company.payment("I1", "600.00", "2026-03-20")
    company.invoice("I2", "250.00", "2025-12-31", "C1", issue_date="2025-12-01",
                    posting_date="2025-12-01")
    company.add("promise", promise_id="PROMISE-1", customer_id="C1", amount="400.00", promised_on="2026-01-20",
                due_on="2026-01-25")
    company.invoice("I3", "80.00", "2026-03-29", "C1")
    company.customer("C2")
    company.invoice("I4", "70.00", "2026-02-01", "C2")
    company.customer("../../C3")
    company.invoice("I5", "90.00", "2025-12-31", "../../C3", issue_date="2025-12-01",
                    posting_date="2025-12-01")
    company.add("dispute", invoice_id="I5", opened_on="2026-03-10")
    company.customer("C4")
    company.invoice("I6", "1.00", "2026-12-31", "C4")
    return company


def noon_after(day: date) -> datetime:
    """Noon of the morning after a day: when its letters leave."""
    return after(day).replace(hour=12)


def lead(company: Company) -> None:
    """Run the nights, and hand their letters to the sink."""
    for day in NIGHTS:
        company.ledger(day)
        company.quick_night(day, release=RELEASE, settings=SETTINGS)
        run = company.run(day, settings=SETTINGS)
        night.dispatch(
            run.settings, resolve=run.resolve, now=partial(noon_after, day), progress=str,
        )


def build(company: Company, customer_id: str, out: Path, *, day: date = DAY) -> str:
    """Build a dossier; the head of its chain."""
    run = company.run(day, settings=SETTINGS)
    nights = official_nights(run.settings, as_of_date=day, entities=None)
    return build_dossier(run.settings, nights, customer_id, language="en", resolve=run.resolve, out=out)
