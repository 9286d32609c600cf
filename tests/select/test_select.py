"""Who is written to, and why not: one reason for every open item, every night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from company import DAY, ENTITY, Company, read
from receivables.balance import balance
from receivables.dispatch.notice import NoticeItem
from receivables.errors import PolicyError
from receivables.lake import Night
from receivables.select import select
from receivables.select.outbox_past import OutboxPast
from receivables.select.policy import Policy
from receivables.select.policy_file import POLICIES, load_policy
from receivables.select.reason import load_reasons


def decided(
    company: Company,
    history: Sequence[NoticeItem] = (),
    day: date = DAY,
    known_since: int = 3,
    policies: Mapping[str, Policy] | None = None,
    **settings_changes: Any,
) -> Night:
    """The night after the select stage."""
    settings = company.settings(**settings_changes)
    night = company.ledger(day)
    scratch = company.home / "scratch"
    balance(
        night, entity=settings.entities[ENTITY], source=settings.sources["erp"],
        reporting_currency="EUR", known_since_days=known_since, residual_claim_days=0,
        scratch=scratch, progress=lambda line: None,
    )
    select(
        night, entity=settings.entities[ENTITY], past=OutboxPast(history), scratch=scratch,
        progress=lambda line: None, policies=policies,
    )
    return night


def past_due(days: int) -> date:
    return DAY - timedelta(days=days)


def noticed(
    invoice_id: str, step: str, *, days_ago: int, state: str = "sent", customer_id: str = "C1",
    notice_step: str | None = None,
) -> NoticeItem:
    """An earlier notice about an item."""
    return NoticeItem(
        notice_id=f"{invoice_id}-{step}", customer_id=customer_id, invoice_id=invoice_id,
        instalment_no=1, step=step, notice_step=notice_step or step, cycle=f"{invoice_id}/1",
        generation=0, as_of_date=past_due(days_ago), state=state, acted_on=past_due(days_ago),
    )


def one_item(home: Path, *, days: int = 5, amount: str = "100", **invoice: Any) -> Company:
    company = Company(home)
    company.customer()
    company.invoice("I1", amount, past_due(days), issue_date="2024-01-01",
                    posting_date="2024-01-01", **invoice)
    return company


def the_decision(night: Night) -> tuple[Any, ...]:
    [row] = read(night, "decision", "outcome, step, reason_code")
    return row


LADDER = [
    # days past due | last step (days ago) | outcome | step tonight | reason | because
    (-20, None, "not_due", None, "NOT_DUE", "too early even for a notice"),
    (-7, None, "selected", "pre_due_notice", "STEP_DUE", "a week before the due date"),
    (0, None, "selected", "pre_due_notice", "STEP_DUE", "due today is not past due"),
    (1, None, "waiting", None, "STEP_NOT_REACHED", "after the due date no notice before it"),
    (3, None, "selected", "reminder_1", "STEP_DUE", "the first reminder"),
    (70, None, "selected", "reminder_1", "STEP_DUE", "never skip a warning, however late"),
    (5, ("reminder_1", 2), "waiting", None, "STEP_NOT_REACHED", "the same step never again"),
    (10, ("reminder_1", 7), "selected", "reminder_2", "STEP_DUE", "the next step"),
    (10, ("reminder_1", 6), "selected", "reminder_2", "STEP_DUE", "it leaves tomorrow: a week later"),
    (10, ("reminder_1", 5), "waiting", None, "NOTICED_LATELY", "a week between two notices"),
    (30, ("reminder_2", 20), "selected", "demand", "STEP_DUE", "the demand"),
    (60, ("demand", 30), "selected", "final_demand", "STEP_DUE", "the final demand"),
    (89, ("final_demand", 29), "waiting", None, "STEP_NOT_REACHED", "not yet"),
    (90, ("final_demand", 30), "review", "hand_over", "HAND_OVER_PROPOSED", "a person decides"),
    (3, ("pre_due_notice", 10), "selected", "reminder_1", "STEP_DUE", "a courtesy is no reminder"),
    (3, ("pre_due_notice", 1), "selected", "reminder_1", "STEP_DUE", "nor does it delay one"),
    (-3, ("pre_due_notice", 4), "not_due", None, "NOT_DUE", "one courtesy is enough"),
]


@pytest.mark.parametrize(
    ("days", "last", "outcome", "step", "reason", "because"), LADDER, ids=[r[-1] for r in LADDER]
)
def test_the_ladder(tmp_path, days, last, outcome, step, reason, because):
    history = [noticed("I1", last[0], days_ago=last[1])] if last else []
    night = decided(one_item(tmp_path, days=days), history)
    assert the_decision(night) == (outcome, step, reason), because


STATES = [
    # state of reminder_1 a fortnight ago | outcome | reason | because
    ("sent", "selected", "STEP_DUE", "it went out: the next step is due"),
    ("released", "waiting", "NOTICE_IN_FLIGHT", "it has not gone yet"),
    ("claimed", "waiting", "NOTICE_IN_FLIGHT", "it is going just now"),
    ("armed", "review", "DELIVERY_UNKNOWN", "it may have gone"),
    ("unknown", "review", "DELIVERY_UNKNOWN", "it may have gone: nothing until a person says"),
    ("failed", "selected", "STEP_DUE", "it never arrived: the same step again"),
    ("expired", "selected", "STEP_DUE", "it was never sent: the same step again"),
    ("withdrawn", "selected", "STEP_DUE", "it was taken back: the same step again"),
]


@pytest.mark.parametrize(
    ("state", "outcome", "reason", "because"), STATES, ids=[row[0] for row in STATES]
)
def test_what_became_of_the_last_letter_decides_about_the_next(
    tmp_path, state, outcome, reason, because
):
    history = [noticed("I1", "reminder_1", days_ago=14, state=state)]
    night = decided(one_item(tmp_path, days=17), history)
    found = the_decision(night)
    assert (found[0], found[2]) == (outcome, reason), because
    if outcome == "selected":
        assert found[1] == ("reminder_2" if state == "sent" else "reminder_1")


def test_a_step_that_came_to_nothing_is_a_new_notice_with_a_key_of_its_own(tmp_path):
    night = decided(
        one_item(tmp_path), [noticed("I1", "reminder_1", days_ago=2, state="expired")]
    )
    assert read(night, "notice", "step, cycle, generation") == [("reminder_1", "I1/1", 1)]


def blocked_by(table: str, **values: Any):
    def happen(company: Company) -> None:
        company.add(table, **values)

    return happen


def unset(table: str, column: str, value: Any):
    def happen(company: Company) -> None:
        company.rows[table][0][column] = value

    return happen


STOPS = [
    # what happened | outcome | reason | because
    (blocked_by("dispute", invoice_id="I1", opened_on="2026-03-31"),
     "blocked", "DISPUTED", "the customer disputes it"),
    (blocked_by("dispute", invoice_id="I1", opened_on="2026-03-31", amount="1"),
     "blocked", "DISPUTED", "a dispute in part stops the letter"),
    (blocked_by("dispute", invoice_id="I1", opened_on="2026-03-01", resolved_on="2026-03-31"),
     "selected", "STEP_DUE", "the dispute is over"),
    (blocked_by("dispute", invoice_id="I1", opened_on="2026-04-01"),
     "blocked", "DISPUTED", "disputed this morning, and we know it"),
    (blocked_by("dispute", invoice_id="I9", opened_on="2026-03-01"),
     "selected", "STEP_DUE", "another invoice is disputed"),
    (blocked_by("promise", invoice_id="I1", amount="100", promised_on="2026-03-30",
                due_on="2026-04-10"),
     "blocked", "PROMISED", "a promise is open"),
    (blocked_by("promise", invoice_id="I1", amount="100", promised_on="2026-03-20",
                due_on="2026-03-28"),
     "blocked", "PROMISED", "three days of grace"),
    (blocked_by("promise", invoice_id="I1", amount="100", promised_on="2026-03-20",
                due_on="2026-03-27"),
     "selected", "PROMISE_BROKEN", "the promise is broken"),
    (blocked_by("promise", amount="100", promised_on="2026-03-30", due_on="2026-04-10"),
     "blocked", "PROMISED", "a promise for the whole account"),
    (blocked_by("promise", invoice_id="I9", amount="100", promised_on="2026-03-30",
                due_on="2026-04-10"),
     "selected", "STEP_DUE", "another invoice was promised"),
    (blocked_by("agreement", agreement_id="AG1", agreed_on="2026-03-01", invoice_ids="I1"),
     "blocked", "ON_PLAN", "it is on a plan"),
    (blocked_by("hold", customer_id="C1", held_from="2026-03-31", held_until="2026-04-05"),
     "blocked", "ON_HOLD", "the customer is held"),
    (blocked_by("hold", invoice_id="I1", held_from="2026-03-01", held_until="2026-04-01"),
     "blocked", "ON_HOLD", "the invoice is held, until tomorrow"),
    (blocked_by("hold", invoice_id="I1", held_from="2026-03-01", held_until="2026-03-31"),
     "selected", "STEP_DUE", "the end of a hold does not belong to it"),
    (blocked_by("hold", customer_id="C9", held_from="2026-03-01", held_until="2026-04-05"),
     "selected", "STEP_DUE", "somebody else is held"),
    (unset("customer", "is_dunning_blocked", "true"),
     "blocked", "DUNNING_BLOCKED", "the ERP says so"),
    (blocked_by("receipt", amount="100", receipt_date="2026-03-30"),
     "blocked", "COVERED_BY_CREDIT", "the money is here, only not allocated"),
    (blocked_by("receipt", amount="100", receipt_date="2026-04-01"),
     "blocked", "COVERED_BY_CREDIT", "the money came this morning"),
    (blocked_by("receipt", amount="95", receipt_date="2026-03-30"),
     "waiting", "BELOW_THRESHOLD", "five euros are not worth a letter"),
    (blocked_by("instalment", invoice_id="I1", due_date=str(past_due(5)), amount="100",
                in_transit_amount="100"),
     "blocked", "IN_TRANSIT", "paid, and not yet booked"),
    (blocked_by("instalment", invoice_id="I1", due_date=str(past_due(5)), amount="99"),
     "blocked", "INSTALMENTS_DISAGREE", "a wrong amount might be demanded"),
    (unset("contact", "email", None), "review", "NO_CONTACT", "a task, never silence"),
    (unset("contact", "is_active", "false"), "review", "NO_CONTACT", "nobody is left there"),
]


@pytest.mark.parametrize(
    ("happen", "outcome", "reason", "because"), STOPS, ids=[row[-1] for row in STOPS]
)
def test_what_stops_a_notice(tmp_path, happen, outcome, reason, because):
    company = one_item(tmp_path)
    happen(company)
    night = decided(company)
    [row] = read(night, "decision", "outcome, reason_code, reason_text")
    assert row[:2] == (outcome, reason), because
    assert "{" not in row[2]
    assert len(read(night, "notice")) == (1 if outcome == "selected" else 0)


def test_an_item_without_a_due_date_is_for_a_person(tmp_path):
    company = one_item(tmp_path)
    company.rows["invoice"][0]["due_date"] = None
    company.rows["customer"][0]["payment_terms_days"] = None
    assert the_decision(decided(company))[2] == "NO_DUE_DATE"


def test_every_open_item_has_one_decision_and_every_reason_its_words(tmp_path):
    company = Company(tmp_path)
    for number in range(1, 30):
        company.customer(f"C{number}")
        company.invoice(f"I{number}", "100", past_due(number * 4 - 20), f"C{number}")
    night = decided(company)
    assert len(read(night, "decision")) == len(read(night, "open_item")) == 29
    known = {reason.reason_code for reason in load_reasons()}
    found = {row[0] for row in read(night, "decision", "reason_code")}
    assert found <= known
    assert all(text for (text,) in read(night, "decision", "reason_text"))


def test_a_customer_gets_one_notice_for_all_that_is_overdue(tmp_path):
    company = Company(tmp_path)
    company.customer()
    for number, days in enumerate((5, 6, 7, 40, 80), start=1):
        company.invoice(f"I{number}", "100", past_due(days))
    night = decided(company, [noticed("I5", "reminder_1", days_ago=60)])
    columns = "step, cycle, item_count, demanded_amount"
    assert read(night, "notice", columns) == [("reminder_2", "I5/1", 5, Decimal("500.0000"))]
    assert read(night, "notice_item", "invoice_id, item_step") == [
        ("I1", "reminder_1"), ("I2", "reminder_1"), ("I3", "reminder_1"), ("I4", "reminder_1"),
        ("I5", "reminder_2"),
    ]


def test_a_courtesy_before_the_due_date_is_a_notice_of_its_own(tmp_path):
    company = Company(tmp_path)
    company.customer()
    company.invoice("I1", "100", past_due(5))
    company.invoice("I2", "100", past_due(-3))
    night = decided(company)
    assert read(night, "notice", "step, item_count", "step") == [
        ("pre_due_notice", 1), ("reminder_1", 1)
    ]


def test_an_invoice_of_1000_with_600_paid_is_dunned_for_400(tmp_path):
    company = one_item(tmp_path, amount="1000")
    company.payment("I1", "600", "2026-03-01")
    night = decided(company)
    assert read(night, "notice", "open_amount, demanded_amount") == [
        (Decimal("400.0000"), Decimal("400.0000"))
    ]


def test_one_disputed_item_does_not_silence_the_clear_ones(tmp_path):
    company = Company(tmp_path)
    company.customer()
    for number in (1, 2, 3):
        company.invoice(f"I{number}", "100", past_due(5))
    company.add("dispute", invoice_id="I2", opened_on="2026-03-01")
    night = decided(company)
    assert read(night, "notice", "item_count, demanded_amount") == [(2, Decimal("200.0000"))]


def test_currencies_are_never_added_up(tmp_path):
    company = Company(tmp_path)
    company.customer()
    company.invoice("I1", "100", past_due(5))
    company.invoice("I2", "90000", past_due(5), currency="JPY")
    night = decided(company)
    columns = "currency, demanded_amount, notice_id"
    rows = read(night, "notice", columns, "currency")
    assert [row[:2] for row in rows] == [
        ("EUR", Decimal("100.0000")), ("JPY", Decimal("90000.0000"))
    ]
    assert rows[0][2] == rows[1][2], "one letter, two sums"


RECIPIENTS = [
    # contacts (role, e-mail, active) | asked for accounts payable goes to | because
    ([("finance_director", "fd@x.example", "true"), ("accounts_payable", "ap@x.example", "true")],
     "accounts_payable", "the step's role"),
    ([("finance_director", "fd@x.example", "true"), ("accounts_payable", None, "true")],
     "finance_director", "no address there: the next best"),
    ([("owner", "o@x.example", None), ("accounts_payable", "ap@x.example", "false")],
     "owner", "that one has left"),
]


@pytest.mark.parametrize(
    ("contacts", "role", "because"), RECIPIENTS, ids=[row[-1] for row in RECIPIENTS]
)
def test_whom_a_notice_goes_to(tmp_path, contacts, role, because):
    company = one_item(tmp_path)
    company.rows["contact"] = []
    for contact_role, email, is_active in contacts:
        company.add(
            "contact", customer_id="C1", role=contact_role, email=email, is_active=is_active
        )
    assert read(decided(company), "notice", "recipient_role") == [(role,)], because


def test_the_customers_language_is_kept_unless_the_contact_has_one(tmp_path):
    company = one_item(tmp_path)
    company.rows["customer"][0]["language"] = "fr-FR"
    assert read(decided(company), "notice", "language") == [("fr-FR",)]
    company.rows["contact"][0]["language"] = "ru"
    assert read(decided(company), "notice", "language") == [("ru",)]


POLICY_FAULTS = [
    ("promise_grace_days: 3", "promise_grace_days: -1", "promise_grace_days"),
    ("steps:", "stages:", "unknown key"),
    ("days_past_due: 10", "days_past_due: 2", "must rise"),
    ("channel: agency_file", "channel: pigeon", "channel must be one of"),
    ("step: reminder_2", "step: reminder_9", "reminder_9: no letter is written for it"),
    ("recipients: [legal]", "recipients: [boss]", "must list roles"),
    ('EUR: "10.00"', 'EURO: "10.00"', "EURO"),
    ("decided_on: 2026-01-15", "decided_on: soon", "decided_on"),
    ("pay_within_days: 10", "pay_within_days: soon", "whole number"),
    ("     thread: new, pay_within_days: 10}", "     thread: new}", "deadline"),
]


@pytest.mark.parametrize(("old", "new", "said"), POLICY_FAULTS, ids=[f[1] for f in POLICY_FAULTS])
def test_a_faulty_policy_is_refused_with_its_fault(tmp_path, old, new, said):
    text = (POLICIES / "standard.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "policy.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=said):
        load_policy("standard", DAY, file)


def test_the_version_of_a_policy_changes_with_its_text_alone(tmp_path):
    text = (POLICIES / "standard.yaml").read_text(encoding="utf-8")
    file = tmp_path / "policy.yaml"
    file.write_text("# a comment\n" + text, encoding="utf-8")
    assert load_policy("standard", DAY, file).version == load_policy("standard", DAY).version
    file.write_text(text.replace("promise_grace_days: 3", "promise_grace_days: 4"))
    assert load_policy("standard", DAY, file).version != load_policy("standard", DAY).version
