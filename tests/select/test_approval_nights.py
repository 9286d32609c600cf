"""Steps that wait for a role, through whole nights: what is asked, and what a yes still releases."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from company import DAY, ENTITY, Company, after, read
from policies import policy, step
from receivables import approval, night
from receivables.approval.request import requests
from receivables.cli import main
from receivables.dispatch.notice import WaitingNotice
from receivables.errors import PolicyError, SettingsError
from receivables.select import policy_file
from seller import RELEASE, query

ROLE = "head_of_credit"
SETTINGS = {"approvers": {ROLE: ["ana"]}}


def indebted(home: Path, day: date = DAY, **debts: tuple[str, str]) -> Company:
    """Customers that owe an amount in a currency, due for their first reminder."""
    company = Company(home)
    company.customer("OTHER")
    company.invoice("SETTLED", "10", day - timedelta(days=20), "OTHER")
    company.payment("SETTLED", "10", day - timedelta(days=1))
    for customer, (amount, currency) in debts.items():
        company.customer(customer)
        due = day - timedelta(days=10)
        company.invoice(customer, amount, due, customer, currency=currency)
    return company


@pytest.fixture(autouse=True)
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy whose reminder waits above 10,000 EUR, and always in other currencies."""
    monkeypatch.setattr(policy_file, "POLICIES", tmp_path)
    steps = yaml.safe_load((Path(night.__file__).parents[2] / "include" / "policies"
                            / "standard.yaml").read_text(encoding="utf-8"))["steps"]
    steps[1]["approval"] = {"by": ROLE, "above": {"EUR": "10000.00"}}
    monkeypatch.setattr("policies.POLICIES", policy_file.INCLUDE / "policies")
    policy(tmp_path, steps=steps, leaves_on="any_day")


def states(company: Company) -> dict[str, tuple[Any, ...]]:
    with closing(sqlite3.connect(company.home / "home" / "outbox.sqlite")) as outbox:
        rows = outbox.execute("select customer_id, state, approved_by from outbox").fetchall()
    return {customer: tuple(state) for customer, *state in rows}


def test_which_notices_wait_and_what_is_asked_about_them(tmp_path: Path) -> None:
    company = indebted(
        tmp_path, C1=("10000.01", "EUR"), C2=("10000.00", "EUR"), C3=("1", "USD"),
    )
    company.invoice("C2-2", "5", DAY - timedelta(days=10), "C2", currency="GBP")
    report = company.quick_night(release=RELEASE, settings=SETTINGS)
    assert (report.drafted, report.refused) == (3, 0)
    assert read(company.official(), "notice", "customer_id, currency, approval_role") == [
        ("C1", "EUR", ROLE),
        ("C2", "EUR", ROLE),  # in one currency of two it has to be asked about
        ("C2", "GBP", ROLE),
        ("C3", "USD", ROLE),
    ]
    assert set(states(company).values()) == {("drafted", None)}
    run = company.run(settings=SETTINGS)
    [request] = requests(run.settings, approval.waiting(
        run.settings, resolve=run.resolve, now=after(DAY)))
    assert request.subject == (
        f"{ENTITY}, {ROLE}: 3 waiting, 20,000.01 EUR, 5.00 GBP, 1.00 USD")
    assert [line.split(" | ")[1] for line in request.body.splitlines()[4:]] == ["C1", "C2", "C3"]
    assert "10,000.00 EUR, 5.00 GBP" in request.body
    for secret in ("Buyer", "Accounts Payable", "@"):
        assert secret not in request.body


def test_only_what_the_newest_night_would_still_write_is_released(tmp_path: Path) -> None:
    company = indebted(
        tmp_path, PAID=("20000", "EUR"), OWED=("20000", "EUR"), LITTLE=("100", "EUR"),
    )
    company.quick_night(release=RELEASE, settings=SETTINGS)
    assert states(company)["LITTLE"] == ("released", None)
    company.payment("PAID", "20000", DAY + timedelta(days=1))
    # A night that is not the newest closed day takes nothing back by itself.
    later = after(DAY + timedelta(days=2))
    company.quick_night(DAY + timedelta(days=1), now=later, settings=SETTINGS)
    decided = dict(read(company.official(DAY + timedelta(days=1)), "decision",
                        "customer_id, reason_code"))
    assert decided["OWED"] == "NOTICE_IN_FLIGHT"
    run = company.run(settings=SETTINGS)
    waiting = approval.waiting(run.settings, resolve=run.resolve, now=later)
    report = approval.approve(
        run.settings, [notice.notice_id for notice in waiting], by="ana", resolve=run.resolve,
        now=later,
    )
    assert (report.released, report.overtaken, report.no_longer_waiting) == (1, 1, 1)
    assert states(company)["PAID"] == ("withdrawn", None)
    assert states(company)["OWED"] == ("released", "ana")
    url = f"duckdb:///{company.home / 'home' / 'warehouse.duckdb'}"
    told = query(url, "select customer_id, status, approval_role from receivables.notice order by 1")
    assert told == [("LITTLE", "released", None), ("OWED", "released", ROLE),
                    ("PAID", "withdrawn", ROLE)]


def test_a_role_that_nobody_has_stops_the_drafts_and_not_the_figures(tmp_path: Path) -> None:
    company = indebted(tmp_path, C1=("20000", "EUR"))
    with pytest.raises(SettingsError, match=f"approvers.{ROLE}: is missing, and step reminder_1"):
        company.quick_night(release=RELEASE)
    assert states(company) == {} and company.official().is_sealed
    assert company.quick_night(release=RELEASE, settings=SETTINGS).drafted == 1


def test_the_command_lists_releases_and_withdraws(tmp_path: Path, capsys) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    company = indebted(tmp_path, yesterday, C1=("20000", "EUR"), C2=("30000", "EUR"))
    company.quick_night(yesterday, release=RELEASE, settings=SETTINGS)

    def approve(*arguments: str) -> tuple[int, Any]:
        file = str(tmp_path / "settings.yaml")
        code = main(["approve", *arguments, "--json", "--settings", file])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if code == 0 else printed.err

    listed = {row["customer_id"]: row["notice_id"] for row in approve("--list")[1]}
    assert approve("--list", "--role", "owner") == (0, [])
    for arguments, fault in [
        (("--approve", listed["C1"], "--by", "eve"), "lists others under approvers.head_of_credit"),
        (("--approve", "unknown", "--by", "ana"), "waits for no approval"),
        (("--approve", listed["C1"], "--by", "ana", "--entity", "E2"), "waits for no approval"),
        (("--reject", listed["C1"], "--by", "ana"), "--because"),
    ]:
        code, said = approve(*arguments)
        assert code == 2 and fault in said
    assert approve("--approve", listed["C1"], "--by", "ana")[1]["released"] == 1
    said_no = approve("--reject", listed["C2"], "--by", "ana", "--because", "paid by cheque")
    assert said_no[1]["rejected"] == 1
    assert states(company) == {"C1": ("released", "ana"), "C2": ("withdrawn", None)}


def test_an_id_that_the_erp_made_up_is_shown_letter_by_letter(tmp_path: Path) -> None:
    settings = Company(tmp_path).settings(**SETTINGS)
    waiting = WaitingNotice(
        "n1", ENTITY, ROLE, "C|1\n[x](http://evil) {{ 7 * 7 }} <img>", "reminder_1", DAY,
        after(DAY), {"EUR": 1},
    )
    [request] = requests(settings, [waiting])
    assert "| C\\|1 \\[x\\]\\(http\\:\\/\\/evil\\) \\{\\{ 7 \\* 7 \\}\\} \\<img\\> |" in request.body


@pytest.mark.parametrize(
    ("approvals", "channel", "fault", "because"),
    [
        (ROLE, "email", "must say by whom", "a role alone is no mapping"),
        ({"above": {"EUR": "1"}}, "email", "must say by whom", "somebody has to agree"),
        ({"by": ROLE, "over": {}}, "email", "must say by whom", "a key that nobody knows"),
        ({"by": "Head of Credit"}, "email", "must be a role of small letters", "no code"),
        ({"by": ROLE, "above": {"EURO": "1"}}, "email", "is no ISO 4217 code", "no currency"),
        ({"by": ROLE, "above": {"EUR": "much"}}, "email", "must be a quoted amount", "no amount"),
        ({"by": ROLE}, "agency_file", "only an email waits", "a person decides about it anyway"),
    ],
)
def test_what_an_approval_must_say(tmp_path: Path, approvals, channel, fault, because) -> None:
    with pytest.raises(PolicyError, match=fault):
        policy(tmp_path, steps=[
            step("one", days_past_due=3, channel=channel, approval=approvals)])


@pytest.mark.parametrize(
    ("approvers", "fault"),
    [({ROLE: []}, "at least one user"), ({ROLE: "ana"}, "at least one user"), ({}, "non-empty"),
     ({ROLE: [7]}, "put it in quotes")],
)
def test_who_may_approve_is_a_list_of_users_a_role(tmp_path: Path, approvers, fault) -> None:
    with pytest.raises(SettingsError, match=fault):
        Company(tmp_path).settings(approvers=approvers)
