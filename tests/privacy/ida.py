"""A company whose contact Ida is a canary: no other text has her words. Its nights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from company import DAY, Company, after
from receivables import night
from receivables.run import Run

WORDS = {
    "name": "Ida Vandersloot", "email": "ida@quetzal.example", "phone": "+49 40 98877",
    "postal_address": "Kanarienweg 7", "old_email": "ida.old@quetzal.example",
}
SALES = {"salesperson_name": "Oxbow Quillfeather", "salesperson_email": "oxbow@seller.example"}
DAYS = [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]


def story(home: Path) -> Company:
    """Ida is written to on the first night, changes her address, and C1 pays before the third: by
    then the ERP has forgotten her. C2 owes all the time, and is somebody else's.
    """
    company = Company(home)
    company.customer("C1", **SALES)
    company.customer("C2", **SALES)
    ida = company.rows["contact"][0]
    ida |= {name: WORDS[name] for name in ("name", "phone", "postal_address")}
    ida |= {"email": WORDS["old_email"], "role": "accounts_payable"}
    company.rows["contact"][1] |= {"name": "Una Other", "phone": "1"}
    company.invoice("I1", "100.00", DAY - timedelta(days=5), "C1")
    company.invoice("I2", "50.00", DAY - timedelta(days=5), "C2")
    for number in range(10, 18):
        company.invoice(f"I{number}", "10.00", "2026-03-10", "C2")
        company.payment(f"I{number}", "10.00", "2026-03-10")
    company.add("contact_event", event_id="E1", customer_id="C1", outcome="note", channel="phone",
                occurred_at="2026-03-20 09:00:00")
    return company


def lead(company: Company, run_night: Callable[[date], object]) -> Company:
    """Run the nights, and hand their letters to the sink."""
    for day in DAYS:
        if day == DAYS[1]:
            company.rows["contact"][0]["email"] = WORDS["email"]
        if day == DAYS[2]:
            company.payment("I1", "100.00", day)
            del company.rows["contact"][0]
        run_night(day)
        run = company.run(day)
        night.dispatch(run.settings, resolve=run.resolve, progress=str,
                       now=partial(after(day).replace, hour=12))
    return company


def run_of(company: Company, day: date) -> Run:
    """A run over a day, after all of the nights."""
    return replace(company.run(day), now=after(DAYS[-1]))
