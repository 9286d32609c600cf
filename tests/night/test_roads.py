"""The roads that a debt takes: dated nights, what they decide, and the letters that leave.

All customers live through the same nights, and the five nights from 22 to 26 April are missed. The
letters are in tests/night/roads; after a change that is meant, `python tests/night/test_roads.py`
writes them anew.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from company import Company, read
from receivables import night
from receivables.dispatch.message import AS_OF_HEADER
from seller import RELEASE

GOLDEN = Path(__file__).parent / "roads"
DUE = date(2026, 4, 13)
NIGHTS = tuple(date(2026, month, day) for month, day in (
    (4, 16), (4, 20), (4, 21), (4, 27), (4, 28), (5, 11), (5, 14), (6, 14),
))
SETTINGS = {"entity": {"policy_exceptions": [
    {"abc_class": "A", "policy": "gentle", "because": "late for the first time"}]}}


def owes(company: Company, customer_id: str, amount: str = "100.00", due: date = DUE) -> None:
    company.invoice(f"{customer_id}-{due:%m%d}", amount, due, customer_id)


def paid(customer_id: str, amount: str, day: int, month: int = 4) -> Callable[[Company], None]:
    return lambda company: company.payment(
        f"{customer_id}-0413", amount, date(2026, month, day))


def happens(table: str, **values: Any) -> Callable[[Company], None]:
    return lambda company: company.add(table, **values) and None


def leaves(company: Company) -> None:
    """The customer's only contact leaves: its letters come back."""
    next(row for row in company.rows["contact"] if row["customer_id"] == "BOUNCED")[
        "is_active"] = "false"


def credited(company: Company) -> None:
    """The dispute ends with a credit note for half."""
    [dispute] = [row for row in company.rows["dispute"] if row["invoice_id"] == "HALF-0413"]
    dispute |= {"resolved_on": "2026-05-08", "outcome": "credited"}
    company.invoice("HALF-CREDIT", "50.00", "2026-05-08", "HALF", document_type="credit_note",
                    issue_date="2026-05-08", posting_date="2026-05-08")
    company.add("allocation", invoice_id="HALF-0413", source_type="credit_note",
                source_id="HALF-CREDIT", allocation_date="2026-05-08", amount="50.00")


# What the ERP learns before the night of a day.
EVENTS: dict[date, list[Callable[[Company], None]]] = {
    date(2026, 4, 20): [
        happens("dispute", invoice_id="HALF-0413", opened_on="2026-04-18", amount="50"),
        happens("promise", customer_id="KEEPS", invoice_id="KEEPS-0413", amount="100",
                promised_on="2026-04-18", due_on="2026-04-24"),
        happens("agreement", customer_id="AGREES", agreement_id="AG1", agreed_on="2026-04-18",
                closed_amount="1000", currency="EUR", invoice_ids="AGREES-0413",
                default_clause_days="5"),
        happens("agreement_instalment", agreement_id="AG1", instalment_no=1, amount="400",
                due_date="2026-04-25", paid_on="2026-04-24"),
        happens("agreement_instalment", agreement_id="AG1", instalment_no=2, amount="600",
                due_date="2026-05-08"),
        leaves,
    ],
    date(2026, 4, 21): [
        happens("contact_event", event_id="E1", customer_id="GOOD", channel="phone",
                direction="outbound", outcome="promised", occurred_at="2026-04-21T10:00:00"),
    ],
    date(2026, 4, 27): [paid("KEEPS", "100.00", 24), paid("AGREES", "400.00", 24),
                        paid("GOOD", "9000.00", 24)],
    date(2026, 4, 28): [happens("contact", customer_id="BOUNCED", contact_id="NEW")],
    date(2026, 5, 11): [
        paid("PAYS", "100.00", 4, 5),
        happens("promise", customer_id="BREAKS", invoice_id="BREAKS-0413", amount="100",
                promised_on="2026-04-29", due_on="2026-05-06"),
        credited,
    ],
}

# customer | its open items, by night: reasons in the order of invoice_id | because
ROADS: list[tuple[str, dict[str, str], str]] = [
    ("PAYS", {"04-16": "STEP_DUE", "04-20": "STEP_NOT_REACHED", "04-27": "STEP_DUE", "05-11": ""},
     "paid after the second letter: nothing more"),
    ("HALF", {"04-16": "STEP_DUE", "04-20": "DISPUTED", "04-27": "DISPUTED", "05-11": "STEP_DUE"},
     "a dispute for half stops all; once half is credited, the other half is asked for"),
    ("KEEPS", {"04-16": "STEP_DUE", "04-20": "PROMISED", "04-27": ""}, "the promise was kept"),
    ("BREAKS", {"04-27": "STEP_DUE", "05-11": "PROMISE_BROKEN", "05-14": "STEP_NOT_REACHED",
                "06-14": "STEP_DUE"},
     "the demand follows the broken promise at once, two days before its day"),
    ("AGREES", {"04-20": "ON_PLAN", "04-27": "ON_PLAN", "05-11": "ON_PLAN", "05-14": "STEP_DUE"},
     "the agreement is broken: the debt revives, less what was paid"),
    ("SAO-PAULO", {"04-20": "NO_BUSINESS_DAY", "04-21": "STEP_DUE"},
     "21 April is Tiradentes: the letter leaves on the day after"),
    ("BERLIN", {"04-20": "STEP_DUE", "04-21": "STEP_NOT_REACHED"}, "21 April is a Tuesday"),
    ("OUTAGE", {"04-21": "NOT_DUE NOT_DUE NOT_DUE", "04-27": "STEP_DUE STEP_DUE STEP_DUE",
                "04-28": "STEP_NOT_REACHED STEP_NOT_REACHED STEP_NOT_REACHED"},
     "three items came due in five missed nights: one letter for all"),
    ("BOUNCED", {"04-16": "STEP_DUE", "04-27": "NO_CONTACT", "04-28": "STEP_DUE"},
     "nobody is left there: a task, and the letter goes once somebody is found"),
    ("THREE", {"04-16": "DISPUTED STEP_DUE STEP_DUE"}, "the two clear items are asked for"),
    ("GOOD", {"04-16": "STEP_NOT_REACHED", "04-20": "CALL_DUE", "04-21": "STEP_NOT_REACHED",
              "04-27": ""},
     "a good customer is called before it is written to, and pays"),
]


def book(home: Path) -> Company:
    company = Company(home)
    for customer_id, *_ in ROADS:
        company.customer(customer_id, name=f"{customer_id.title()} Ltd")
    for customer_id in ("PAYS", "HALF", "KEEPS", "BREAKS", "BOUNCED"):
        owes(company, customer_id)
    owes(company, "AGREES", "1000.00")
    owes(company, "GOOD", "9000.00")
    for customer_id, country in (("SAO-PAULO", "BR"), ("BERLIN", "DE")):
        company.rows["customer"][[row[0] for row in ROADS].index(customer_id)]["country"] = country
        owes(company, customer_id, due=date(2026, 4, 17))
    for day in (22, 23, 24):
        owes(company, "OUTAGE", due=date(2026, 4, day))
    for day in (11, 12, 13):
        owes(company, "THREE", due=date(2026, 4, day))
    company.add("dispute", invoice_id="THREE-0411", opened_on="2026-04-15")
    company.customer("OTHER")
    owes(company, "OTHER")
    paid("OTHER", "100.00", 14)(company)  # an ERP without any receipt is a bad night
    return company


def lived(home: Path) -> Company:
    """The company after all its nights, each followed by the letters of the morning."""
    company = book(home)
    for day in NIGHTS:
        for happen in EVENTS.get(day, []):
            happen(company)
        company.quick_night(day, release=RELEASE, settings=SETTINGS)
        run = company.run(settings=SETTINGS)
        morning = datetime.combine(day + timedelta(days=1), time(9)).astimezone()
        night.dispatch(run.settings, resolve=run.resolve, now=lambda at=morning: at,
                       progress=run.progress)
    return company


def letters_of(company: Company) -> dict[str, str]:
    """The plain letters that left, by customer, in the order of their nights."""
    found: dict[str, list[tuple[str, str]]] = {}
    for file in (company.home / "home" / "mail").rglob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        text = body.get_content().replace("\r\n", "\n")
        [name] = [customer for customer, *_ in ROADS if f"{customer.title()} Ltd" in text]
        head = f"Night of {message[AS_OF_HEADER]}. {message['Subject']}\n\n"
        found.setdefault(name, []).append((message[AS_OF_HEADER], head + text))
    return {name: f"\n{'=' * 76}\n".join(text for _, text in sorted(texts))
            for name, texts in found.items()}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return lived(tmp_path_factory.mktemp("roads"))


@pytest.mark.parametrize(("customer_id", "nights", "because"), ROADS, ids=[r[0] for r in ROADS])
def test_what_the_nights_decide(company, customer_id, nights, because) -> None:
    found = {}
    for day in NIGHTS:
        if f"{day:%m-%d}" in nights:
            rows = read(company.official(day), "decision", "customer_id, reason_code",
                        "invoice_id")
            found[f"{day:%m-%d}"] = " ".join(code for name, code in rows if name == customer_id)
    assert found == nights, because


@pytest.mark.parametrize(("customer_id", "because"), [(row[0], row[-1]) for row in ROADS])
def test_the_letters_are_those_of_the_road(company, customer_id, because) -> None:
    file = GOLDEN / f"{customer_id.lower()}.txt"
    expected = file.read_text(encoding="utf-8") if file.exists() else ""
    assert letters_of(company).get(customer_id, "") == expected, because


def test_every_open_item_of_every_night_has_one_decision(company) -> None:
    for day in NIGHTS:
        items = read(company.official(day), "open_item", "invoice_id, instalment_no")
        assert read(company.official(day), "decision", "invoice_id, instalment_no") == items


def test_nobody_hears_twice_after_the_outage(company) -> None:
    notices = read(company.official(date(2026, 4, 27)), "notice", "customer_id")
    assert len(notices) == len(set(notices)) >= 3


def test_a_broken_agreement_revives_the_debt_less_what_was_paid(company) -> None:
    first, second = letters_of(company)["AGREES"].split("=" * 76)
    assert "1,000.00" in first and "600.00" in second
    assert "1,000.00" not in re.findall("Amount to pay:.*", second)[0]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        for customer, text in letters_of(lived(Path(home))).items():
            (GOLDEN / f"{customer.lower()}.txt").write_text(text, encoding="utf-8")
            sys.stdout.write(f"{customer}\n")
