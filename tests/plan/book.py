"""A book with something of everything, after nights that wrote letters, and policies to change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from company import DAY, Company, after
from receivables.run import Run

RELEASE = "Ann: the first nights, read by hand"
SETTINGS = {
    "entity": {
        "interest_rule": {"rule_id": "nine", "annual_percent": "9", "legal_basis": "contract"}
    }
}


@dataclass(frozen=True, slots=True)
class Book:
    """A company whose newest published night is that of DAY, and its folder of policies."""

    company: Company
    policies: Path

    @property
    def installed(self) -> Path:
        return self.policies / "standard.yaml"

    def run(self, day: date = DAY) -> Run:
        return self.company.run(day, settings=SETTINGS, now=after(DAY + timedelta(days=1)))

    def changed(self, *changes: tuple[str, str], name: str = "standard.yaml") -> Path:
        """The installed policy with some of its text changed, in a file of its own."""
        text = self.installed.read_text(encoding="utf-8")
        later = ("valid_from: 2026-01-15", "valid_from: 2026-04-01")
        for old, new in (*changes, *([later] if changes else [])):
            assert old in text, old
            text = text.replace(old, new)
        file = self.company.home / "candidate" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file


def company_of_all_ages(home: Path) -> Company:
    """Customers at every age of debt, and one for each thing that stops a letter."""
    company = Company(home)
    for days in (-20, -8, -3, 0, 2, 4, 9, 15, 28, 33, 50, 64, 95, 200):
        customer_id = f"AT{days:+04}"
        company.customer(customer_id)
        company.invoice(f"I{days}", "100.00", DAY - timedelta(days=days), customer_id,
                        issue_date="2025-06-01", posting_date="2025-06-01")
    for customer_id in ("DISPUTES", "PROMISES", "IS-HELD", "CREDIT", "PAID-LATE", "OWES-LITTLE"):
        company.customer(customer_id)
        amount = "6.00" if customer_id == "OWES-LITTLE" else "250.00"
        company.invoice(customer_id, amount, DAY - timedelta(days=40), customer_id)
        company.invoice(f"{customer_id}-2", amount, DAY - timedelta(days=70), customer_id)
    company.add("dispute", invoice_id="DISPUTES", opened_on="2026-03-01")
    company.add("promise", customer_id="PROMISES", amount="250", promised_on="2026-03-20",
                due_on=str(DAY - timedelta(days=2)))
    company.add("hold", customer_id="IS-HELD", held_from="2026-03-01", held_until="2026-04-10")
    company.add("receipt", customer_id="CREDIT", amount="300.00", receipt_date="2026-03-10")
    company.payment("PAID-LATE", "250.00", DAY - timedelta(days=20))
    company.add("customer", customer_id="NO-CONTACT")
    company.invoice("NO-CONTACT", "100.00", DAY - timedelta(days=8), "NO-CONTACT")
    return company
